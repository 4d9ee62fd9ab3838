package weir.cluster.shard;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.DeduplicationScope;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Numbering;
import weir.core.Ordering;
import weir.core.Origin;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.Reply;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.Departure;

/**
 * The clients of some shards with queues of every kind, and a courier between them whose questions and answers get lost; all
 * of it decided by a seed. What they propose may or may not be done; they know only what they are told.
 */
final class Clients {
    static final int SHARDS = 2;
    private static final int QUEUES = 4;
    /** Nobody's dead-letter queue, so that a message is never sent again to a queue that took it and is no more. */
    private static final int DROPPED_QUEUE = 3;

    /** Above the ids of queues, and below that of none. */
    private static final long TOPICS_FROM = 500_000;

    private static final int LEASES_REMEMBERED = 30;
    private static final int IDS_PER_BATCH = 10;
    private static final int TRACED = 60;
    private static final long NUMBERS_OF_A_FLAW = 1_000_000_000;

    /** A shard as they reach it. */
    interface Target {
        /** Takes the commands to the log together, or does nothing. */
        void propose(long at, List<Command> commands);

        /** What the courier finds there. */
        List<Departure> departures();

        long departuresSettledBelow();

        Bytes read(PartitionId partition, Position position, long baseOffset);

        /** Messages in the batch that a departing one is in. */
        int batchCount(Departure departure);

        ShardAccounts accounts();
    }

    private final SplittableRandom random;
    private final Flaw flaw;
    private final List<? extends Target> shards;
    private final List<Queue> queues = new ArrayList<>();
    /** One in each shard, read by cursor. */
    private final List<Topic> topics = new ArrayList<>();

    private final List<TreeMap<Long, ArrivalOutcome>> answers = new ArrayList<>();
    private final List<Command.TakeIn> sent = new ArrayList<>();
    private final ArrayDeque<Supplier<String>> trace = new ArrayDeque<>();
    private boolean answersGetLost = true;
    long now = 1;
    private long lastQueueId;
    private long lastBatch;
    private long topicTurns;
    private int couriers;

    /** A name, and the partition that stands for it now. */
    private static final class Queue {
        final String name;
        final int shard;
        PartitionId partition;
        QueueSettings settings;
        long revision = 1;
        final List<LeaseId> leases = new ArrayList<>();

        Queue(String name, int shard, PartitionId partition, QueueSettings settings) {
            this.name = name;
            this.shard = shard;
            this.partition = partition;
            this.settings = settings;
        }
    }

    private static final class Topic {
        final PartitionId partition;
        QueueSettings settings;
        long revision = 1;
        /** The end that was heard of last. */
        long end;

        final List<NumberedPublisher> numbered = List.of(new NumberedPublisher(1), new NumberedPublisher(2_000));

        Topic(PartitionId partition, QueueSettings settings) {
            this.partition = partition;
            this.settings = settings;
        }
    }

    Clients(SplittableRandom random, List<? extends Target> shards) {
        this(random, shards, Flaw.NONE);
    }

    Clients(SplittableRandom random, List<? extends Target> shards, Flaw flaw) {
        this.flaw = flaw;
        this.random = random;
        this.shards = shards;
        for (int i = 0; i < SHARDS; i++) {
            answers.add(new TreeMap<>());
        }
        for (int i = 0; i < QUEUES; i++) {
            Queue queue = new Queue("q" + i, i % SHARDS, new PartitionId(++lastQueueId, 0), settings(null));
            queues.add(queue);
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            topics.add(new Topic(new PartitionId(TOPICS_FROM + shard, 0), topicSettings(topicsRandom())));
        }
    }

    /** Defines the queues, as far as they are not there yet, by the newest rules. */
    void define() {
        for (int shard = 0; shard < SHARDS; shard++) {
            propose(shard, new Command.Raise(Edition.NEWEST));
        }
        for (Queue queue : queues) {
            propose(queue.shard, new Command.Configure(queue.partition, queue.revision, queue.settings));
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            Topic topic = topics.get(shard);
            propose(shard, new Command.Configure(topic.partition, topic.revision, topic.settings));
        }
    }

    private static QueueSettings topicSettings(SplittableRandom random) {
        return QueueSettings.DEFAULT
                .change()
                .reading(Reading.CURSOR)
                .retention(Duration.ofMillis(oneOf(random, 1_500, 10_000, 10_000_000)))
                .bytesMax(random.nextInt(3) > 0 ? oneOf(random, 5_000, 60_000) : QueueSettings.UNLIMITED)
                .build();
    }

    /** The last of what was done. */
    List<String> trace() {
        return trace.stream().map(Supplier::get).toList();
    }

    void say(String what) {
        note(() -> what);
    }

    /** Put into words only if somebody reads it. */
    void note(Supplier<String> what) {
        if (trace.size() > TRACED) {
            trace.removeFirst();
        }
        trace.add(what);
    }

    void timePasses() {
        now += oneOf(random, 0, 0, 0, 1, 5, 20, random.nextInt(20) == 0 ? 400 : 2);
    }

    static int oneOf(SplittableRandom random, int... values) {
        return values[random.nextInt(values.length)];
    }

    private QueueSettings settings(@Nullable QueueSettings before) {
        Ordering ordering =
                before != null ? before.ordering() : random.nextInt(5) < 2 ? Ordering.GROUP : Ordering.BEST_EFFORT;
        int target = random.nextInt(QUEUES + 2);
        String targetName = target == DROPPED_QUEUE ? "nowhere" : "q" + target;
        return QueueSettings.DEFAULT
                .change()
                .ordering(ordering)
                .lease(Duration.ofMillis(oneOf(random, 0, 5, 20, 100, 1000)))
                .delay(Duration.ofMillis(oneOf(random, 0, 0, 0, 10)))
                .retention(Duration.ofMillis(oneOf(random, 300, 10_000, 10_000_000)))
                .messageBytesMax(oneOf(random, 1000, 100_000))
                .messagesMax(random.nextInt(4) == 0 ? oneOf(random, 3, 10) : QueueSettings.UNLIMITED)
                .bytesMax(random.nextInt(6) == 0 ? 2000 : QueueSettings.UNLIMITED)
                .overflow(random.nextBoolean() ? Overflow.DROP_OLDEST : Overflow.REFUSE)
                .inFlightMax(oneOf(random, 3, 1000, 1000))
                .deduplicationScope(random.nextBoolean() ? DeduplicationScope.QUEUE : DeduplicationScope.GROUP)
                .deduplicationWindow(
                        before != null ? before.deduplicationWindow() : Duration.ofMillis(oneOf(random, 0, 20, 1000)))
                .priorityLevels(ordering == Ordering.GROUP ? 1 : oneOf(random, 1, 1, 3, 10))
                .priorityMode(random.nextInt(3) == 0 ? PriorityMode.STRICT : PriorityMode.BOUNDED)
                .deadLetter(
                        target == QUEUES
                                ? null
                                : new DeadLetterPolicy(targetName, oneOf(random, 1, 2, 3), random.nextBoolean()))
                .publishPaused(random.nextInt(15) == 0)
                .deliveryPaused(random.nextInt(15) == 0)
                .build();
    }

    // ---- Commands

    /** Some commands for a shard, in one entry. */
    void entry(int shard) {
        List<Queue> here = queues.stream().filter(queue -> queue.shard == shard).toList();
        List<Command> commands = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 2, 5); i > 0; i--) {
            Queue queue = here.get(random.nextInt(here.size()));
            int kind = random.nextInt(100);
            if (kind < 92) {
                ordinary(kind, queue, commands);
            } else if (commands.isEmpty()) {
                definition(kind, queue, commands); // On its own, so that it is clear by which settings all else went.
                break;
            }
        }
        SplittableRandom own = topicsRandom();
        if (own.nextInt(5) == 0) {
            commands.add(ofTopic(topics.get(shard), own));
        }
        propose(shard, commands.toArray(Command[]::new));
    }

    /** What the clients of topics do takes nothing away from what the others draw. */
    private SplittableRandom topicsRandom() {
        return new SplittableRandom(now * 1_000_003 + ++topicTurns);
    }

    private Command ofTopic(Topic topic, SplittableRandom random) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            topic.settings = topicSettings(random);
            return new Command.Configure(topic.partition, ++topic.revision, topic.settings);
        }
        if (kind == 1) {
            return new Command.Truncate(topic.partition, random.nextLong(topic.end + 2));
        }
        return kind < 11 ? publishNumbered(topic, random) : publish(topic, random);
    }

    private Command publishNumbered(Topic topic, SplittableRandom random) {
        Bytes payload = MessagePayload.of(++lastBatch * IDS_PER_BATCH, oneOf(random, 0, 30, 900, 9_000));
        NumberedPublisher publisher = topic.numbered.get(random.nextInt(2));
        List<Batch> batches = publisher.send(random, random.nextInt(3), payload);
        return batches.isEmpty() ? publish(topic, random) : new Command.Publish(topic.partition, batches);
    }

    private Command publish(Topic topic, SplittableRandom random) {
        List<Batch> batches = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 3); i > 0; i--) {
            int count = oneOf(random, 1, 1, 4);
            Bytes payload = MessagePayload.of(++lastBatch * IDS_PER_BATCH, oneOf(random, 0, 30, 900, 9_000));
            batches.add(new Batch(0, random.nextInt(3), payload, Collections.nCopies(count, Envelope.PLAIN)));
        }
        return new Command.Publish(topic.partition, batches);
    }

    private void ordinary(int kind, Queue queue, List<Command> commands) {
        PartitionId id = queue.partition;
        if (kind < 26) {
            commands.add(publish(queue));
        } else if (kind < 30) {
            commands.add(fanOut(queue.shard));
        } else if (kind < 54) {
            long leaseMillis = random.nextInt(3) == 0 ? random.nextInt(30) : Command.Acquire.QUEUE_DEFAULT;
            @Nullable String attempt = random.nextInt(4) == 0 ? "a" + random.nextInt(3) : null;
            commands.add(new Command.Acquire(id, random.nextInt(1, 7), leaseMillis, attempt));
        } else if (kind < 68) {
            commands.add(new Command.Acknowledge(id, leases(queue), random.nextBoolean()));
        } else if (kind < 72) {
            long millis = oneOf(random, 0, 10, 100);
            commands.add(new Command.Extend(id, leases(queue), millis, random.nextBoolean(), oneOf(random, 30, 1000)));
        } else if (kind < 73) {
            commands.add(new Command.Cancel(
                    id, leases(queue).stream().map(LeaseId::position).toList()));
        } else if (kind < 78) {
            commands.add(new Command.Release(id, leases(queue), oneOf(random, 0, 0, 15), random.nextInt(3) > 0));
        } else if (kind < 80) {
            commands.add(new Command.Reject(id, leases(queue)));
        } else if (kind < 82) {
            int target = random.nextInt(queues.size() + 1);
            commands.add(new Command.Move(id, leases(queue), "q" + target));
        } else {
            courier(queue.shard, kind, commands);
        }
    }

    private void definition(int kind, Queue queue, List<Command> commands) {
        if (kind < 97) {
            queue.revision++;
            queue.settings = settings(queue.settings);
            commands.add(new Command.Configure(queue.partition, queue.revision, queue.settings));
        } else if (kind < 98) {
            commands.add(new Command.Purge(queue.partition, oneOf(random, 0, 300)));
        } else if (kind < 99 && queue == queues.get(DROPPED_QUEUE)) {
            commands.add(new Command.Drop(queue.partition));
            queue.partition = new PartitionId(++lastQueueId, 0);
            queue.settings = settings(null);
            queue.revision = 1;
            queue.leases.clear();
            commands.add(new Command.Configure(queue.partition, 1, queue.settings));
        } else {
            commands.add(new Command.Tick());
        }
    }

    private Command publish(Queue queue) {
        List<Batch> batches = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 3); i > 0; i--) {
            List<Envelope> envelopes = new ArrayList<>();
            for (int j = oneOf(random, 1, 1, 1, 4); j > 0; j--) {
                envelopes.add(envelope(queue.settings));
            }
            int size = oneOf(random, 0, 30, 30, 400, random.nextInt(8) == 0 ? 20_000 : 900);
            Bytes payload = MessagePayload.of(++lastBatch * IDS_PER_BATCH, size);
            batches.add(new Batch(oneOf(random, 0, 0, 1, 2, 9), random.nextInt(3), payload, envelopes));
        }
        return new Command.Publish(queue.partition, batches);
    }

    /** Messages to some queues of the shard, each payload shared, and at times to one that was dropped. */
    private Command fanOut(int shard) {
        List<Command.Copies> messages = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 3); i > 0; i--) {
            List<Command.Target> targets = new ArrayList<>();
            for (Queue queue : queues) {
                if (queue.shard == shard && random.nextInt(4) > 0) {
                    targets.add(
                            new Command.Target(queue.partition, copy(targets.size() + 1, envelope(queue.settings))));
                }
            }
            if (topicsRandom().nextInt(3) == 0) {
                targets.add(new Command.Target(topics.get(shard).partition, copy(targets.size() + 1, Envelope.PLAIN)));
            }
            if (random.nextInt(8) == 0) {
                targets.add(
                        new Command.Target(new PartitionId(1_000_000, 0), copy(targets.size() + 1, Envelope.PLAIN)));
            }
            Bytes payload = MessagePayload.of(++lastBatch * IDS_PER_BATCH, oneOf(random, 30, 900, 20_000));
            messages.add(new Command.Copies(oneOf(random, 0, 0, 2), random.nextInt(3), payload, targets));
        }
        return new Command.Fanout(messages);
    }

    /** Tells the copies of one payload apart. */
    private static Envelope copy(int variant, Envelope envelope) {
        return new Envelope(
                envelope.group(),
                envelope.deduplicationId(),
                envelope.deliverAtMillis(),
                envelope.expiresAtMillis(),
                envelope.origin(),
                variant);
    }

    private Envelope envelope(QueueSettings settings) {
        boolean grouped = settings.ordering() == Ordering.GROUP ? random.nextInt(30) != 0 : random.nextInt(4) == 0;
        return new Envelope(
                grouped ? "g" + random.nextInt(4) : null,
                random.nextInt(4) == 0 ? "d" + random.nextInt(4) : null,
                random.nextInt(6) == 0 ? now + random.nextInt(40) : 0,
                random.nextInt(8) == 0 ? now + random.nextInt(200) : Envelope.NEVER,
                null);
    }

    private List<LeaseId> leases(Queue queue) {
        TreeSet<Integer> chosen = new TreeSet<>();
        int known = queue.leases.size();
        int fresh = random.nextInt(4) > 0 ? Math.min(known, 6) : known;
        for (int i = random.nextInt(1, 6); i > 0 && known > 0; i--) {
            chosen.add(known - 1 - random.nextInt(fresh));
        }
        return chosen.stream().map(queue.leases::get).toList();
    }

    // ---- The courier

    /** Something of what a courier would do for the departures of a shard, or to one. */
    private void courier(int here, int kind, List<Command> commands) {
        if (kind < 86) {
            Command.TakeIn arrivals = arrivals(1 - random.nextInt(SHARDS), here);
            if (arrivals != null) {
                commands.add(arrivals);
            }
        } else if (kind < 87 && !sent.isEmpty()) {
            Command.TakeIn again = sent.get(random.nextInt(sent.size()));
            if (again.arrivals().stream().allMatch(arrival -> isHere(arrival.target(), here))) {
                commands.add(again);
            }
        } else {
            Command.SettleDepartures settle = settle(here);
            if (settle != null) {
                commands.add(settle);
            }
        }
    }

    private boolean isHere(PartitionId partition, int shard) {
        return queues.stream().anyMatch(queue -> queue.partition.equals(partition) && queue.shard == shard);
    }

    private Command.@Nullable TakeIn arrivals(int from, int to) {
        Target source = shards.get(from);
        List<Command.Arrival> arrivals = new ArrayList<>();
        int most = answersGetLost ? random.nextInt(1, 6) : Integer.MAX_VALUE;
        for (Departure departure : source.departures()) {
            if (arrivals.size() == most) {
                break;
            }
            Queue target = queues.stream()
                    .filter(queue -> queue.name.equals(departure.target()))
                    .findFirst()
                    .orElse(null);
            int together = source.batchCount(departure);
            if (target == null || together > 1) {
                answers.get(from).put(departure.number(), ArrivalOutcome.REFUSED);
            } else if (target.shard == to) {
                long number =
                        departure.number() + (flaw == Flaw.RENUMBERS_DEPARTURES ? couriers * NUMBERS_OF_A_FLAW : 0);
                arrivals.add(new Command.Arrival(number, target.partition, moved(source, departure)));
                if (flaw == Flaw.SETTLES_BEFORE_THE_ANSWER) {
                    answers.get(from).put(departure.number(), ArrivalOutcome.TAKEN);
                }
            }
        }
        if (arrivals.isEmpty()) {
            return null;
        }
        Command.TakeIn takeIn = new Command.TakeIn(from, source.departuresSettledBelow(), arrivals);
        sent.add(takeIn);
        return takeIn;
    }

    private static Batch moved(Target source, Departure departure) {
        Bytes payload = source.read(departure.from(), departure.position(), departure.baseOffset());
        Origin before = departure.envelope().origin();
        DeadLetterReason reason = departure.reason();
        Origin origin = reason == null
                ? null
                : new Origin(
                        before == null ? departure.from() : before.partition(),
                        before == null ? departure.position() : before.position(),
                        departure.from(),
                        reason,
                        departure.attempts(),
                        departure.publishedAtMillis());
        Envelope envelope = new Envelope(
                departure.envelope().group(),
                null,
                1,
                Envelope.NEVER,
                origin,
                departure.envelope().variant());
        return new Batch(departure.position().level(), 1, payload, List.of(envelope));
    }

    private Command.@Nullable SettleDepartures settle(int source) {
        TreeMap<Long, ArrivalOutcome> known = answers.get(source);
        List<Long> arrived = new ArrayList<>();
        List<Long> refused = new ArrayList<>();
        int most = answersGetLost ? random.nextInt(1, 6) : Integer.MAX_VALUE;
        for (Map.Entry<Long, ArrivalOutcome> answer : known.entrySet()) {
            if (arrived.size() + refused.size() < most) {
                switch (answer.getValue()) {
                    case TAKEN -> arrived.add(answer.getKey());
                    case REFUSED -> refused.add(answer.getKey());
                }
            }
        }
        if (!answersGetLost || random.nextInt(3) > 0) { // Else it is told again, and it must not matter.
            arrived.forEach(known::remove);
            refused.forEach(known::remove);
        }
        return arrived.isEmpty() && refused.isEmpty() ? null : new Command.SettleDepartures(arrived, refused);
    }

    /** The courier of a shard is another from now on, and knows nothing. */
    void forgetAnswers(int source) {
        answers.get(source).clear();
        couriers++;
    }

    // ---- What comes of it

    private void propose(int shard, Command... commands) {
        long at = now;
        note(() -> "at " + at + " shard " + shard + " is told " + List.of(commands));
        shards.get(shard).propose(now, List.of(commands));
    }

    /** Clients and courier hear an answer, or do not. */
    void learn(Entry entry, List<Reply> replies) {
        note(() -> "    " + entry.index() + ": " + replies);
        for (int i = 0; i < replies.size(); i++) {
            if (answersGetLost && random.nextInt(8) == 0) {
                continue;
            }
            Command command = entry.commands().get(i);
            if (replies.get(i) instanceof Reply.Acquired acquired && command instanceof Command.Acquire acquire) {
                queues.stream()
                        .filter(queue -> queue.partition.equals(acquire.partition()))
                        .forEach(queue -> remember(queue, acquired));
            } else if (replies.get(i) instanceof Reply.Published(var appended)
                    && command instanceof Command.Publish publish) {
                topics.stream()
                        .filter(topic -> topic.partition.equals(publish.partition()))
                        .forEach(topic -> heard(topic, publish.batches(), appended));
            } else if (replies.get(i) instanceof Reply.TakenIn(var outcomes)
                    && command instanceof Command.TakeIn takeIn) {
                for (int j = 0; j < outcomes.size(); j++) {
                    long arrival = takeIn.arrivals().get(j).number() % NUMBERS_OF_A_FLAW;
                    if (arrival >= takeIn.settledBelow()) {
                        answers.get(takeIn.source()).put(arrival, outcomes.get(j));
                    }
                }
            }
        }
    }

    private static void heard(Topic topic, List<Batch> batches, List<Reply.Appended> appended) {
        topic.end = Math.max(topic.end, appended.getLast().position().offset());
        for (Batch batch : batches) {
            Numbering numbering = batch.numbering();
            if (numbering != null) {
                topic.numbered.forEach(publisher -> publisher.heard(numbering));
            }
        }
    }

    private static void remember(Queue queue, Reply.Acquired acquired) {
        acquired.leased().forEach(leased -> queue.leases.add(leased.lease()));
        while (queue.leases.size() > LEASES_REMEMBERED) {
            queue.leases.removeFirst();
        }
    }

    /** A message is in one place; in two only while it is on its way, and the one it leaves does not know yet. */
    void checkPlaces() {
        Map<Long, Kept> staying = new TreeMap<>();
        for (Target shard : shards) {
            for (Account account : shard.accounts().accounts.values()) {
                for (Kept message : account.kept()) {
                    if (!message.departing) {
                        ShardAccounts.same("another place of", message, staying.put(message.id, message), null);
                    }
                }
            }
        }
    }

    // ---- The end

    interface Settle {
        /** Everything that was proposed is done, and answered. */
        void all() throws IOException;
    }

    /** From now on clients and courier are patient and hear everything, and every queue hands out all that it has. */
    void becomePatient() {
        answersGetLost = false;
        for (int shard = 0; shard < SHARDS; shard++) {
            for (PartitionId partition : shards.get(shard).accounts().accounts.keySet()) {
                if (!isHere(partition, shard)) {
                    propose(shard, new Command.Drop(partition)); // As was proposed, and lost.
                }
            }
        }
        for (Queue queue : queues) {
            queue.settings = queue.settings
                    .change()
                    .deliveryPaused(false)
                    .publishPaused(false)
                    .messagesMax(QueueSettings.UNLIMITED)
                    .bytesMax(QueueSettings.UNLIMITED)
                    .messageBytesMax(100_000)
                    .lease(Duration.ofSeconds(1))
                    .deadLetter(null)
                    .build();
            propose(queue.shard, new Command.Configure(queue.partition, ++queue.revision, queue.settings));
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            Topic topic = topics.get(shard);
            topic.settings =
                    topic.settings.change().retention(Duration.ofMillis(1)).build();
            propose(shard, new Command.Configure(topic.partition, ++topic.revision, topic.settings));
        }
    }

    /** Each queue's messages are taken and acknowledged, and departures taken to where they go. */
    void consume(Settle settle) throws IOException {
        now += 50;
        for (Queue queue : queues) {
            queue.leases.clear();
            propose(queue.shard, new Command.Acquire(queue.partition, 20, Command.Acquire.QUEUE_DEFAULT));
            settle.all();
            propose(queue.shard, new Command.Acknowledge(queue.partition, List.copyOf(queue.leases), false));
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            Topic topic = topics.get(shard);
            for (NumberedPublisher publisher : topic.numbered) {
                if (!publisher.unanswered().isEmpty()) {
                    propose(shard, new Command.Publish(topic.partition, publisher.unanswered()));
                }
            }
            for (int target = 0; target < SHARDS; target++) {
                Command.TakeIn arrivals = arrivals(shard, target);
                if (arrivals != null) {
                    propose(target, arrivals);
                }
            }
            settle.all();
            Command.SettleDepartures settled = settle(shard);
            if (settled != null) {
                propose(shard, settled);
            }
        }
        settle.all();
    }

    void checkEmpty() {
        for (Topic topic : topics) {
            for (NumberedPublisher publisher : topic.numbered) {
                ShardAccounts.same("what was not answered to", topic.partition, publisher.unanswered(), List.of());
            }
        }
        for (Target shard : shards) {
            for (Account account : shard.accounts().accounts.values()) {
                List<Kept> left = new ArrayList<>();
                account.kept().forEach(left::add);
                ShardAccounts.same("what is left in", account.id, left, List.of());
            }
            for (TopicAccount topic : shard.accounts().topics.values()) {
                ShardAccounts.same("whether all has gone from", topic.id, topic.isEmpty(), true);
            }
        }
    }

    boolean isEmpty() {
        boolean answered = topics.stream()
                .flatMap(topic -> topic.numbered.stream())
                .allMatch(publisher -> publisher.unanswered().isEmpty());
        return answered
                && shards.stream()
                        .allMatch(shard -> shard.accounts().accounts.values().stream()
                                        .allMatch(Account::isEmpty)
                                && shard.accounts().topics.values().stream().allMatch(TopicAccount::isEmpty));
    }
}
