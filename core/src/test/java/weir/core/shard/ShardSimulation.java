package weir.core.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.DeduplicationScope;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.MessageState;
import weir.core.Ordering;
import weir.core.Origin;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.Departure;
import weir.core.shard.Reply.LeaseOutcome;

/**
 * Two shards of two replicas each, four queues of every kind, a courier between the shards that loses answers and
 * repeats itself, and a model of each queue that every reply and every state is held against.
 *
 * <p>The first replica runs on and keeps its whole log; the other's log loses every settled batch at once, and at times
 * it is replaced by one restored from its snapshot.
 */
final class ShardSimulation {
    private static final int SHARDS = 2;
    private static final int QUEUES = 4;
    private static final int LEASES_REMEMBERED = 40;
    private static final int DRAIN_ROUNDS = 400;

    private final Bounds bounds;
    private final List<Shard> shards = new ArrayList<>();
    private final List<Queue> queues = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private final List<Supplier<String>> trace = new ArrayList<>();
    /** What the first sending of a departure was answered, by source, number and target. */
    private final TreeMap<String, ArrivalOutcome> firstAnswers = new TreeMap<>();

    private long now = 1;
    private long lastQueueId;

    /** A name, and the partition that stands for it now. */
    private static final class Queue {
        final String name;
        final Shard shard;
        final List<LeaseId> leases = new ArrayList<>();
        QueueSettings settings;
        PartitionModel model;

        Queue(String name, Shard shard, QueueSettings settings, PartitionModel model) {
            this.name = name;
            this.shard = shard;
            this.settings = settings;
            this.model = model;
        }
    }

    private static final class Shard {
        final int id;
        final Replica first;
        final Replica second;
        final TreeMap<PartitionId, Boolean> readiness = new TreeMap<>();
        final List<Command.TakeIn> sent = new ArrayList<>();
        final TreeMap<Long, ArrivalOutcome> answers = new TreeMap<>();
        /** Partitions that may differ from when they were last held against their models. */
        final TreeSet<PartitionId> changed = new TreeSet<>();

        long index;
        long toldUpTo;
        /** Below which the forwarders of two queues elsewhere have nothing to send any more. */
        final long[] settled = new long[2];

        Shard(int id, Bounds bounds) {
            this.id = id;
            this.first = new Replica(bounds);
            this.second = new Replica(bounds);
        }
    }

    private static final class Replica {
        final MemoryLog log = new MemoryLog();
        private final Bounds bounds;
        ShardMachine machine;

        Replica(Bounds bounds) {
            this.bounds = bounds;
            this.machine = new ShardMachine(log, bounds);
        }

        void restart() {
            Bytes snapshot = machine.snapshot();
            machine = ShardMachine.restore(snapshot, log, bounds);
            Agree.same("snapshot after a restore", "replica", machine.snapshot(), snapshot);
        }
    }

    ShardSimulation(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        bounds = bounds(random, random.nextBoolean());
        trace.add(bounds::toString);
        for (int i = 0; i < SHARDS; i++) {
            shards.add(new Shard(i, bounds));
            apply(shards.getLast(), new Command.Raise(Edition.NEWEST));
        }
        for (int i = 0; i < QUEUES; i++) {
            QueueSettings settings = settings(random, null);
            Shard shard = shards.get(i % SHARDS);
            PartitionModel model = new PartitionModel(nextPartition(), 1, settings, bounds, ledger);
            queues.add(new Queue("q" + i, shard, settings, model));
            apply(shard, new Command.Configure(model.id, 1, settings));
        }
    }

    /** @param roomy whether no message can be hidden by a bound; the others are small at times in any case */
    private static Bounds bounds(SplittableRandom random, boolean roomy) {
        Bounds usual = Bounds.USUAL;
        return new Bounds(
                roomy ? usual.timers() : oneOf(random, 3, 20_000),
                roomy ? usual.sweep() : oneOf(random, 2, 4096),
                roomy ? usual.departing() : oneOf(random, 3, 20_000),
                roomy ? usual.readAhead() : oneOf(random, 4, 8, 8192),
                roomy ? usual.laneReadAhead() : oneOf(random, 1, 2, 256),
                roomy ? usual.look() : oneOf(random, 3, 8192, 8192),
                roomy ? usual.read() : oneOf(random, 1, 2, 256),
                oneOf(random, 0, 1, 4, usual.locked()),
                oneOf(random, 0, 1, 2, usual.laneLocked()),
                oneOf(random, 1, 2, 4, usual.noisyLeases()),
                oneOf(random, 1, 2, usual.attempts()),
                usual.producers(),
                usual.producersOfShard());
    }

    /** What was done so far, for people. */
    String trace() {
        return trace.stream().map(Supplier::get).collect(Collectors.joining("\n"));
    }

    void say(String text) {
        trace.add(() -> text);
    }

    private static int oneOf(SplittableRandom random, int... values) {
        return values[random.nextInt(values.length)];
    }

    private PartitionId nextPartition() {
        return new PartitionId(++lastQueueId, 0);
    }

    private static QueueSettings settings(SplittableRandom random, @Nullable QueueSettings before) {
        Ordering ordering =
                before != null ? before.ordering() : random.nextInt(5) < 2 ? Ordering.GROUP : Ordering.BEST_EFFORT;
        int target = random.nextInt(QUEUES + 3); // A name beyond the queues is one that never was.
        return QueueSettings.DEFAULT
                .change()
                .ordering(ordering)
                .lease(Duration.ofMillis(oneOf(random, 0, 5, 20, 20, 100)))
                .delay(Duration.ofMillis(oneOf(random, 0, 0, 0, 10)))
                .retention(Duration.ofMillis(oneOf(random, 30, 300, 10_000, 1_000_000)))
                .messageBytesMax(oneOf(random, 8, 100, 100))
                .messagesMax(random.nextInt(3) == 0 ? oneOf(random, 2, 5) : QueueSettings.UNLIMITED)
                .bytesMax(random.nextInt(4) == 0 ? 30 : QueueSettings.UNLIMITED)
                .overflow(random.nextBoolean() ? Overflow.DROP_OLDEST : Overflow.REFUSE)
                .inFlightMax(oneOf(random, 2, 5, 1000, 1000))
                .deduplicationScope(random.nextBoolean() ? DeduplicationScope.QUEUE : DeduplicationScope.GROUP)
                .deduplicationWindow(
                        before != null ? before.deduplicationWindow() : Duration.ofMillis(oneOf(random, 0, 20, 1000)))
                .priorityLevels(ordering == Ordering.GROUP ? 1 : oneOf(random, 1, 1, 3, 10))
                .priorityMode(random.nextInt(3) == 0 ? PriorityMode.STRICT : PriorityMode.BOUNDED)
                .deadLetter(
                        target == QUEUES
                                ? null
                                : new DeadLetterPolicy(
                                        "q" + target,
                                        oneOf(random, 1, 2, 3),
                                        random.nextBoolean(),
                                        random.nextInt(4) > 0,
                                        random.nextInt(4) > 0))
                .publishPaused(random.nextInt(12) == 0)
                .deliveryPaused(random.nextInt(12) == 0)
                .leasesOutliveExpiry(random.nextInt(3) == 0)
                .build();
    }

    // ---- Steps

    void step(Action action) {
        now += action.waitMillis();
        Queue queue = queues.get(action.a() % QUEUES);
        PartitionId id = queue.model.id;
        for (Shard shard : shards) {
            letTimePass(shard);
        }
        switch (action.kind()) {
            case PUBLISH -> publish(queue, action);
            case FANOUT -> fanOut(queue.shard, action);
            case ACQUIRE -> {
                long leaseMillis = action.b() % 3 == 0 ? action.c() % 30 : Command.Acquire.QUEUE_DEFAULT;
                @Nullable String attempt = action.a() / QUEUES % 3 == 0 ? "r" + action.b() % 3 : null;
                acquire(queue, new Command.Acquire(id, 1 + action.d() % 6, leaseMillis, attempt));
            }
            case ACKNOWLEDGE -> {
                List<LeaseId> leases = leases(queue, action);
                boolean even = action.d() % 2 == 0;
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(lease, even, queue.model::acknowledge));
                }
                settle(queue, new Command.Acknowledge(id, leases, even), expected);
            }
            case EXTEND -> {
                List<LeaseId> leases = leases(queue, action);
                boolean even = action.d() % 2 == 0;
                long millis = action.c() % 5 == 0 ? 0 : action.c() % 40;
                long most = action.d() % 3 == 0 ? 30 : 1000;
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(
                            lease, even, message -> queue.model.extend(message, millis, most, now)));
                }
                settle(queue, new Command.Extend(id, leases, millis, even, most), expected);
            }
            case RELEASE -> {
                List<LeaseId> leases = leases(queue, action);
                long delay = action.c() % 2 == 0 ? 0 : action.c() % 30;
                boolean counted = action.d() % 3 != 0;
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(
                            lease, false, message -> queue.model.release(message, delay, counted, now)));
                }
                settle(queue, new Command.Release(id, leases, delay, counted), expected);
            }
            case REJECT -> {
                List<LeaseId> leases = leases(queue, action);
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(lease, false, queue.model::reject));
                }
                settle(queue, new Command.Reject(id, leases), expected);
            }
            case MOVE -> {
                List<LeaseId> leases = leases(queue, action);
                String target = "q" + action.a() / QUEUES % (QUEUES + 1); // The last is one that never was.
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(lease, false, message -> queue.model.move(message, target)));
                }
                settle(queue, new Command.Move(id, leases, target), expected);
            }
            case CANCEL -> {
                List<Position> positions = queue.model.somePositions(action.b(), action.c());
                List<LeaseOutcome> expected =
                        positions.stream().map(queue.model::cancel).toList();
                settle(queue, new Command.Cancel(id, positions), expected);
            }
            case TAKE_IN -> takeIn(queue.shard, action);
            case TAKE_IN_AGAIN -> takeInAgain(queue.shard, action);
            case SETTLE_DEPARTURES -> settleDepartures(queue.shard, action);
            case CONFIGURE -> {
                long revision = queue.model.revision + action.b() % 3;
                QueueSettings settings = settings(new SplittableRandom(action.c()), queue.settings);
                Reply reply = apply(queue.shard, new Command.Configure(id, revision, settings));
                Agree.same("reply", "configure", reply, new Reply.Done());
                queue.model.configure(revision, settings);
                queue.settings = queue.model.settings;
                observe(queue.shard, false);
            }
            case PURGE -> {
                long restMillis = oneOf(new SplittableRandom(action.b()), 0, 20, 10_000);
                Reply expected = queue.model.purge(restMillis, now);
                Reply reply = apply(queue.shard, new Command.Purge(id, restMillis));
                Agree.same("reply to a purge of", queue.name, reply, expected);
                observe(queue.shard, false);
            }
            case DROP -> {
                forgiveDoublesOf(queue);
                apply(queue.shard, new Command.Drop(id));
                queue.model.clear();
                queue.leases.clear();
                queue.settings = settings(new SplittableRandom(action.c()), null);
                queue.model = new PartitionModel(nextPartition(), 1, queue.settings, bounds, ledger);
                apply(queue.shard, new Command.Configure(queue.model.id, 1, queue.settings));
                observe(queue.shard, false);
            }
            case TICK -> {}
            case RESTART -> queue.shard.second.restart();
        }
    }

    private void publish(Queue queue, Action action) {
        SplittableRandom random = new SplittableRandom(action.b() * 1_000_000L + action.c() * 1000L + action.d());
        List<Batch> batches = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 2); i > 0; i--) {
            List<Envelope> envelopes = new ArrayList<>();
            for (int j = oneOf(random, 1, 1, 1, 2, 5); j > 0; j--) {
                envelopes.add(envelope(random, queue.settings));
            }
            int bytes = envelopes.size() * oneOf(random, 1, 5, 8, random.nextInt(9) == 0 ? 200 : 3);
            batches.add(new Batch(oneOf(random, 0, 0, 1, 2, 9), 1, Bytes.of(new byte[bytes]), envelopes));
        }
        Reply expected = queue.model.publish(batches, now);
        Reply reply = apply(queue.shard, new Command.Publish(queue.model.id, batches));
        Agree.same("reply to a publish to", queue.name, reply, expected);
        observe(queue.shard, false);
    }

    /** Some messages to some queues of a shard, and at times to one that it has not. */
    private void fanOut(Shard shard, Action action) {
        SplittableRandom random = new SplittableRandom(action.b() * 1_000_000L + action.c() * 1000L + action.d());
        List<Command.Copies> messages = new ArrayList<>();
        List<List<Reply>> expected = new ArrayList<>();
        for (int i = oneOf(random, 1, 1, 2, 3); i > 0; i--) {
            List<Command.Target> targets = new ArrayList<>();
            for (int j = random.nextInt(5); j > 0; j--) {
                Queue queue = queues.get(random.nextInt(QUEUES));
                Envelope envelope = envelope(random, queue.settings);
                targets.add(new Command.Target(
                        queue.model.id,
                        new Envelope(
                                envelope.group(),
                                envelope.deduplicationId(),
                                envelope.deliverAtMillis(),
                                envelope.expiresAtMillis(),
                                null,
                                random.nextInt(3))));
            }
            Bytes payload = Bytes.of(new byte[oneOf(random, 1, 5, random.nextInt(9) == 0 ? 200 : 9)]);
            messages.add(new Command.Copies(oneOf(random, 0, 0, 1, 9), 1, payload, targets, relayed(shard, random)));
        }
        Set<String> full = new TreeSet<>();
        for (Command.Copies copies : messages) {
            List<Reply> each = new ArrayList<>();
            for (Command.Target target : copies.targets()) {
                Optional<Queue> here = queues.stream()
                        .filter(q -> q.shard == shard && q.model.id.equals(target.partition()))
                        .findFirst();
                each.add(
                        here.isEmpty()
                                ? new Reply.Refused(Refusal.NO_SUCH_QUEUE)
                                : here.get().model.copied(copies, target, full, now));
            }
            expected.add(each);
        }
        Command fanOut = new Command.Fanout(messages);
        Agree.same("reply to", fanOut, apply(shard, fanOut), new Reply.FannedOut(expected));
        observe(shard, false);
    }

    /** As a forwarder that repeats itself would name its messages, or none. */
    private static Command.@Nullable Relayed relayed(Shard shard, SplittableRandom random) {
        if (random.nextBoolean()) {
            return null;
        }
        int source = random.nextInt(2);
        if (random.nextInt(6) == 0) {
            shard.settled[source] += random.nextInt(5000);
        }
        long settled = shard.settled[source] - random.nextInt(3); // A late repeat knows of less.
        long below = Math.max(0, settled);
        return new Command.Relayed(source, below + random.nextInt(12), below);
    }

    private Envelope envelope(SplittableRandom random, QueueSettings settings) {
        boolean grouped = settings.ordering() == Ordering.GROUP ? random.nextInt(30) != 0 : random.nextInt(4) == 0;
        return new Envelope(
                grouped ? "g" + random.nextInt(4) : null,
                random.nextInt(4) == 0 ? "d" + random.nextInt(4) : null,
                random.nextInt(6) == 0 ? now + random.nextInt(40) : 0,
                random.nextInt(8) == 0 ? now + random.nextInt(60) : Envelope.NEVER,
                null);
    }

    private void acquire(Queue queue, Command.Acquire command) {
        Reply.Acquired reply = (Reply.Acquired) apply(queue.shard, command);
        queue.model.acquired(command, reply, now, mayHaveLeftSome(queue, reply));
        for (Reply.Leased leased : reply.leased()) {
            queue.leases.add(leased.lease());
            if (queue.leases.size() > LEASES_REMEMBERED) {
                queue.leases.removeFirst();
            }
        }
        observe(queue.shard, true);
    }

    /** Whether an acquire had reason to end before it had all that there is. */
    private boolean mayHaveLeftSome(Queue queue, Reply.Acquired reply) {
        // The groups that it served were locked when it was done, and made room for others.
        boolean filled =
                bounds.readAhead() < Bounds.USUAL.readAhead() && !reply.leased().isEmpty();
        boolean ordered = queue.settings.ordering() == Ordering.GROUP;
        return bounds.look() < Bounds.USUAL.look() || hasNoRoom(queue) || (ordered && filled);
    }

    /**
     * Whether too much is departing, or too much read ahead, to look any further. However many groups are locked in an
     * ordered queue, they hide no other.
     */
    private boolean hasNoRoom(Queue queue) {
        Partition partition = Objects.requireNonNull(queue.shard.first.machine.partitions.get(queue.model.id));
        if (partition.hasTooManyDeparting()) {
            return true;
        }
        if (queue.settings.ordering() == Ordering.GROUP) {
            return false;
        }
        for (Level level : partition.levels) {
            if (level != null && level.free() >= bounds.readAhead() && level.next < level.end) {
                return true;
            }
        }
        return false;
    }

    private List<LeaseId> leases(Queue queue, Action action) {
        List<LeaseId> chosen = new ArrayList<>();
        for (int i = 0; i <= action.c() % 3 && !queue.leases.isEmpty(); i++) {
            // The newest are the likeliest to be still good.
            int back = action.b() % 4 == 0 ? action.b() + i : (action.b() % 5) + i;
            chosen.add(queue.leases.get(Math.floorMod(-1 - back, queue.leases.size())));
        }
        if (action.d() % 20 == 0) {
            chosen.add(new LeaseId(new Position(action.b() % 3, action.c() % 50), 1 + action.b() % 3));
        }
        return chosen;
    }

    private void settle(Queue queue, Command command, List<LeaseOutcome> expected) {
        if (!(command instanceof Command.Cancel)) {
            queue.model.takenBack();
        }
        Agree.same("reply of " + queue.name + " to", command, apply(queue.shard, command), new Reply.Settled(expected));
        observe(queue.shard, false);
    }

    // ---- The courier

    private void takeIn(Shard source, Action action) {
        List<Departure> departures = source.first.machine.departures(0, 1 + action.b() % 4);
        Shard target = shards.get(action.c() % SHARDS);
        List<Command.Arrival> arrivals = new ArrayList<>();
        TreeMap<Long, Long> ids = new TreeMap<>();
        for (Departure departure : departures) {
            Optional<Queue> to = queues.stream()
                    .filter(q -> q.name.equals(departure.target()))
                    .findFirst();
            if (to.isEmpty()) {
                source.answers.put(departure.number(), ArrivalOutcome.REFUSED);
            } else if (to.get().shard == target) {
                arrivals.add(new Command.Arrival(departure.number(), to.get().model.id, moved(departure)));
                ids.put(departure.number(), messageOf(source, departure).id);
            }
        }
        if (arrivals.isEmpty()) {
            return;
        }
        var command = new Command.TakeIn(source.id, source.first.machine.departuresSettledBelow(), arrivals);
        source.sent.add(command);
        List<ArrivalOutcome> outcomes = ((Reply.TakenIn) apply(target, command)).outcomes();
        for (int i = 0; i < arrivals.size(); i++) {
            Command.Arrival arrival = arrivals.get(i);
            PartitionModel model = modelOf(target, arrival.target());
            if (!model.answered(source.id, arrival.number())) {
                long id = Objects.requireNonNull(ids.get(arrival.number()));
                ArrivalOutcome expected = model.takeIn(source.id, arrival.number(), arrival.batch(), id, now);
                Agree.same("outcome of", arrival, outcomes.get(i), expected);
                firstAnswers.put(source.id + "/" + arrival.number() + "/" + arrival.target(), expected);
            }
            Agree.same(
                    "repeated outcome of",
                    arrival,
                    outcomes.get(i),
                    firstAnswers.get(source.id + "/" + arrival.number() + "/" + arrival.target()));
        }
        observe(target, false);
        if (action.d() % 3 != 0) { // Else the answer is lost.
            for (int i = 0; i < arrivals.size(); i++) {
                source.answers.put(arrivals.get(i).number(), outcomes.get(i));
            }
        }
    }

    private void forgiveDoublesOf(Queue target) {
        for (Shard source : shards) {
            for (Departure departure : departures(source)) {
                String key = source.id + "/" + departure.number() + "/" + target.model.id;
                if (firstAnswers.containsKey(key)) {
                    ledger.mayEndTwice(messageOf(source, departure).id);
                }
            }
        }
    }

    private static Batch moved(Departure departure) {
        Envelope was = departure.envelope();
        DeadLetterReason reason = departure.reason();
        if (reason == null) {
            Envelope anew = new Envelope(
                    was.group(), was.deduplicationId(), Envelope.AT_ONCE, Envelope.NEVER, null, was.variant());
            return Batch.of(anew, Bytes.of(new byte[3]));
        }
        Origin before = was.origin();
        Origin origin = new Origin(
                before == null ? departure.from() : before.partition(),
                before == null ? departure.position() : before.position(),
                departure.from(),
                reason,
                departure.attempts(),
                departure.publishedAtMillis());
        return Batch.of(
                new Envelope(was.group(), null, 0, Envelope.NEVER, origin, was.variant()), Bytes.of(new byte[3]));
    }

    private void takeInAgain(Shard source, Action action) {
        if (source.sent.isEmpty()) {
            return;
        }
        Command.TakeIn command = source.sent.get(action.b() % source.sent.size());
        TreeSet<Integer> touched = new TreeSet<>();
        for (Command.Arrival arrival : command.arrivals()) {
            queues.stream().filter(q -> q.model.id.equals(arrival.target())).forEach(q -> touched.add(q.shard.id));
        }
        for (int shard : touched) {
            apply(shards.get(shard), command);
            observe(shards.get(shard), false);
        }
    }

    private void settleDepartures(Shard source, Action action) {
        List<Long> arrived = new ArrayList<>();
        List<Long> refused = new ArrayList<>();
        for (Map.Entry<Long, ArrivalOutcome> answer : source.answers.entrySet()) {
            if (arrived.size() + refused.size() > action.b() % 4) {
                break;
            }
            switch (answer.getValue()) {
                case TAKEN -> arrived.add(answer.getKey());
                case REFUSED -> refused.add(answer.getKey());
            }
        }
        List<Departure> departures = departures(source);
        for (Departure departure : departures) {
            if (arrived.contains(departure.number())) {
                modelOf(source, departure.from()).departed(departure.position());
            }
        }
        for (Departure departure : departures) {
            if (refused.contains(departure.number())) {
                modelOf(source, departure.from()).turnedAway(departure.position());
            }
        }
        apply(source, new Command.SettleDepartures(arrived, refused));
        observe(source, false);
        if (action.c() % 5 != 0) { // Else they are told again, and it must not matter.
            arrived.forEach(source.answers::remove);
            refused.forEach(source.answers::remove);
        }
    }

    private static List<Departure> departures(Shard shard) {
        return shard.first.machine.departures(0, Integer.MAX_VALUE);
    }

    private PartitionModel modelOf(Shard shard, PartitionId id) {
        return queues.stream()
                .filter(q -> q.shard == shard && q.model.id.equals(id))
                .findFirst()
                .orElseThrow()
                .model;
    }

    private PartitionModel.Message messageOf(Shard shard, Departure departure) {
        return Objects.requireNonNull(modelOf(shard, departure.from()).messages.get(departure.position()));
    }

    // ---- Applying and comparing

    private void letTimePass(Shard shard) {
        if (shard.toldUpTo == now && shard.first.machine.nextDueMillis().orElse(Long.MAX_VALUE) > now) {
            return;
        }
        shard.toldUpTo = now;
        int ticks = 0;
        do {
            if (++ticks > 1000) {
                throw new AssertionError("timers never end");
            }
            apply(shard, new Command.Tick());
        } while (shard.first.machine.nextDueMillis().orElse(Long.MAX_VALUE) <= now);
        queues.stream().filter(q -> q.shard == shard).forEach(q -> q.model.timePassed(now));
        observe(shard, false);
    }

    private Reply apply(Shard shard, Command command) {
        if (!(command instanceof Command.Tick)) {
            long at = now;
            trace.add(() -> "at " + at + " shard " + shard.id + ": " + command);
        }
        Entry entry = new Entry(++shard.index, now, List.of(command));
        List<Reply> replies = shard.first.machine.apply(entry);
        Agree.same("replies of the other replica to", command, shard.second.machine.apply(entry), replies);
        if (!(command instanceof Command.Tick)) {
            trace.add(() -> "    " + replies.getFirst());
            Agree.same(
                    "snapshot of the other replica after",
                    command,
                    shard.second.machine.snapshot(),
                    shard.first.machine.snapshot());
            shard.second.log.dropSettled(shard.second.machine);
        }
        for (Readiness readiness : shard.first.machine.takeTouched()) {
            shard.readiness.put(readiness.partition(), readiness.mayDeliver());
            shard.changed.add(readiness.partition());
        }
        return replies.getFirst();
    }

    private void observe(Shard shard, boolean afterAcquire) {
        List<Departure> departures = departures(shard);
        long last = 0;
        for (Departure departure : departures) {
            Agree.same("rising number of", departure, departure.number() > last, true);
            last = departure.number();
        }
        for (Queue queue : queues) {
            PartitionModel model = queue.model;
            if (!shard.changed.remove(model.id)) {
                continue;
            }
            model.observe(peekAll(shard.first.machine, model.id), departures, now, afterAcquire);
            Agree.same(
                    "status of", model.id, shard.first.machine.status(model.id).orElseThrow(), model.status());
            boolean ready = Objects.requireNonNull(shard.readiness.get(model.id));
            if (!ready && !model.deliverable(now).isEmpty() && !hasNoRoom(queue)) {
                throw new AssertionError(
                        "queue " + model.id + " could deliver " + model.deliverable(now) + " but says that it cannot");
            }
            StructureCheck.check(
                    Objects.requireNonNull(shard.first.machine.partitions.get(model.id)), shard.first.machine, bounds);
        }
    }

    private static List<Seen> peekAll(ShardMachine machine, PartitionId id) {
        List<Seen> all = new ArrayList<>();
        Position from = new Position(0, 0);
        while (true) {
            List<Seen> page = machine.peek(id, from, 7);
            all.addAll(page);
            if (page.isEmpty()) {
                return all;
            }
            Position last = page.getLast().position();
            from = new Position(last.level(), last.offset() + 1);
        }
    }

    // ---- The end

    /** Empties everything, as patient consumers and a patient courier would; whatever remains was stuck. */
    void drain() {
        for (Queue queue : queues) {
            letTimePass(queue.shard); // What is due is due under the old settings.
            long revision = queue.model.revision + 1;
            QueueSettings settings = queue.settings
                    .change()
                    .deliveryPaused(false)
                    .publishPaused(false)
                    .messagesMax(QueueSettings.UNLIMITED)
                    .bytesMax(QueueSettings.UNLIMITED)
                    .retention(Duration.ofDays(1))
                    .deadLetter(null)
                    .build();
            apply(queue.shard, new Command.Configure(queue.model.id, revision, settings));
            queue.model.configure(revision, settings);
            queue.settings = settings;
        }
        Action always = new Action(Action.Kind.TICK, 0, 0, 3, 0, 1);
        Action other = new Action(Action.Kind.TICK, 0, 0, 3, 1, 1);
        for (int round = 0; round < DRAIN_ROUNDS && !isEmpty(); round++) {
            now += 11;
            shards.forEach(this::letTimePass);
            for (Queue queue : queues) {
                Command.Acquire acquire = new Command.Acquire(queue.model.id, 10, 1000);
                Reply.Acquired reply = (Reply.Acquired) apply(queue.shard, acquire);
                queue.model.acquired(acquire, reply, now, mayHaveLeftSome(queue, reply));
                observe(queue.shard, true);
                List<LeaseId> leases =
                        reply.leased().stream().map(Reply.Leased::lease).toList();
                List<LeaseOutcome> expected = new ArrayList<>();
                for (LeaseId lease : leases) {
                    expected.add(queue.model.onLease(lease, false, queue.model::acknowledge));
                }
                settle(queue, new Command.Acknowledge(queue.model.id, leases, false), expected);
            }
            for (Shard shard : shards) {
                takeIn(shard, always);
                takeIn(shard, other);
                settleDepartures(shard, other);
            }
        }
        for (Queue queue : queues) {
            if (!queue.model.messages.isEmpty()) {
                throw new AssertionError("stuck in queue " + queue.model.id + ": " + queue.model.messages.values());
            }
        }
        ledger.checkAllEnded();
        now += Duration.ofDays(2).toMillis();
        for (Shard shard : shards) {
            letTimePass(shard);
            letTimePass(shard);
            StructureCheck.checkEmpty(shard.first.machine);
            Agree.same("may deliver in", shard.id, mayStillDeliver(shard), false);
        }
    }

    private boolean mayStillDeliver(Shard shard) {
        return shard.first.machine.partitions.values().stream().anyMatch(Partition::mayDeliver);
    }

    private boolean isEmpty() {
        return queues.stream()
                .allMatch(queue -> queue.model.messages.isEmpty()
                        && queue.model.status().departing() == 0
                        && queue.model.messages.values().stream().noneMatch(m -> m.state == MessageState.LEASED));
    }
}
