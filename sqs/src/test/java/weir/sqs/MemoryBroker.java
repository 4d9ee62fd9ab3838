package weir.sqs;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.Message;
import weir.core.MessageState;
import weir.core.Ordering;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Delivery;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.PublishPlan;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.core.shard.Reply.LeaseOutcome;

/**
 * A broker of one process that forgets everything: small enough to be seen through, and true to what the commands promise as
 * far as this front uses it. One lock guards it all.
 */
final class MemoryBroker implements Broker {
    /** Receives under way that may wait. */
    private int waiting;

    private final InstantSource clock;
    private final CatalogMachine catalog = new CatalogMachine(1);
    private final Map<PartitionId, Log> logs = new HashMap<>();
    private long changes;
    private long turn;

    /** The next command fails so, as if the shard had lost its leader. */
    @Nullable
    OutcomeUnknownException nextFailure;

    private int answersToLose;

    /** A kind of definitions of which this node has not heard yet: single names are not found before it catches up. */
    @Nullable
    volatile String unheardOf;

    MemoryBroker(InstantSource clock) {
        this.clock = clock;
    }

    private static final class Stored {
        final Position position;
        final Envelope envelope;
        final Bytes payload;
        final long publishedAt;
        long visibleAt;
        int attempts;
        int deliveries;
        long firstLeasedAt;
        boolean leased;

        Stored(long offset, Envelope envelope, Bytes payload, long publishedAt, long visibleAt) {
            this.position = new Position(0, offset);
            this.envelope = envelope;
            this.payload = payload;
            this.publishedAt = publishedAt;
            this.visibleAt = visibleAt;
        }
    }

    private record Known(Position position, long publishedAt) {}

    /** A receive that can be repeated. */
    private record Attempt(long at, long until, List<Delivery> deliveries) {}

    private static final class Log {
        final TreeMap<Long, Stored> messages = new TreeMap<>();
        final Map<String, Known> known = new HashMap<>();
        final Set<String> relayed = new HashSet<>();
        final Map<String, Attempt> attempts = new HashMap<>();
        long purgedAt;
        long next;
    }

    @Override
    public Optional<Queue> find(String name) {
        return catalog.find(name);
    }

    @Override
    public Optional<Queue> find(long queueId) {
        return catalog.find(queueId);
    }

    @Override
    public List<Queue> list(String prefix, String after, int max) {
        return catalog.list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return kind.equals(unheardOf) ? Optional.empty() : catalog.definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return catalog.definitions(kind, prefix, after, max);
    }

    @Override
    public void catchUp() {
        unheardOf = null;
    }

    @Override
    public void watch(CatalogWatch watch) {
        throw new UnsupportedOperationException("this front watches nothing");
    }

    @Override
    public synchronized CatalogReply change(CatalogCommand command) throws OutcomeUnknownException {
        CatalogReply reply = catalog.apply(++changes, clock.millis(), command);
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                if (!existed) {
                    queue.partitionIds().forEach(partition -> logs.put(partition, new Log()));
                }
            }
            case CatalogReply.Deleted(Queue queue) -> queue.partitionIds().forEach(logs::remove);
            case CatalogReply.Updated _, CatalogReply.Defined _, CatalogReply.Undefined _, CatalogReply.Refused _ -> {}
        }
        notifyAll();
        if (answersToLose > 0) {
            answersToLose--;
            throw new OutcomeUnknownException("the answer was lost");
        }
        return reply;
    }

    /** So many changes from now on are carried out, and nobody is told. */
    synchronized void loseAnswersOfChanges(int count) {
        answersToLose = count;
    }

    @Override
    public synchronized Reply submit(Command.OfPartition command) throws OutcomeUnknownException {
        if (nextFailure != null) {
            OutcomeUnknownException failure = nextFailure;
            nextFailure = null;
            throw failure;
        }
        Queue queue = find(command.partition().queue()).orElse(null);
        Log log = logs.get(command.partition());
        if (queue == null || log == null) {
            return new Reply.Refused(Refusal.NO_SUCH_QUEUE);
        }
        return switch (command) {
            case Command.Publish publish -> publish(queue.settings(), log, publish.batches());
            case Command.Acknowledge done ->
                settle(
                        log,
                        done.leases(),
                        done.evenIfExpired(),
                        stored -> log.messages.remove(stored.position.offset()));
            case Command.Extend extend ->
                settle(log, extend.leases(), extend.evenIfExpired(), stored -> {
                    stored.visibleAt = clock.millis() + extend.leaseMillis();
                    stored.leased = extend.leaseMillis() > 0;
                });
            case Command.Release release ->
                settle(log, release.leases(), false, stored -> {
                    stored.visibleAt = clock.millis() + release.delayMillis();
                    stored.leased = false;
                    stored.attempts -= release.counted() ? 0 : 1;
                });
            case Command.Move move -> {
                Queue target = catalog.find(move.targetQueue()).orElse(null);
                yield settle(log, move.leases(), false, stored -> move(log, stored, target));
            }
            case Command.Purge purge -> {
                if (log.purgedAt > 0 && clock.millis() - log.purgedAt < purge.restMillis()) {
                    yield new Reply.Refused(Refusal.PURGED_RECENTLY);
                }
                log.purgedAt = clock.millis();
                log.messages.clear();
                log.known.clear();
                yield new Reply.Done();
            }
            case Command.Acquire _,
                    Command.Reject _,
                    Command.Cancel _,
                    Command.Configure _,
                    Command.Drop _,
                    Command.Truncate _ ->
                throw new UnsupportedOperationException("this front does not send " + command);
        };
    }

    private Reply publish(QueueSettings settings, Log log, List<Batch> batches) {
        if (settings.publishPaused()) {
            return new Reply.Refused(Refusal.PUBLISH_PAUSED);
        }
        List<Reply.Appended> appended = new ArrayList<>();
        long now = clock.millis();
        for (Batch batch : batches) {
            boolean measured = batch.messages().getFirst().variant() > 0;
            if (batch.payload().length() > settings.messageBytesMax() && !measured) {
                return new Reply.Refused(Refusal.MESSAGE_TOO_LARGE);
            }
            Envelope envelope = batch.messages().getFirst();
            String id = envelope.deduplicationId();
            if (id != null && settings.deduplicationScope() == DeduplicationScope.GROUP) {
                id = envelope.group() + "\n" + id;
            }
            Known first = id == null ? null : log.known.get(id);
            if (first != null
                    && first.publishedAt + settings.deduplicationWindow().toMillis() > now) {
                appended.add(new Reply.Appended(first.position, first.publishedAt, true));
                continue;
            }
            long at = envelope.deliverAtMillis() == 0 ? now + settings.delay().toMillis() : envelope.deliverAtMillis();
            Stored stored = new Stored(log.next++, envelope, batch.payload(), now, at);
            log.messages.put(stored.position.offset(), stored);
            if (id != null) {
                log.known.put(id, new Known(stored.position, now));
            }
            appended.add(new Reply.Appended(stored.position, now, false));
        }
        notifyAll();
        return new Reply.Published(appended);
    }

    /** What {@link #fanOut} was given last. */
    List<Command.Copies> copiesLastFannedOut = List.of();

    @Override
    public synchronized List<PublishOutcome> publish(Queue queue, List<Batch> batches) {
        PublishPlan plan = new PublishPlan(queue, batches, turn++);
        for (PublishPlan.Part part : plan.parts()) {
            try {
                plan.answered(part, submit(part.command()));
            } catch (OutcomeUnknownException e) {
                plan.unknown(part, e);
            }
        }
        return plan.outcomes();
    }

    @Override
    public synchronized List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) {
        copiesLastFannedOut = messages;
        List<List<PublishOutcome>> outcomes = new ArrayList<>();
        for (Command.Copies copies : messages) {
            List<PublishOutcome> each = new ArrayList<>();
            for (Command.Target target : copies.targets()) {
                each.add(outcome(copies, target));
            }
            outcomes.add(each);
        }
        return outcomes;
    }

    private PublishOutcome outcome(Command.Copies copies, Command.Target target) {
        try {
            return switch (copied(copies, target)) {
                case Reply.Published(var appended) ->
                    appended.isEmpty()
                            ? new PublishOutcome.TakenBefore(target.partition())
                            : new PublishOutcome.Appended(target.partition(), appended.getFirst());
                case Reply.Refused(var reason) -> new PublishOutcome.Refused(reason);
                case Reply other -> throw new IllegalStateException("a publish was answered with " + other);
            };
        } catch (OutcomeUnknownException e) {
            return new PublishOutcome.Unknown(e);
        }
    }

    private Reply copied(Command.Copies copies, Command.Target target) throws OutcomeUnknownException {
        Command.Relayed relayed = copies.relayed();
        Log log = logs.get(target.partition());
        String name = relayed == null ? "" : relayed.source() + "/" + relayed.number();
        if (log != null && log.relayed.contains(name)) {
            return new Reply.Published(List.of());
        }
        Reply reply = submit(new Command.Publish(target.partition(), List.of(copies.batchFor(target))));
        if (log != null && relayed != null && reply instanceof Reply.Published) {
            log.relayed.add(name);
        }
        return reply;
    }

    /** To the end of the other queue, as a new message; or it is ready again if there is no such queue. */
    private void move(Log log, Stored stored, @Nullable Queue target) {
        Log to = target == null || target.settings().publishPaused()
                ? null
                : logs.get(target.partitionFor(stored.envelope, 0));
        if (to == null) {
            stored.visibleAt = clock.millis();
            stored.leased = false;
            stored.attempts--;
            return;
        }
        log.messages.remove(stored.position.offset());
        Envelope was = stored.envelope;
        Envelope envelope = new Envelope(
                was.group(), was.deduplicationId(), Envelope.AT_ONCE, was.expiresAtMillis(), null, was.variant());
        Stored moved = new Stored(to.next++, envelope, stored.payload, clock.millis(), clock.millis());
        to.messages.put(moved.position.offset(), moved);
    }

    private interface Settling {
        void apply(Stored stored);
    }

    private Reply settle(Log log, List<LeaseId> leases, boolean evenIfExpired, Settling settling) {
        List<LeaseOutcome> outcomes = new ArrayList<>();
        for (LeaseId lease : leases) {
            Stored stored = log.messages.get(lease.position().offset());
            if (stored == null) {
                outcomes.add(LeaseOutcome.GONE);
            } else if (stored.deliveries != lease.delivery() && lease.delivery() != LeaseId.LATEST) {
                outcomes.add(LeaseOutcome.SUPERSEDED);
            } else if (!evenIfExpired && !isHeld(stored)) {
                outcomes.add(LeaseOutcome.EXPIRED);
            } else {
                settling.apply(stored);
                outcomes.add(LeaseOutcome.DONE);
            }
        }
        notifyAll();
        return new Reply.Settled(outcomes);
    }

    private boolean isHeld(Stored stored) {
        return stored.leased && stored.visibleAt > clock.millis();
    }

    /** Waits by the real clock for something to be published or the time to be set on. */
    @Override
    public synchronized Receipt receive(Command.Acquire acquire, Duration patience) throws InterruptedException {
        return receive(List.of(acquire), patience);
    }

    @Override
    public synchronized Receipt receive(Receive receive, Duration patience) throws InterruptedException {
        Queue queue = find(receive.queue()).orElse(null);
        return queue == null
                ? new Receipt.Refused(Refusal.NO_SUCH_QUEUE)
                : receive(queue.partitionIds().stream().map(receive::from).toList(), patience);
    }

    private synchronized Receipt receive(List<Command.Acquire> acquires, Duration patience)
            throws InterruptedException {
        if (!patience.isPositive()) {
            return take(acquires, patience);
        }
        try {
            waiting++;
            notifyAll();
            return take(acquires, patience);
        } finally {
            waiting--;
            notifyAll();
        }
    }

    private synchronized Receipt take(List<Command.Acquire> acquires, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean full = false;
            for (Command.Acquire acquire : acquires) {
                Queue queue = find(acquire.partition().queue()).orElse(null);
                Log log = logs.get(acquire.partition());
                if (queue == null || log == null) {
                    return new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
                }
                List<Delivery> deliveries = again(queue, log, acquire);
                if (deliveries.isEmpty()) {
                    deliveries = acquire(queue, log, acquire);
                }
                full |= inFlight(log) >= queue.settings().inFlightMax();
                if (!deliveries.isEmpty()) {
                    return new Receipt.Received(deliveries, full);
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return new Receipt.Received(List.of(), full);
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }

    /** Returns when that many receives are under way that may wait. */
    synchronized void awaitReceivers(int count) throws InterruptedException {
        while (waiting != count) {
            wait();
        }
    }

    /** Returns when there is no queue whose name begins so. */
    synchronized void awaitNone(String prefix) throws InterruptedException {
        while (!list(prefix, "", 1).isEmpty()) {
            wait();
        }
    }

    /** Wakes receivers after the clock was set. */
    synchronized void timeHasPassed() {
        notifyAll();
    }

    private long inFlight(Log log) {
        return log.messages.values().stream().filter(this::isHeld).count();
    }

    private static long leaseMillis(Queue queue, Command.Acquire acquire) {
        return acquire.leaseMillis() == Command.Acquire.QUEUE_DEFAULT
                ? queue.settings().lease().toMillis()
                : acquire.leaseMillis();
    }

    /** What the receive of the same name was given, if all of it is still held as it was; else nothing. */
    private List<Delivery> again(Queue queue, Log log, Command.Acquire acquire) {
        long now = clock.millis();
        Attempt attempt = acquire.attempt() == null ? null : log.attempts.get(acquire.attempt());
        if (attempt == null
                || attempt.deliveries.size() > acquire.maxMessages()
                || now - attempt.at >= Limits.ATTEMPT_REMEMBERED.toMillis()) {
            return List.of();
        }
        List<Stored> held = new ArrayList<>();
        for (Delivery delivery : attempt.deliveries) {
            LeaseId lease = delivery.leased().lease();
            Stored stored = log.messages.get(lease.position().offset());
            boolean same = stored != null
                    && isHeld(stored)
                    && stored.deliveries == lease.delivery()
                    && stored.visibleAt == attempt.until;
            if (!same) {
                return List.of();
            }
            held.add(stored);
        }
        long until = now + leaseMillis(queue, acquire);
        held.forEach(stored -> stored.visibleAt = until);
        List<Delivery> deliveries = held.stream()
                .map(stored -> delivery(acquire.partition(), stored))
                .toList();
        log.attempts.put(acquire.attempt(), new Attempt(attempt.at, until, deliveries));
        return deliveries;
    }

    private List<Delivery> acquire(Queue queue, Log log, Command.Acquire acquire) {
        long now = clock.millis();
        QueueSettings settings = queue.settings();
        long lease = leaseMillis(queue, acquire);
        Set<String> locked = new HashSet<>();
        List<Delivery> deliveries = new ArrayList<>();
        for (Stored stored : List.copyOf(log.messages.values())) {
            String group = settings.ordering() == Ordering.GROUP ? stored.envelope.group() : null;
            if (deliveries.size() == acquire.maxMessages() || inFlight(log) >= settings.inFlightMax()) {
                break;
            }
            if (stored.visibleAt > now || (group != null && locked.contains(group))) {
                if (group != null) {
                    locked.add(group);
                }
            } else if (!moveToDeadLetters(queue, log, stored)) {
                stored.attempts++;
                stored.deliveries++;
                stored.firstLeasedAt = stored.firstLeasedAt == 0 ? now : stored.firstLeasedAt;
                stored.visibleAt = now + lease;
                stored.leased = lease > 0;
                deliveries.add(delivery(acquire.partition(), stored));
            }
        }
        if (acquire.attempt() != null && !deliveries.isEmpty() && lease > 0) {
            log.attempts.put(acquire.attempt(), new Attempt(now, now + lease, deliveries));
        }
        return deliveries;
    }

    private static Delivery delivery(PartitionId partition, Stored stored) {
        Origin origin = stored.envelope.origin();
        var leased = new Reply.Leased(
                new LeaseId(stored.position, stored.deliveries),
                stored.position.offset(),
                stored.envelope,
                stored.attempts + (origin == null ? 0 : origin.attempts()),
                origin == null ? stored.publishedAt : origin.publishedAtMillis(),
                stored.firstLeasedAt,
                stored.visibleAt);
        return new Delivery(partition, leased, 1, stored.payload, 0);
    }

    private boolean moveToDeadLetters(Queue queue, Log log, Stored stored) {
        DeadLetterPolicy policy = queue.settings().deadLetter();
        Queue target = policy == null ? null : catalog.find(policy.queue()).orElse(null);
        if (policy == null || target == null || stored.attempts < policy.maxAttempts()) {
            return false;
        }
        log.messages.remove(stored.position.offset());
        Log to = logs.get(target.partitionFor(stored.envelope, 0));
        if (to == null) {
            throw new IllegalStateException("a queue without a log");
        }
        PartitionId from = queue.partition(0);
        var origin = new Origin(
                from, stored.position, from, DeadLetterReason.TOO_MANY_ATTEMPTS, stored.attempts, stored.publishedAt);
        Envelope envelope =
                new Envelope(stored.envelope.group(), stored.envelope.deduplicationId(), 0, Envelope.NEVER, origin);
        Stored moved = new Stored(to.next++, envelope, stored.payload, clock.millis(), clock.millis());
        to.messages.put(moved.position.offset(), moved);
        return true;
    }

    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public synchronized List<Peeked> peek(PartitionId partition, Position from, int max) {
        Log log = logs.get(partition);
        if (log == null) {
            return List.of();
        }
        return log.messages.tailMap(from.offset()).values().stream()
                .limit(max)
                .map(stored -> new Peeked(
                        stored.position,
                        isHeld(stored) ? MessageState.LEASED : MessageState.READY,
                        stored.envelope,
                        stored.attempts,
                        stored.publishedAt,
                        Message.FORMAT,
                        stored.payload,
                        0))
                .toList();
    }

    @Override
    public synchronized Optional<PartitionStatus> status(PartitionId partition) {
        Log log = logs.get(partition);
        if (log == null) {
            return Optional.empty();
        }
        long now = clock.millis();
        long leased = inFlight(log);
        long delayed = log.messages.values().stream()
                .filter(stored -> stored.visibleAt > now && !isHeld(stored))
                .count();
        long ready = log.messages.size() - leased - delayed;
        return Optional.of(new PartitionStatus(ready, delayed, leased, 0, 0, 0));
    }
}
