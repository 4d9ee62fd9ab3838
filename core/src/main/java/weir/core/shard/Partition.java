package weir.core.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.Numbering;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.shard.Reply.Appended;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.LeaseOutcome;
import weir.core.shard.Reply.Leased;

/** One queue's partition: its levels, its books, and what the commands about it do. */
final class Partition {
    /** Sweeps for expired messages and old ids are at least so far apart; deliveries check by themselves. */
    static final long SWEEP_INTERVAL_MILLIS = 250;

    /** The same for a queue whose expired messages go elsewhere: clients wait for them there. */
    static final long SWEEP_INTERVAL_SOON_MILLIS = 20;

    final PartitionId id;
    final Level[] levels = new Level[Limits.PRIORITY_LEVELS_MAX];
    long revision;
    QueueSettings settings;
    /** Whether any message has a group, so that there is something to sort out; until the next purge. */
    boolean grouped;

    BoundedBypass scheduler = new BoundedBypass();
    Deduplication deduplication = new Deduplication();
    Intake intake = new Intake();
    Relays relays = new Relays();
    /** Kept by {@link Producers}; the one that was heard of least lately first. */
    final LinkedHashMap<Long, Producer> producers = new LinkedHashMap<>(0);

    final Housekeeping housekeeping;

    /** When it was last purged; 0 if never. */
    long purgedAtMillis;

    final Books books = new Books();
    final Attempts attempts = new Attempts();
    final Admission admission;

    /** Whether the machine has noted that this partition may have changed whether it can deliver. */
    boolean touched;

    /** How far back the log is kept, if this is read by cursor: a topic has no slots, lanes or leases. Else null. */
    @Nullable
    Stretches stretches;

    /** Whether the machine has noted that there is news here for those who read by cursor. */
    boolean hasNews;

    private final ShardMachine machine;

    @SuppressWarnings("NullAway") // Levels are created when first used.
    Partition(PartitionId id, long revision, QueueSettings settings, ShardMachine machine) {
        this.id = id;
        this.revision = revision;
        this.settings = settings;
        this.machine = machine;
        this.grouped = settings.ordering() == Ordering.GROUP;
        this.housekeeping = new Housekeeping(this);
        this.admission = new Admission(this, machine);
        this.stretches = settings.reading() == Reading.CURSOR ? new Stretches() : null;
    }

    // ---- What is asked

    boolean isTopic() {
        return stretches != null;
    }

    boolean mayDeliver() {
        if (isTopic() || settings.deliveryPaused() || books.leased >= settings.inFlightMax() || hasTooManyDeparting()) {
            return false;
        }
        for (Level level : levels) {
            if (level != null && level.mayDeliver()) {
                return true;
            }
        }
        return false;
    }

    /** Nothing is done any more that sends messages elsewhere. */
    boolean hasTooManyDeparting() {
        return books.departing >= machine.bounds.departing();
    }

    long expiresAtMillis(Envelope envelope, long appendedAtMillis) {
        long publishedAt = envelope.origin() == null || settings.ordering() == Ordering.GROUP
                ? appendedAtMillis
                : envelope.origin().publishedAtMillis();
        // A message is not too old before it was due.
        long agesFrom = Math.max(publishedAt, envelope.deliverAtMillis());
        long byAge = agesFrom + settings.retention().toMillis();
        return Math.min(envelope.expiresAtMillis(), byAge < 0 ? Envelope.NEVER : byAge);
    }

    PartitionStatus status() {
        long oldest = 0;
        for (Level level : levels) {
            if (level != null && level.settled.floor() < level.end) {
                StoredBatch batch = level.stored(level.settled.floor());
                if (batch != null) {
                    oldest = oldest == 0 ? batch.appendedAtMillis() : Math.min(oldest, batch.appendedAtMillis());
                }
            }
        }
        return books.status(oldest);
    }

    // ---- Publish

    Appended publish(Batch batch) {
        Appended repeated = machine.producers.firstPublishing(this, batch);
        if (repeated != null) {
            return repeated;
        }
        Appended appended = publishOnce(batch);
        Numbering numbering = batch.numbering();
        if (numbering != null) {
            long now = machine.nowMillis();
            machine.producers.note(
                    this, numbering, batch.count(), appended.position(), appended.publishedAtMillis(), now);
            sweepAt(now + Limits.PRODUCER_REMEMBERED.toMillis());
        }
        return appended;
    }

    private Appended publishOnce(Batch batch) {
        Deduplication.Known known = admission.firstPublishing(batch);
        if (known != null) {
            return new Appended(known.position(), known.publishedAtMillis(), true);
        }
        long now = machine.nowMillis();
        Position position = append(batch);
        Envelope first = batch.messages().getFirst();
        if (first.deduplicationId() != null && batch.count() == 1) {
            deduplication.remember(new Deduplication.Known(first.deduplicationId(), first.group(), position, now));
            sweepAt(now + settings.deduplicationWindow().toMillis());
        }
        makeRoom();
        return new Appended(position, now, false);
    }

    private Position append(Batch batch) {
        long now = machine.nowMillis();
        Level level = level(Math.min(batch.level(), settings.priorityLevels() - 1));
        StoredBatch stored =
                new StoredBatch(level.end, now, batch.format(), batch.payload().length(), batch.messages());
        machine.log.append(level.id, stored, batch.payload());
        level.end = stored.endOffset();
        books.appended(stored);
        if (stretches != null) {
            stretches.append(stored, settings);
            machine.note(this);
            return new Position(level.id.level(), stored.baseOffset());
        }
        for (int i = 0; i < batch.count(); i++) {
            Envelope envelope = batch.messages().get(i);
            grouped |= envelope.group() != null;
            long deliverAt = envelope.deliverAtMillis() > 0
                    ? envelope.deliverAtMillis()
                    : now + settings.delay().toMillis();
            if (deliverAt > now) {
                delay(new Slot(level, level.laneOf(envelope.group()), stored, i), deliverAt);
            }
            sweepAt(expiresAtMillis(envelope, now));
        }
        return new Position(level.id.level(), stored.baseOffset());
    }

    private Level level(int number) {
        if (levels[number] == null) {
            levels[number] = new Level(this, new LogId(id, number), machine);
        }
        return levels[number];
    }

    /** Lets the oldest ready messages go while the queue holds too much, if that is its way. */
    private void makeRoom() {
        if (stretches != null) {
            letGo(stretches);
            return;
        }
        boolean drops = settings.overflow() == Overflow.DROP_OLDEST;
        for (int swept = 0; drops && swept < machine.bounds.sweep() && books.exceed(settings, 0, 0); swept++) {
            Slot oldest = null;
            for (int p = levels.length - 1; p >= 0 && oldest == null; p--) {
                oldest = levels[p] == null ? null : oldestReady(levels[p]);
            }
            if (oldest == null) {
                return;
            }
            leave(oldest, DeadLetterReason.OVERFLOW);
        }
    }

    /** Of a topic's messages what is too old, or too much. */
    private void letGo(Stretches of) {
        Level level = level(0);
        long start = level.settled.floor();
        begin(level, of, of.keep(machine.nowMillis(), settings, start, level.end));
        sweepAt(of.nextExpiryMillis(settings));
    }

    private void begin(Level level, Stretches of, long start) {
        level.settled.raiseTo(start);
        books.hold(level.end - start, of.kept());
    }

    /** Lets go of what a topic has below an offset; false if it does not reach as far. */
    boolean truncate(Stretches of, long before) {
        Level level = level(0);
        if (before > level.end) {
            return false;
        }
        if (before > level.settled.floor()) {
            of.truncate(before, level.end);
            begin(level, of, before);
            machine.note(this);
        }
        return true;
    }

    /** Messages may have become ready, and make room as a publish does. */
    private void becameReady() {
        if (machine.edition >= Edition.NUMBERED && !hasTooManyDeparting()) {
            makeRoom();
        }
    }

    private @Nullable Slot oldestReady(Level level) {
        long offset = level.oldestReady();
        return offset < 0 ? null : level.find(offset);
    }

    /** Takes in a message that departed elsewhere. */
    ArrivalOutcome takeIn(int source, Command.Arrival arrival) {
        ArrivalOutcome before = intake.answered(source, arrival.number());
        if (before != null) {
            return before;
        }
        ArrivalOutcome outcome =
                admission.refusalOf(List.of(arrival.batch())) == null ? ArrivalOutcome.TAKEN : ArrivalOutcome.REFUSED;
        if (outcome == ArrivalOutcome.TAKEN) {
            append(arrival.batch());
            makeRoom();
        }
        intake.answer(source, arrival.number(), outcome);
        return outcome;
    }

    // ---- Acquire

    Reply.Acquired acquire(Command.Acquire command) {
        if (settings.deliveryPaused()) {
            return Reply.Acquired.NONE;
        }
        long leaseMillis = command.leaseMillis() == Command.Acquire.QUEUE_DEFAULT
                ? settings.lease().toMillis()
                : command.leaseMillis();
        String attempt = command.attempt();
        Attempts.Attempt before = attempt == null ? null : attempts.find(attempt, machine.nowMillis());
        if (before != null && before.slots().size() <= command.maxMessages()) {
            return repeat(before, leaseMillis);
        }
        int max = (int) Math.min(command.maxMessages(), settings.inFlightMax() - books.leased);
        List<Slot> taken = take(max);
        List<Leased> out = new ArrayList<>(taken.size());
        for (Slot slot : taken) {
            out.add(lease(slot, leaseMillis));
        }
        for (Slot slot : taken) {
            slot.level.offer(slot.lane);
            slot.level.tidy(slot.lane);
        }
        if (attempt != null && !taken.isEmpty() && leaseMillis > 0) {
            attempts.remember(new Attempts.Attempt(attempt, machine.nowMillis(), taken), machine.bounds.attempts());
        }
        return new Reply.Acquired(out, max < command.maxMessages() && taken.size() == Math.max(0, max));
    }

    /** The same messages under the same leases, which start again. */
    private Reply.Acquired repeat(Attempts.Attempt attempt, long leaseMillis) {
        List<Leased> out = new ArrayList<>(attempt.slots().size());
        for (Slot slot : attempt.slots()) {
            slot.untilMillis = machine.nowMillis() + leaseMillis;
            out.add(leased(slot));
            if (leaseMillis == 0) {
                ready(slot);
            } else {
                schedule(slot);
            }
        }
        becameReady();
        return new Reply.Acquired(out, false);
    }

    private List<Slot> take(int max) {
        List<Slot> taken = new ArrayList<>();
        int count = settings.priorityLevels();
        for (int p = 0; p < levels.length; p++) {
            if (levels[p] != null) {
                count = Math.max(count, p + 1); // There may be messages from when the queue had more levels.
                levels[p].beginLooking();
                scheduler.setWaiting(p, levels[p].mayDeliver());
            }
        }
        int lookedEnough = 0;
        while (taken.size() < max && !hasTooManyDeparting()) {
            int p = scheduler.next(count, settings.priorityMode(), lookedEnough);
            if (p == BoundedBypass.NONE) {
                break;
            }
            Level level = levels[p];
            Lane lane = level.take(max - taken.size(), books.leased + taken.size(), taken);
            if (lane == null) {
                lookedEnough |= 1 << p; // It may have more to look at, and then keeps its turn for the next acquire.
                scheduler.setWaiting(p, level.mayDeliver());
                continue;
            }
            scheduler.served(p);
            if (settings.ordering() != Ordering.GROUP) {
                level.offer(lane); // An ordered lane is locked from here on, and offered when all is leased.
            }
            scheduler.setWaiting(p, level.mayDeliver());
        }
        return taken;
    }

    /** Whether a message whose turn it is may go out; else it has left the queue. */
    boolean mayBeDelivered(Slot slot) {
        if (slot.expiresAtMillis() <= machine.nowMillis()) {
            expire(slot);
            return false;
        }
        if (wasTriedOftenEnough(slot)) {
            leave(slot, DeadLetterReason.TOO_MANY_ATTEMPTS);
            return false;
        }
        return true;
    }

    private boolean wasTriedOftenEnough(Slot slot) {
        DeadLetterPolicy policy = settings.deadLetter();
        return policy != null && !slot.turnedAway && slot.attemptsHere() >= policy.maxAttempts();
    }

    private Leased lease(Slot slot, long leaseMillis) {
        long now = machine.nowMillis();
        slot.deliveries++;
        slot.lane.taken--;
        slot.turnedAway = false;
        slot.leasedAtMillis = now;
        if (slot.firstLeasedAtMillis == 0) {
            slot.firstLeasedAtMillis = now;
        }
        slot.level.hold(slot);
        if (leaseMillis == 0) {
            slot.untilMillis = now;
            ready(slot);
        } else {
            leaseUntil(slot, now + leaseMillis);
        }
        return leased(slot);
    }

    private static Leased leased(Slot slot) {
        return new Leased(
                new LeaseId(slot.position(), slot.deliveries),
                slot.baseOffset,
                slot.envelope,
                slot.attempts(),
                slot.publishedAtMillis(),
                slot.firstLeasedAtMillis,
                slot.untilMillis);
    }

    // ---- What becomes of a lease

    @FunctionalInterface
    interface OnLease {
        LeaseOutcome apply(Slot slot);
    }

    List<LeaseOutcome> onLeases(List<LeaseId> leases, boolean evenIfExpired, OnLease action) {
        List<LeaseOutcome> outcomes = new ArrayList<>(leases.size());
        for (LeaseId lease : leases) {
            Level level = levels[lease.position().level()];
            Slot slot = level == null ? null : level.held.get(lease.position().offset());
            outcomes.add(onLease(slot, lease, evenIfExpired, action));
        }
        becameReady();
        return outcomes;
    }

    private static LeaseOutcome onLease(@Nullable Slot slot, LeaseId lease, boolean evenIfExpired, OnLease action) {
        if (slot == null || slot.deliveries == 0 || lease.delivery() > slot.deliveries) {
            return LeaseOutcome.GONE;
        }
        if (lease.delivery() < slot.deliveries && lease.delivery() != LeaseId.LATEST) {
            return LeaseOutcome.SUPERSEDED;
        }
        return switch (slot.state) {
            case LEASED -> action.apply(slot);
            case READY, DELAYED -> evenIfExpired ? action.apply(slot) : LeaseOutcome.EXPIRED;
            case DEPARTING -> LeaseOutcome.GONE;
        };
    }

    LeaseOutcome acknowledge(Slot slot) {
        settle(slot);
        return LeaseOutcome.DONE;
    }

    LeaseOutcome extend(Slot slot, long leaseMillis, long heldMillisMax) {
        long until = machine.nowMillis() + leaseMillis;
        if (until - slot.leasedAtMillis > heldMillisMax) {
            return LeaseOutcome.HELD_TOO_LONG;
        }
        if (leaseMillis == 0) {
            ready(slot);
        } else {
            leaseUntil(slot, until);
        }
        return LeaseOutcome.DONE;
    }

    /** What was tried often enough leaves now, rather than when somebody next asks for it. */
    LeaseOutcome release(Slot slot, long delayMillis, boolean counted) {
        if (!counted) {
            slot.uncounted++;
        } else if (machine.edition >= Edition.TOPICS && wasTriedOftenEnough(slot)) {
            leave(slot, DeadLetterReason.TOO_MANY_ATTEMPTS);
            return LeaseOutcome.DONE;
        }
        if (delayMillis == 0) {
            ready(slot);
        } else {
            delay(slot, machine.nowMillis() + delayMillis);
        }
        return LeaseOutcome.DONE;
    }

    LeaseOutcome reject(Slot slot) {
        leave(slot, DeadLetterReason.REJECTED);
        return LeaseOutcome.DONE;
    }

    /** To another queue, as a new message. */
    LeaseOutcome move(Slot slot, String targetQueue) {
        depart(slot, targetQueue, null);
        return LeaseOutcome.DONE;
    }

    // ---- What waits for its time

    List<LeaseOutcome> cancel(List<Position> positions) {
        List<LeaseOutcome> outcomes = new ArrayList<>(positions.size());
        for (Position position : positions) {
            Level level = levels[position.level()];
            Slot slot = level == null ? null : level.held.get(position.offset());
            if (slot != null && slot.state == MessageState.DELAYED) {
                settle(slot);
                outcomes.add(LeaseOutcome.DONE);
            } else {
                outcomes.add(LeaseOutcome.GONE);
            }
        }
        return outcomes;
    }

    // ---- Changes of state; each keeps the books

    private void leaseUntil(Slot slot, long untilMillis) {
        enter(slot, MessageState.LEASED);
        slot.untilMillis = untilMillis;
        schedule(slot);
    }

    private void delay(Slot slot, long untilMillis) {
        enter(slot, MessageState.DELAYED);
        slot.untilMillis = untilMillis;
        schedule(slot);
    }

    private void schedule(Slot slot) {
        machine.timers.schedule(slot, dueAtMillis(slot));
    }

    /** When something has to be done about a message that is leased or delayed. */
    long dueAtMillis(Slot slot) {
        return mayExpire(slot) ? Math.min(slot.untilMillis, slot.expiresAtMillis()) : slot.untilMillis;
    }

    /** Whether the message's state lets it expire; not for how long it may be kept. */
    private boolean mayExpire(Slot slot) {
        return !settings.leasesOutliveExpiry() || slot.state != MessageState.LEASED;
    }

    private void ready(Slot slot) {
        endState(slot);
        machine.timers.cancel(slot);
        slot.level.makeReady(slot);
        sweepAt(slot.expiresAtMillis());
    }

    /** The message cannot be handled here: to the dead-letter queue if there is one for it, else it is dropped. */
    private void leave(Slot slot, DeadLetterReason reason) {
        DeadLetterPolicy policy = settings.deadLetter();
        boolean nowhere = slot.turnedAway && reason == DeadLetterReason.OVERFLOW; // Else the queue would grow on.
        if (policy == null || nowhere || !policy.takes(reason)) {
            settle(slot);
            return;
        }
        depart(slot, policy.queue(), reason);
    }

    private void depart(Slot slot, String target, @Nullable DeadLetterReason reason) {
        enter(slot, MessageState.DEPARTING);
        machine.timers.cancel(slot);
        slot.departing = new Slot.Departing(machine.nextDeparture(slot), target, reason);
    }

    private void expire(Slot slot) {
        DeadLetterPolicy policy = settings.deadLetter();
        if (policy != null && !slot.turnedAway) {
            leave(slot, DeadLetterReason.EXPIRED);
        } else {
            settle(slot);
        }
    }

    /** The other queue has it. */
    void departed(Slot slot) {
        settle(slot);
    }

    /** No queue would have it, so it stays, and is handed out again. */
    void turnedAway(Slot slot) {
        boolean moved = slot.departing != null && slot.departing.reason() == null;
        if (moved) {
            slot.uncounted++; // It was leased to be moved, not to be handled.
        } else {
            slot.turnedAway = true;
        }
        slot.departing = null;
        ready(slot);
        makeRoom();
    }

    private void settle(Slot slot) {
        endState(slot);
        machine.timers.cancel(slot);
        books.settled(slot);
        slot.level.settle(slot);
    }

    private void enter(Slot slot, MessageState state) {
        endState(slot);
        slot.state = state;
        books.count(slot, 1);
        slot.lane.returned.remove(slot.offset);
        if (settings.ordering() == Ordering.GROUP) {
            slot.level.block(slot);
        }
        slot.level.hold(slot);
    }

    private void endState(Slot slot) {
        attempts.changed(slot);
        books.count(slot, -1);
    }

    // ---- Time

    /** The slot's timer went off. */
    void due(Slot slot) {
        long now = machine.nowMillis();
        if (slot.expiresAtMillis() <= now && (mayExpire(slot) || slot.untilMillis <= now)) {
            expire(slot);
        } else if (slot.untilMillis <= now) {
            ready(slot);
            becameReady();
        } else {
            schedule(slot);
        }
    }

    /** There may be something to sweep at that instant. */
    private void sweepAt(long millis) {
        boolean sooner = housekeeping.heapIndex == Timer.NOT_QUEUED || millis < housekeeping.dueAtMillis;
        if (sooner && millis != Envelope.NEVER) {
            machine.timers.schedule(housekeeping, Math.max(millis, machine.nowMillis() + sweepInterval()));
        }
    }

    private long sweepInterval() {
        DeadLetterPolicy policy = settings.deadLetter();
        boolean awaited = settings.leasesOutliveExpiry() && policy != null && policy.onExpiry();
        return awaited ? SWEEP_INTERVAL_SOON_MILLIS : SWEEP_INTERVAL_MILLIS;
    }

    /** Settles messages that nobody asks for and that are too old, oldest first, and forgets old ids. */
    void sweep() {
        long now = machine.nowMillis();
        machine.timers.cancel(housekeeping);
        if (stretches != null) {
            letGo(stretches);
        } else {
            sweepReady(now);
        }
        long window = settings.deduplicationWindow().toMillis();
        deduplication.forgetUntil(now - window);
        if (!deduplication.isEmpty()) {
            sweepAt(deduplication.oldestAtMillis() + window + SWEEP_INTERVAL_MILLIS);
        }
        machine.producers.forgetUntil(this, now - Limits.PRODUCER_REMEMBERED.toMillis());
        sweepProducers();
    }

    private void sweepProducers() {
        if (!producers.isEmpty()) {
            sweepAt(producers.firstEntry().getValue().heardAtMillis() + Limits.PRODUCER_REMEMBERED.toMillis());
        }
    }

    private void sweepReady(long now) {
        int swept = 0;
        for (Level level : levels) {
            Slot oldest = level == null ? null : oldestReady(level);
            while (oldest != null
                    && oldest.expiresAtMillis() <= now
                    && swept < machine.bounds.sweep()
                    && !hasTooManyDeparting()) {
                expire(oldest);
                swept++;
                oldest = oldestReady(oldest.level);
            }
            if (oldest != null) {
                sweepAt(oldest.expiresAtMillis());
                oldest.level.tidy(oldest.lane);
            }
        }
    }

    // ---- The whole partition

    void configure(long newRevision, QueueSettings newSettings) {
        boolean otherDelay = !newSettings.delay().equals(settings.delay());
        revision = newRevision;
        settings = newSettings;
        for (Level level : levels) {
            if (level == null) {
                continue;
            }
            for (Slot slot : List.copyOf(level.held.values())) {
                retime(slot, otherDelay);
            }
        }
        sweepAt(machine.nowMillis());
        makeRoom();
    }

    /** As SQS has it: a new delay holds for what waits in an ordered queue, and only for new messages elsewhere. */
    private void retime(Slot slot, boolean otherDelay) {
        boolean timed = slot.state == MessageState.LEASED || slot.state == MessageState.DELAYED;
        if (!timed) {
            return;
        }
        boolean byQueueDelay =
                slot.state == MessageState.DELAYED && slot.deliveries == 0 && slot.envelope.deliverAtMillis() == 0;
        if (byQueueDelay && otherDelay && settings.ordering() == Ordering.GROUP) {
            slot.untilMillis = slot.appendedAtMillis + settings.delay().toMillis();
        }
        schedule(slot);
    }

    boolean wasPurgedWithin(long millis) {
        return purgedAtMillis > 0 && machine.nowMillis() - purgedAtMillis < millis;
    }

    /** Drops every message and forgets every deduplication id. */
    void purge() {
        purgedAtMillis = machine.nowMillis();
        for (Level level : levels) {
            if (level == null) {
                continue;
            }
            for (Slot slot : level.held.values()) {
                machine.timers.cancel(slot);
                if (slot.departing != null) {
                    machine.forgetDeparture(slot.departing.number());
                }
            }
            level.purge();
        }
        machine.timers.cancel(housekeeping);
        deduplication.clear();
        attempts.clear();
        books.clear();
        grouped = settings.ordering() == Ordering.GROUP;
        sweepProducers(); // Who publishes goes on: only the messages are gone.
    }
}
