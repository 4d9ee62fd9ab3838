package weir.core.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.LogId;
import weir.core.Message;
import weir.core.Ordering;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.shard.Reply.Departure;
import weir.core.shard.Reply.LeaseOutcome;

/**
 * One machine, spoken to in short sentences: {@code at(0, publish("a"))}. Times are milliseconds, a message is named by
 * its body, and a lease by the body of the message last handed out under it.
 */
abstract class ShardFacts {
    static final PartitionId QUEUE = new PartitionId(1, 0);
    static final PartitionId DEAD = new PartitionId(2, 0);
    static final int SOURCE_SHARD = 7;

    MemoryLog log = new MemoryLog();
    ShardMachine machine = new ShardMachine(log);
    private final TreeMap<String, LeaseId> leases = new TreeMap<>();
    private long index;
    private long revision;

    /** Creates the queue that every sentence is about, or changes its settings: a plain queue with leases of 30 ms but for these. */
    final void queue(UnaryOperator<QueueSettings.Builder> settings) {
        configure(QUEUE, settings);
    }

    final void deadLetterQueue(UnaryOperator<QueueSettings.Builder> settings) {
        configure(DEAD, settings);
    }

    private void configure(PartitionId id, UnaryOperator<QueueSettings.Builder> settings) {
        QueueSettings.Builder builder = QueueSettings.DEFAULT.change().lease(Duration.ofMillis(30));
        Command configure =
                new Command.Configure(id, ++revision, settings.apply(builder).build());
        at(machine.nowMillis(), configure);
    }

    static QueueSettings.Builder ordered(QueueSettings.Builder builder) {
        return builder.ordering(Ordering.GROUP);
    }

    static DeadLetterPolicy deadAfter(int attempts) {
        return new DeadLetterPolicy("dead", attempts, false);
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    final Reply at(long millis, Command command) {
        Reply reply =
                machine.apply(new Entry(++index, millis, List.of(command))).getFirst();
        if (reply instanceof Reply.Acquired acquired) {
            acquired.leased().forEach(leased -> leases.put(body(leased), leased.lease()));
        }
        return reply;
    }

    final void tick(long millis) {
        at(millis, new Command.Tick());
    }

    /** The bodies handed out to one who asks for {@code max}, in order. */
    final List<String> received(long millis, int max) {
        return bodies(at(millis, acquire(max)));
    }

    final List<String> received(long millis, int max, long leaseMillis) {
        return bodies(at(millis, new Command.Acquire(QUEUE, max, leaseMillis)));
    }

    final List<String> bodies(Reply reply) {
        return ((Reply.Acquired) reply).leased().stream().map(this::body).toList();
    }

    private String body(Reply.Leased leased) {
        LogId id = new LogId(QUEUE, leased.lease().position().level());
        Bytes payload = Objects.requireNonNull(log.payload(id, leased.baseOffset()));
        long number = leased.lease().position().offset() - leased.baseOffset();
        return payload.utf8().split(" ", -1)[(int) number];
    }

    // ---- Commands

    static Command publish(String... bodies) {
        return new Command.Publish(
                QUEUE,
                Arrays.stream(bodies).map(body -> message(Envelope.PLAIN, body)).toList());
    }

    static Command publishTo(String group, String... bodies) {
        Envelope envelope = new Envelope(group, null, 0, Envelope.NEVER, null);
        return new Command.Publish(
                QUEUE,
                Arrays.stream(bodies).map(body -> message(envelope, body)).toList());
    }

    static Command publish(Envelope envelope, String body) {
        return new Command.Publish(QUEUE, List.of(message(envelope, body)));
    }

    static Command publishAt(int level, String... bodies) {
        return new Command.Publish(
                QUEUE,
                Arrays.stream(bodies)
                        .map(body -> new Batch(level, Message.FORMAT, Bytes.utf8(body), List.of(Envelope.PLAIN)))
                        .toList());
    }

    static Envelope delayedTo(long millis) {
        return new Envelope(null, null, millis, Envelope.NEVER, null);
    }

    static Envelope expiringAt(long millis) {
        return new Envelope(null, null, 0, millis, null);
    }

    static Envelope expiringAt(String group, long millis) {
        return new Envelope(group, null, 0, millis, null);
    }

    static Envelope deduplicated(String group, String id) {
        return new Envelope(group, id, 0, Envelope.NEVER, null);
    }

    private static Batch message(Envelope envelope, String body) {
        return Batch.of(envelope, Bytes.utf8(body));
    }

    static Command acquire(int max) {
        return new Command.Acquire(QUEUE, max, Command.Acquire.QUEUE_DEFAULT);
    }

    final LeaseOutcome acknowledge(long millis, String body) {
        return outcome(at(millis, new Command.Acknowledge(QUEUE, List.of(lease(body)), false)));
    }

    final LeaseOutcome acknowledgeEvenIfExpired(long millis, String body) {
        return outcome(at(millis, new Command.Acknowledge(QUEUE, List.of(lease(body)), true)));
    }

    final LeaseOutcome extend(long millis, String body, long leaseMillis) {
        return outcome(at(millis, new Command.Extend(QUEUE, List.of(lease(body)), leaseMillis, false, 1000)));
    }

    final LeaseOutcome extendEvenIfExpired(long millis, String body, long leaseMillis) {
        return outcome(at(millis, new Command.Extend(QUEUE, List.of(lease(body)), leaseMillis, true, 1000)));
    }

    final LeaseOutcome release(long millis, String body, long delayMillis) {
        return outcome(at(millis, new Command.Release(QUEUE, List.of(lease(body)), delayMillis, true)));
    }

    final LeaseOutcome releaseUncounted(long millis, String body) {
        return outcome(at(millis, new Command.Release(QUEUE, List.of(lease(body)), 0, false)));
    }

    final LeaseOutcome reject(long millis, String body) {
        return outcome(at(millis, new Command.Reject(QUEUE, List.of(lease(body)))));
    }

    static LeaseOutcome outcome(Reply reply) {
        return ((Reply.Settled) reply).outcomes().getFirst();
    }

    /** The lease under which the message was last handed out. */
    final LeaseId lease(String body) {
        return Objects.requireNonNull(leases.get(body), body + " was never handed out");
    }

    // ---- Between shards

    final List<Departure> departures() {
        return machine.departures(0, 1000);
    }

    /** Carries departures into the dead-letter queue of this shard, as a courier would. */
    final Reply carry(long millis, List<Departure> departures) {
        List<Command.Arrival> arrivals = new ArrayList<>();
        for (Departure departure : departures) {
            Origin before = departure.envelope().origin();
            Origin origin = new Origin(
                    before == null ? departure.from() : before.partition(),
                    before == null ? departure.position() : before.position(),
                    departure.from(),
                    Objects.requireNonNull(departure.reason()),
                    departure.attempts(),
                    departure.publishedAtMillis());
            Envelope envelope = new Envelope(departure.envelope().group(), null, 0, Envelope.NEVER, origin);
            arrivals.add(new Command.Arrival(departure.number(), DEAD, Batch.of(envelope, Bytes.utf8("moved"))));
        }
        return at(millis, new Command.TakeIn(SOURCE_SHARD, machine.departuresSettledBelow(), arrivals));
    }

    final void settle(long millis, List<Long> arrived, List<Long> refused) {
        at(millis, new Command.SettleDepartures(arrived, refused));
    }

    // ---- What is there

    final PartitionStatus status() {
        return machine.status(QUEUE).orElseThrow();
    }

    final long unsettled() {
        return status().ready() + status().delayed() + status().leased() + status().departing();
    }

    final List<Seen> peek() {
        return machine.peek(QUEUE, new Position(0, 0), 1000);
    }

    /** Whether the leader is told that the queue may have something, after the last entry that touched it. */
    final boolean mayDeliver() {
        List<Readiness> touched = machine.takeTouched();
        return touched.stream()
                .filter(readiness -> readiness.partition().equals(QUEUE))
                .findFirst()
                .orElseThrow()
                .mayDeliver();
    }

    /** Replaces the machine by one restored from its snapshot, over a log without its settled batches. */
    final void restart() {
        log.dropSettled(machine);
        machine = ShardMachine.restore(machine.snapshot(), log);
    }
}
