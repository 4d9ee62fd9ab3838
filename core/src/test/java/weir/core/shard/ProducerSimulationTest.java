package weir.core.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.Reading;

/**
 * Producers that repeat, skip, begin anew and go back, to topics and queues of one shard of two replicas, from a seed; {@code
 * -Dseed=X} replays one. Every reply is foretold by a model that keeps a plain list. One replica crashes at times: it is restored
 * from a snapshot some entries old, and applies those again.
 */
final class ProducerSimulationTest {
    private static final int SEEDS = 400;
    private static final int STEPS = 300;
    private static final int PARTITIONS = 4;
    private static final int IDS = 6;
    private static final long DAY = Duration.ofDays(1).toMillis();

    @Test
    void everyBatchIsThereOnce() {
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

    private record Numbered(int epoch, long first, long last, Reply.Appended answer) {}

    /** One producer in one partition; its list of batches has all of its epoch. */
    private static final class Known {
        final PartitionId partition;
        final long id;
        final List<Numbered> batches = new ArrayList<>();
        long heardAt;

        Known(PartitionId partition, long id) {
            this.partition = partition;
            this.id = id;
        }

        Known copy() {
            Known copy = new Known(partition, id);
            copy.batches.addAll(batches);
            copy.heardAt = heardAt;
            return copy;
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final Bounds bounds;
        private final MemoryLog firstLog = new MemoryLog();
        private MemoryLog secondLog = new MemoryLog();
        private final ShardMachine first;
        private ShardMachine second;
        private Bytes snapshot;
        private MemoryLog snapshotLog = new MemoryLog();
        private final List<Entry> since = new ArrayList<>();
        private final List<PartitionId> partitions = new ArrayList<>();
        private final TreeMap<PartitionId, Integer> levels = new TreeMap<>();
        private final TreeMap<String, Long> ends = new TreeMap<>();
        /** Heard of least lately first. */
        private List<Known> known = new ArrayList<>();

        private final List<Batch> sent = new ArrayList<>();
        private long lastQueue;
        private long index;
        private long now = 1_000;

        Run(long seed) {
            random = new SplittableRandom(seed);
            Bounds usual = Bounds.USUAL;
            boolean roomy = random.nextBoolean();
            bounds = new Bounds(
                    usual.timers(),
                    usual.sweep(),
                    usual.departing(),
                    usual.readAhead(),
                    usual.laneReadAhead(),
                    usual.look(),
                    usual.read(),
                    usual.locked(),
                    usual.laneLocked(),
                    usual.noisyLeases(),
                    usual.attempts(),
                    roomy ? usual.producers() : 1 + random.nextInt(4),
                    roomy ? usual.producersOfShard() : 1 + random.nextInt(12));
            first = new ShardMachine(firstLog, bounds);
            second = new ShardMachine(secondLog, bounds);
            snapshot = second.snapshot();
            apply(List.of(new Command.Raise(Edition.NUMBERED)));
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(create());
            }
        }

        private PartitionId create() {
            PartitionId id = new PartitionId(++lastQueue, random.nextInt(2));
            boolean topic = random.nextInt(4) > 0;
            levels.put(id, topic ? 1 : 3);
            QueueSettings settings = QueueSettings.DEFAULT
                    .change()
                    .reading(topic ? Reading.CURSOR : Reading.LEASE)
                    .priorityLevels(topic ? 1 : 3)
                    .retention(Duration.ofMillis(oneOf(5_000, 100_000_000)))
                    .build();
            apply(List.of(new Command.Configure(id, 1, settings)));
            return id;
        }

        private int levelsOf(PartitionId partition) {
            return levels.getOrDefault(partition, 1);
        }

        private int oneOf(int... values) {
            return values[random.nextInt(values.length)];
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                now += 1_000L
                        * oneOf(
                                0,
                                0,
                                1,
                                5,
                                random.nextInt(20) == 0 ? 43_000 : 2); // So whole seconds lie between deadlines.
                apply(List.of(new Command.Tick()));
                switch (random.nextInt(14)) {
                    case 0 -> crash();
                    case 1 -> restart();
                    case 2 -> truncateOrPurge();
                    case 3 -> drop();
                    default -> publish();
                }
                check();
            }
        }

        private void publish() {
            List<Command> commands = new ArrayList<>();
            List<Reply> expected = new ArrayList<>();
            for (int i = oneOf(1, 1, 2, 3); i > 0; i--) {
                PartitionId partition = partitions.get(random.nextInt(PARTITIONS));
                List<Batch> batches = new ArrayList<>();
                for (int j = oneOf(1, 1, 1, 2, 4); j > 0; j--) {
                    batches.add(batch(partition));
                }
                commands.add(new Command.Publish(partition, batches));
                expected.add(foretell(partition, batches));
                if (random.nextInt(5) == 0) { // On its way twice.
                    commands.add(new Command.Publish(partition, batches));
                    expected.add(foretell(partition, batches));
                }
            }
            List<Reply> replies = apply(commands);
            for (int i = 0; i < commands.size(); i++) {
                Agree.same("reply to", commands.get(i), replies.get(i), expected.get(i));
            }
        }

        private Batch batch(PartitionId partition) {
            if (!sent.isEmpty() && random.nextInt(3) == 0) {
                return sent.get(Math.max(0, sent.size() - 1 - random.nextInt(15)));
            }
            Numbering numbering = random.nextInt(8) == 0 ? null : numbering(partition);
            int count = oneOf(1, 1, 2, 5, 1_000);
            Batch batch = new Batch(oneOf(0, 0, 1, 9), 1, Bytes.EMPTY, Envelope.plain(count), numbering);
            sent.add(batch);
            return batch;
        }

        /** Mostly the next of somebody. */
        private Numbering numbering(PartitionId partition) {
            long id = random.nextInt(IDS);
            Known before = find(known, partition, id);
            if (before == null) {
                return new Numbering(id, random.nextInt(3), oneOf(0, 0, 7, Integer.MAX_VALUE - random.nextInt(3)));
            }
            Numbered last = before.batches.getLast();
            int next = (int) ((last.last + 1) % (1L << 31));
            return switch (random.nextInt(12)) {
                case 0 -> new Numbering(id, last.epoch + 1, 0);
                case 1 -> new Numbering(id, last.epoch + 1, next);
                case 2 -> new Numbering(id, Math.max(0, last.epoch - 1), oneOf(0, next));
                case 3 -> new Numbering(id, last.epoch, (int) ((next + (long) oneOf(1, 2, 5)) % (1L << 31)));
                case 4 -> new Numbering(id, last.epoch, (int) last.first);
                default -> new Numbering(id, last.epoch, next);
            };
        }

        // ---- The model

        private static @Nullable Known find(List<Known> among, PartitionId partition, long id) {
            return among.stream()
                    .filter(each -> each.partition.equals(partition) && each.id == id)
                    .findFirst()
                    .orElse(null);
        }

        private Reply foretell(PartitionId partition, List<Batch> batches) {
            List<Known> trial = new ArrayList<>();
            known.forEach(each -> trial.add(each.copy()));
            TreeMap<String, Long> trialEnds = new TreeMap<>(ends);
            List<Reply.Appended> answers = new ArrayList<>();
            for (Batch batch : batches) {
                int level = Math.min(batch.level(), levelsOf(partition) - 1);
                String log = partition + "/" + level;
                Reply.Appended next =
                        new Reply.Appended(new Position(level, trialEnds.getOrDefault(log, 0L)), now, false);
                Numbering numbering = batch.numbering();
                if (numbering != null) {
                    Known of = find(trial, partition, numbering.producerId());
                    Reply.Appended before = of == null ? null : repeated(of, numbering, batch.count());
                    if (before != null) {
                        answers.add(new Reply.Appended(before.position(), before.publishedAtMillis(), true));
                        continue;
                    }
                    Refusal refusal = of == null ? null : refusal(of, numbering);
                    if (refusal != null) {
                        return new Reply.Refused(refusal);
                    }
                    note(trial, partition, numbering, batch.count(), next);
                }
                trialEnds.merge(log, (long) batch.count(), Long::sum);
                answers.add(next);
            }
            known = trial;
            ends.putAll(trialEnds);
            while (known.stream()
                            .filter(each -> each.partition.equals(partition))
                            .count()
                    > bounds.producers()) {
                known.remove(known.stream()
                        .filter(each -> each.partition.equals(partition))
                        .findFirst()
                        .orElseThrow());
            }
            while (known.size() > bounds.producersOfShard()) {
                known.removeFirst();
            }
            return new Reply.Published(answers);
        }

        private static Reply.@Nullable Appended repeated(Known of, Numbering numbering, int count) {
            List<Numbered> newest = of.batches.subList(Math.max(0, of.batches.size() - 5), of.batches.size());
            long last = ((long) numbering.firstSequence() + count - 1) % (1L << 31);
            return newest.stream()
                    .filter(batch -> batch.epoch == numbering.epoch()
                            && batch.first == numbering.firstSequence()
                            && batch.last == last)
                    .map(Numbered::answer)
                    .findFirst()
                    .orElse(null);
        }

        private static @Nullable Refusal refusal(Known of, Numbering numbering) {
            Numbered last = of.batches.getLast();
            if (numbering.epoch() < last.epoch) {
                return Refusal.INVALID_PRODUCER_EPOCH;
            }
            boolean follows = numbering.epoch() > last.epoch
                    ? numbering.firstSequence() == 0
                    : numbering.firstSequence() == last.last + 1
                            || (numbering.firstSequence() == 0 && last.last == Integer.MAX_VALUE);
            return follows ? null : Refusal.OUT_OF_ORDER_SEQUENCE;
        }

        private void note(
                List<Known> trial, PartitionId partition, Numbering numbering, int count, Reply.Appended answer) {
            Known of = find(trial, partition, numbering.producerId());
            trial.removeIf(each -> each == of);
            Known next = of == null ? new Known(partition, numbering.producerId()) : of;
            next.batches.removeIf(batch -> batch.epoch != numbering.epoch());
            long last = ((long) numbering.firstSequence() + count - 1) % (1L << 31);
            next.batches.add(new Numbered(numbering.epoch(), numbering.firstSequence(), last, answer));
            next.heardAt = now;
            trial.add(next);
        }

        // ---- Everything else

        private void truncateOrPurge() {
            PartitionId id = partitions.get(random.nextInt(PARTITIONS));
            long end = ends.getOrDefault(id + "/0", 0L);
            apply(List.of(levelsOf(id) == 1 ? new Command.Truncate(id, end / 2) : new Command.Purge(id)));
        }

        private void drop() {
            int i = random.nextInt(PARTITIONS);
            PartitionId id = partitions.get(i);
            apply(List.of(new Command.Drop(id)));
            known.removeIf(each -> each.partition.equals(id));
            partitions.set(i, create());
        }

        /** What came since the last snapshot is applied again, and comes to the same. */
        private void crash() {
            secondLog = snapshotLog.copy();
            second = ShardMachine.restore(snapshot, secondLog, bounds);
            since.forEach(second::apply);
            Agree.same("state after a crash at", now, second.snapshot(), first.snapshot());
        }

        private void restart() {
            snapshot = second.snapshot();
            snapshotLog = secondLog.copy();
            since.clear();
            second = ShardMachine.restore(snapshot, secondLog, bounds);
            Agree.same("snapshot after a restore at", now, second.snapshot(), snapshot);
        }

        private List<Reply> apply(List<Command> commands) {
            Entry entry = new Entry(++index, now, commands);
            since.add(entry);
            known.removeIf(each -> each.heardAt + DAY <= now);
            List<Reply> replies = first.apply(entry);
            Agree.same("replies of the other replica to", commands, second.apply(entry), replies);
            return replies;
        }

        private void check() {
            Agree.same("state of the other replica at", now, second.snapshot(), first.snapshot());
            List<String> expected =
                    known.stream().map(each -> each.partition + "/" + each.id).toList();
            List<String> there = new ArrayList<>();
            for (Known each : known) {
                Partition partition = first.partitions.get(each.partition);
                if (partition != null && partition.producers.containsKey(each.id)) {
                    there.add(each.partition + "/" + each.id);
                }
            }
            Agree.same("producers remembered at", now, there, expected);
            long count = first.partitions.values().stream()
                    .mapToInt(partition -> partition.producers.size())
                    .sum();
            Agree.same("number of producers remembered at", now, count, (long) known.size());
            Agree.same("bound of a shard's producers", now, count <= Limits.PRODUCERS_OF_SHARD_MAX, true);
        }
    }
}
