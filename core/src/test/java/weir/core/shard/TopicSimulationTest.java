package weir.core.shard;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.Reading;

/**
 * Topics of every kind beside a queue in one shard of two replicas, from a seed; {@code -Dseed=X} replays one. After each step:
 * replicas are equal, offsets are dense, what was acknowledged is read as it was published until retention lets go of it, and
 * nothing is let go of that the settings keep, nor much kept beyond them.
 */
final class TopicSimulationTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 400;
    private static final int TOPICS = 3;
    private static final PartitionId QUEUE = new PartitionId(100, 0);

    @Test
    void topicsKeepWhatTheyPromise() {
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long last = only == null ? SEEDS - 1 : only;
        for (long seed = first; seed <= last; seed++) {
            try {
                new Run(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private record Kept(long offset, int bytes, long atMillis, Bytes payload) {}

    private static final class Topic {
        final PartitionId id;
        QueueSettings settings;
        long revision = 1;
        long end;
        long truncated;
        final ArrayDeque<Kept> published = new ArrayDeque<>();

        Topic(PartitionId id, QueueSettings settings) {
            this.id = id;
            this.settings = settings;
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final MemoryLog firstLog = new MemoryLog();
        private final MemoryLog secondLog = new MemoryLog();
        private final ShardMachine first = new ShardMachine(firstLog);
        private ShardMachine second = new ShardMachine(secondLog);
        private final List<Topic> topics = new ArrayList<>();
        private final List<LeaseId> leases = new ArrayList<>();
        private long lastId;
        private long index;
        private long now = 1_000;

        Run(long seed) {
            random = new SplittableRandom(seed);
            apply(new Command.Raise(Edition.TOPICS));
            for (int i = 0; i < TOPICS; i++) {
                topics.add(create());
            }
            apply(new Command.Configure(QUEUE, 1, QueueSettings.DEFAULT));
        }

        private Topic create() {
            Topic topic = new Topic(new PartitionId(++lastId, 0), settings());
            apply(new Command.Configure(topic.id, 1, topic.settings));
            return topic;
        }

        private QueueSettings settings() {
            return QueueSettings.DEFAULT
                    .change()
                    .reading(Reading.CURSOR)
                    .retention(Duration.ofMillis(oneOf(2_000, 60_000, 100_000_000)))
                    .bytesMax(random.nextInt(3) == 0 ? oneOf(0, 10_000, 200_000) : QueueSettings.UNLIMITED)
                    .build();
        }

        private int oneOf(int... values) {
            return values[random.nextInt(values.length)];
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                now += oneOf(0, 0, 1, 50, 900, random.nextInt(40) == 0 ? 90_000 : 3);
                apply(new Command.Tick());
                topics.forEach(this::check); // By the settings that were in force.
                Topic topic = topics.get(random.nextInt(TOPICS));
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3, 4, 5 -> publish(topic);
                    case 6 -> fanOut();
                    case 7 -> truncate(topic);
                    case 8 -> queue();
                    case 9 -> configure(topic);
                    case 10 -> restart();
                    default -> drop(topic);
                }
                topics.forEach(this::check);
            }
        }

        private Batch batch() {
            List<Envelope> messages = new ArrayList<>();
            for (int i = oneOf(1, 1, 2, 7); i > 0; i--) {
                messages.add(
                        random.nextInt(4) > 0
                                ? Envelope.PLAIN
                                : new Envelope("g", null, now + 10_000, now + 20_000, null));
            }
            byte[] payload = new byte[oneOf(0, 10, 500, 3_000, 9_000)];
            random.nextBytes(payload);
            return new Batch(0, Message.FORMAT, Bytes.of(payload), messages);
        }

        private void publish(Topic topic) {
            List<Batch> batches = new ArrayList<>();
            for (int i = oneOf(1, 1, 3); i > 0; i--) {
                batches.add(batch());
            }
            Reply.Published reply = (Reply.Published) apply(new Command.Publish(topic.id, batches));
            for (int i = 0; i < batches.size(); i++) {
                appended(topic, batches.get(i), reply.appended().get(i));
            }
        }

        private void appended(Topic topic, Batch batch, Reply.Appended appended) {
            Agree.same("dense offset in", topic.id, appended.position().offset(), topic.end);
            topic.published.add(new Kept(topic.end, batch.payload().length(), now, batch.payload()));
            topic.end += batch.count();
        }

        private void fanOut() {
            List<Command.Target> targets = new ArrayList<>();
            topics.forEach(topic -> targets.add(new Command.Target(topic.id, Envelope.PLAIN)));
            targets.add(new Command.Target(QUEUE, Envelope.PLAIN));
            Command.Copies copies = new Command.Copies(0, 1, Bytes.of(new byte[random.nextInt(2_000)]), targets);
            Reply.FannedOut reply = (Reply.FannedOut) apply(new Command.Fanout(List.of(copies)));
            for (int i = 0; i < TOPICS; i++) {
                Reply.Published published =
                        (Reply.Published) reply.outcomes().getFirst().get(i);
                appended(
                        topics.get(i),
                        copies.batchFor(targets.get(i)),
                        published.appended().getFirst());
            }
        }

        private void truncate(Topic topic) {
            long before = random.nextLong(topic.end + 2);
            Reply reply = apply(new Command.Truncate(topic.id, before));
            if (before > topic.end) {
                Agree.same("reply", "truncate", reply, new Reply.Refused(Refusal.OFFSET_OUT_OF_RANGE));
            } else {
                Agree.same("reply", "truncate", reply, new Reply.Done());
                topic.truncated = Math.max(topic.truncated, before);
            }
        }

        private void queue() {
            apply(new Command.Acknowledge(QUEUE, leases, true));
            leases.clear();
            Reply.Acquired acquired = (Reply.Acquired) apply(new Command.Acquire(QUEUE, 10, 1_000));
            acquired.leased().forEach(leased -> leases.add(leased.lease()));
        }

        private void configure(Topic topic) {
            topic.settings = settings();
            apply(new Command.Configure(topic.id, ++topic.revision, topic.settings));
        }

        private void drop(Topic topic) {
            if (random.nextInt(5) == 0) {
                apply(new Command.Drop(topic.id));
                topics.set(topics.indexOf(topic), create());
            }
        }

        private void restart() {
            Bytes snapshot = second.snapshot();
            second = ShardMachine.restore(snapshot, secondLog);
            Agree.same("snapshot after a restore", "replica", second.snapshot(), snapshot);
        }

        private Reply apply(Command command) {
            Entry entry = new Entry(++index, now, List.of(command));
            List<Reply> replies = first.apply(entry);
            Agree.same("reply of the other replica to", command, second.apply(entry), replies);
            Agree.same("snapshot of the other replica after", command, second.snapshot(), first.snapshot());
            secondLog.dropSettled(second);
            return replies.getFirst();
        }

        private void check(Topic topic) {
            TopicView view = second.topic(topic.id).orElseThrow();
            Agree.same("end of", topic.id, view.end(), topic.end);
            long start = view.start();
            Agree.same("truncated", topic.id, start >= topic.truncated, true);
            while (!topic.published.isEmpty() && endOf(topic) <= start) {
                letGo(topic, topic.published.removeFirst());
            }
            List<StoredBatch> read = view.read(0, Long.MAX_VALUE, Integer.MAX_VALUE);
            Agree.same("batches of", topic.id, read.size(), topic.published.size());
            int i = 0;
            long kept = 0;
            for (Kept published : topic.published) {
                StoredBatch batch = read.get(i++);
                Agree.same("offset in", topic.id, batch.baseOffset(), published.offset);
                Agree.same(
                        "payload in", topic.id, secondLog.payload(view.logId(), batch.baseOffset()), published.payload);
                kept += published.bytes;
            }
            long limit = topic.settings.bytesMax();
            if (limit
                    != QueueSettings
                            .UNLIMITED) { // One stretch more, which is one batch longer than it need be, and the open
                // one.
                Agree.same("not much more than " + limit + " in", topic.id, kept <= limit + limit / 16 + 60_000, true);
            }
            long asked = now - random.nextInt(5_000);
            long expected = topic.end;
            for (Kept published : topic.published) {
                if (published.atMillis >= asked) {
                    expected = Math.max(published.offset, start);
                    break;
                }
            }
            Agree.same("offset at " + asked + " in", topic.id, view.offsetAt(asked), expected);
        }

        /** The offset after the first that is published and not known to be gone. */
        private static long endOf(Topic topic) {
            var all = topic.published.iterator();
            all.next();
            return all.hasNext() ? all.next().offset : topic.end;
        }

        private void letGo(Topic topic, Kept gone) {
            boolean truncated = gone.offset < topic.truncated;
            boolean tooOld = gone.atMillis + topic.settings.retention().toMillis() <= now;
            long after = 0;
            for (Kept later : topic.published) {
                after += later.bytes;
            }
            boolean tooMuch = after >= topic.settings.bytesMax();
            Agree.same("a reason to let go of " + gone + " in", topic.id, truncated || tooOld || tooMuch, true);
        }
    }
}
