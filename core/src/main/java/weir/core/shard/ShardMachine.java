package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Limits;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.Departure;

/**
 * The state machine of one shard. Fed the same entries in the same order, every replica answers the same and ends in the
 * same state. Not safe for several threads: the shard's thread owns it.
 */
public final class ShardMachine implements MessageLog.Liveness {
    /** Messages that one peek looks at. */
    private static final int PEEK_LOOK_MAX = 100_000;

    private static final int PEEK_READ = 256;
    private static final Reply DONE = new Reply.Done();
    private static final Reply TAKEN_BEFORE = new Reply.Published(List.of());
    private static final Reply NO_SUCH_QUEUE = new Reply.Refused(Refusal.NO_SUCH_QUEUE);
    private static final Reply READ_OTHERWISE = new Reply.Refused(Refusal.READ_OTHERWISE);
    private static final Reply OUT_OF_RANGE = new Reply.Refused(Refusal.OFFSET_OUT_OF_RANGE);

    final MessageLog log;
    final Bounds bounds;
    final TimerHeap timers = new TimerHeap();
    final TreeMap<PartitionId, Partition> partitions = new TreeMap<>();
    final TreeMap<Long, Slot> departures = new TreeMap<>();
    final Producers producers;
    long now;
    long lastDeparture;
    int edition = Edition.FIRST;
    private final List<Partition> touched = new ArrayList<>();
    private final List<Partition> withNews = new ArrayList<>();

    public ShardMachine(MessageLog log) {
        this(log, Bounds.USUAL);
    }

    ShardMachine(MessageLog log, Bounds bounds) {
        this.log = log;
        this.bounds = bounds;
        this.producers = new Producers(bounds);
    }

    /** The state that {@link #snapshot()} gave, over a log with the same content. */
    public static ShardMachine restore(Bytes snapshot, MessageLog log) {
        return restore(snapshot, log, Bounds.USUAL);
    }

    static ShardMachine restore(Bytes snapshot, MessageLog log, Bounds bounds) {
        return ShardSnapshot.read(snapshot, new ShardMachine(log, bounds));
    }

    /** Everything but the log's content. */
    public Bytes snapshot() {
        return ShardSnapshot.write(this);
    }

    /** Applies an entry: time first, then its commands in order. One reply for each command. */
    public List<Reply> apply(Entry entry) {
        now = Math.max(now, entry.atMillis());
        runTimers();
        List<Reply> replies = new ArrayList<>(entry.commands().size());
        for (Command command : entry.commands()) {
            replies.add(apply(command));
        }
        return replies;
    }

    private Reply apply(Command command) {
        return switch (command) {
            case Command.Configure configure -> configure(configure);
            case Command.Drop drop -> drop(drop.partition());
            case Command.Fanout fanout -> fanOut(fanout);
            case Command.TakeIn takeIn -> takeIn(takeIn);
            case Command.SettleDepartures settled -> settleDepartures(settled);
            case Command.Tick _ -> DONE;
            case Command.Raise raise -> raise(raise.edition());
            case Command.OfPartition ofPartition -> {
                Partition partition = partitions.get(ofPartition.partition());
                if (partition == null) {
                    yield NO_SUCH_QUEUE;
                }
                Stretches stretches = partition.stretches;
                yield stretches == null ? touch(partition, ofPartition) : ofTopic(partition, stretches, ofPartition);
            }
        };
    }

    private Reply ofTopic(Partition partition, Stretches stretches, Command.OfPartition command) {
        return switch (command) {
            case Command.Publish publish -> publish(partition, publish.batches());
            case Command.Truncate truncate -> partition.truncate(stretches, truncate.before()) ? DONE : OUT_OF_RANGE;
            case Command.Configure configure -> configure(configure);
            case Command.Drop drop -> drop(drop.partition());
            case Command.Acquire _,
                    Command.Acknowledge _,
                    Command.Extend _,
                    Command.Release _,
                    Command.Reject _,
                    Command.Move _,
                    Command.Cancel _,
                    Command.Purge _ -> READ_OTHERWISE;
        };
    }

    private Reply touch(Partition partition, Command.OfPartition command) {
        touch(partition);
        return switch (command) {
            case Command.Publish publish -> publish(partition, publish.batches());
            case Command.Acquire acquire -> partition.acquire(acquire);
            case Command.Acknowledge ack ->
                new Reply.Settled(partition.onLeases(ack.leases(), ack.evenIfExpired(), partition::acknowledge));
            case Command.Extend extend ->
                new Reply.Settled(partition.onLeases(
                        extend.leases(),
                        extend.evenIfExpired(),
                        slot -> partition.extend(slot, extend.leaseMillis(), extend.heldMillisMax())));
            case Command.Release release ->
                new Reply.Settled(partition.onLeases(
                        release.leases(),
                        false,
                        slot -> partition.release(slot, release.delayMillis(), release.counted())));
            case Command.Reject reject ->
                new Reply.Settled(partition.onLeases(reject.leases(), false, partition::reject));
            case Command.Move move ->
                new Reply.Settled(
                        partition.onLeases(move.leases(), false, slot -> partition.move(slot, move.targetQueue())));
            case Command.Cancel cancel -> new Reply.Settled(partition.cancel(cancel.positions()));
            case Command.Purge purge -> purge(partition, purge.restMillis());
            case Command.Truncate _ -> READ_OTHERWISE;
            case Command.Configure configure -> configure(configure);
            case Command.Drop drop -> drop(drop.partition());
        };
    }

    private Reply publish(Partition partition, List<Batch> batches) {
        Refusal refusal = partition.admission.refusalOf(batches);
        if (refusal != null) {
            return new Reply.Refused(refusal);
        }
        List<Reply.Appended> appended = new ArrayList<>(batches.size());
        for (Batch batch : batches) {
            appended.add(partition.publish(batch));
        }
        producers.makeRoom(partition);
        return new Reply.Published(appended);
    }

    private Reply fanOut(Command.Fanout command) {
        List<List<Reply>> outcomes = new ArrayList<>(command.messages().size());
        var full = new FullGroups();
        for (Command.Copies copies : command.messages()) {
            List<Reply> each = new ArrayList<>(copies.targets().size());
            for (Command.Target target : copies.targets()) {
                Partition partition = partitions.get(target.partition());
                if (partition == null) {
                    each.add(NO_SUCH_QUEUE);
                } else {
                    touch(partition);
                    each.add(copy(partition, copies, target, full));
                }
            }
            outcomes.add(each);
        }
        return new Reply.FannedOut(outcomes);
    }

    private Reply copy(Partition partition, Command.Copies copies, Command.Target target, FullGroups full) {
        Command.Relayed relayed = copies.relayed();
        if (relayed != null && partition.relays.hasTaken(relayed)) {
            return TAKEN_BEFORE;
        }
        Batch batch = copies.batchFor(target);
        String group = target.envelope().group();
        if (full.has(partition, group) && partition.admission.firstPublishing(batch) == null) {
            return new Reply.Refused(Refusal.QUEUE_FULL);
        }
        Reply reply = publish(partition, List.of(batch));
        if (reply instanceof Reply.Refused(Refusal reason)) {
            if (reason == Refusal.QUEUE_FULL) {
                full.add(partition, group);
            }
        } else if (relayed != null) {
            partition.relays.take(relayed);
        }
        return reply;
    }

    private Reply purge(Partition partition, long restMillis) {
        if (partition.wasPurgedWithin(restMillis)) {
            return new Reply.Refused(Refusal.PURGED_RECENTLY);
        }
        partition.purge();
        return DONE;
    }

    private Reply configure(Command.Configure command) {
        Partition partition = partitions.get(command.partition());
        if (partition == null) {
            partition = new Partition(command.partition(), command.revision(), command.settings(), this);
            partitions.put(command.partition(), partition);
        } else if (command.settings().reading() != partition.settings.reading()) {
            return READ_OTHERWISE;
        } else if (command.revision() > partition.revision) {
            partition.configure(command.revision(), command.settings());
        }
        touch(partition);
        note(partition);
        return DONE;
    }

    private Reply drop(PartitionId id) {
        Partition partition = partitions.remove(id);
        if (partition != null) {
            producers.forget(partition);
            partition.purge();
            touch(partition);
            note(partition);
        }
        return DONE;
    }

    private Reply raise(int to) {
        edition = Math.max(edition, to);
        return DONE;
    }

    // ---- Between shards

    private Reply takeIn(Command.TakeIn command) {
        List<ArrivalOutcome> outcomes = new ArrayList<>(command.arrivals().size());
        for (Command.Arrival arrival : command.arrivals()) {
            Partition partition = partitions.get(arrival.target());
            if (partition == null) {
                outcomes.add(ArrivalOutcome.REFUSED);
                continue;
            }
            touch(partition);
            partition.intake.forgetBelow(command.source(), command.settledBelow());
            outcomes.add(partition.takeIn(command.source(), arrival));
        }
        return new Reply.TakenIn(outcomes);
    }

    private Reply settleDepartures(Command.SettleDepartures command) {
        for (long number : command.arrived()) {
            Slot slot = departures.remove(number);
            if (slot != null) {
                touch(slot.level.partition);
                slot.level.partition.departed(slot);
            }
        }
        for (long number : command.refused()) {
            Slot slot = departures.remove(number);
            if (slot != null) {
                touch(slot.level.partition);
                slot.level.partition.turnedAway(slot);
            }
        }
        return DONE;
    }

    long nextDeparture(Slot slot) {
        departures.put(++lastDeparture, slot);
        return lastDeparture;
    }

    void forgetDeparture(long number) {
        departures.remove(number);
    }

    /** Messages that wait to be taken in elsewhere, numbered above {@code after}, by rising number. */
    public List<Departure> departures(long after, int max) {
        List<Departure> list = new ArrayList<>();
        for (Slot slot : departures.tailMap(after, false).values()) {
            if (list.size() == max) {
                break;
            }
            Slot.Departing departing = java.util.Objects.requireNonNull(slot.departing);
            list.add(new Departure(
                    departing.number(),
                    slot.level.partition.id,
                    slot.position(),
                    slot.baseOffset,
                    slot.envelope,
                    departing.target(),
                    departing.reason(),
                    slot.attempts(),
                    slot.publishedAtMillis()));
        }
        return list;
    }

    /** The number of the last departure, 0 before the first. */
    public long lastDeparture() {
        return lastDeparture;
    }

    /** The least number of a departure that is not settled; one above the last given if all are. */
    public long departuresSettledBelow() {
        return departures.isEmpty() ? lastDeparture + 1 : departures.firstKey();
    }

    // ---- Time

    /** The machine's clock: the latest time that an entry brought. */
    public long nowMillis() {
        return now;
    }

    /** When the machine next wants an entry, if only to learn the time. */
    public OptionalLong nextDueMillis() {
        Timer timer = timers.peek();
        return timer == null ? OptionalLong.empty() : OptionalLong.of(timer.dueAtMillis);
    }

    private void runTimers() {
        Timer timer = timers.peek();
        for (int run = 0; run < bounds.timers() && timer != null && timer.dueAtMillis <= now; run++) {
            switch (timer) {
                case Slot slot -> {
                    touch(slot.level.partition);
                    slot.level.partition.due(slot);
                }
                case Housekeeping housekeeping -> {
                    touch(housekeeping.partition);
                    housekeeping.partition.sweep();
                }
            }
            timer = timers.peek();
        }
    }

    // ---- What is asked

    /** The edition that the log has come to: nothing of a later one is in it. */
    public int edition() {
        return edition;
    }

    void touch(Partition partition) {
        if (!partition.touched && !partition.isTopic()) {
            partition.touched = true;
            touched.add(partition);
        }
    }

    /** The partitions touched since the last call, and whether they may have something to hand out. */
    public List<Readiness> takeTouched() {
        List<Readiness> list = new ArrayList<>(touched.size());
        for (Partition partition : touched) {
            partition.touched = false;
            list.add(new Readiness(partition.id, partitions.get(partition.id) == partition && partition.mayDeliver()));
        }
        touched.clear();
        return list;
    }

    /** There is something that those who wait to read a topic have to know. */
    void note(Partition partition) {
        if (partition.isTopic() && !partition.hasNews) {
            partition.hasNews = true;
            withNews.add(partition);
        }
    }

    /** The topics' partitions that were appended to, truncated, configured or dropped since the last call. */
    public List<PartitionId> takeNews() {
        if (withNews.isEmpty()) {
            return List.of();
        }
        List<PartitionId> list = new ArrayList<>(withNews.size());
        for (Partition partition : withNews) {
            partition.hasNews = false;
            list.add(partition.id);
        }
        withNews.clear();
        return list;
    }

    public Optional<PartitionStatus> status(PartitionId id) {
        return Optional.ofNullable(partitions.get(id)).map(Partition::status);
    }

    /** Whether an acquire of that name would be given what it was given before, rather than anything new. */
    public boolean remembers(PartitionId id, String attempt) {
        Partition partition = partitions.get(id);
        return partition != null && partition.attempts.find(attempt, nowMillis()) != null;
    }

    /** Every partition here, with the revision of its settings. */
    public SortedMap<PartitionId, Long> revisions() {
        TreeMap<PartitionId, Long> revisions = new TreeMap<>();
        partitions.forEach((id, partition) -> revisions.put(id, partition.revision));
        return revisions;
    }

    /** Unsettled messages from {@code from} on, whatever their state, in order of position. */
    public List<Seen> peek(PartitionId id, Position from, int max) {
        List<Seen> seen = new ArrayList<>();
        Partition partition = partitions.get(id);
        if (partition == null) {
            return seen;
        }
        int looked = 0;
        for (int number = from.level(); number < partition.levels.length; number++) {
            Level level = partition.levels[number];
            if (level == null) {
                continue;
            }
            long at = level.settled.nextAbsent(number == from.level() ? from.offset() : 0);
            while (at < level.end && seen.size() < max && looked < PEEK_LOOK_MAX) {
                List<StoredBatch> batches = log.read(level.id, at, Math.min(PEEK_READ, max));
                if (batches.isEmpty()) {
                    break;
                }
                for (StoredBatch batch : batches) {
                    for (int i = (int) Math.max(0, at - batch.baseOffset());
                            i < batch.messages().size();
                            i++) {
                        at = batch.baseOffset() + i + 1;
                        looked++;
                        if (!level.settled.contains(at - 1) && seen.size() < max) {
                            seen.add(seen(level, batch, i));
                        }
                    }
                }
                at = level.settled.nextAbsent(at);
            }
        }
        return seen;
    }

    private static Seen seen(Level level, StoredBatch batch, int index) {
        long offset = batch.baseOffset() + index;
        @Nullable Slot slot = level.held.get(offset);
        var envelope = batch.messages().get(index);
        int before = envelope.origin() == null ? 0 : envelope.origin().attempts();
        return new Seen(
                new Position(level.id.level(), offset),
                batch.baseOffset(),
                batch.format(),
                slot == null ? MessageState.READY : slot.state,
                envelope,
                slot == null ? before : slot.attempts(),
                envelope.origin() == null
                        ? batch.appendedAtMillis()
                        : envelope.origin().publishedAtMillis());
    }

    /** What can be said of a topic's partition without reading it; empty if there is none of that id that is read by cursor. */
    public Optional<TopicView> topic(PartitionId id) {
        Partition partition = partitions.get(id);
        return partition == null || partition.stretches == null
                ? Optional.empty()
                : Optional.of(new TopicView(partition, partition.stretches, log));
    }

    /** Whether there is a partition of that id, however it is read. */
    public boolean has(PartitionId id) {
        return partitions.containsKey(id);
    }

    @Override
    public boolean anyLive(LogId id, long from, long to) {
        Level level = levelOf(id);
        return level != null && level.settled.nextAbsent(from) < Math.min(to, level.end);
    }

    @Override
    public long countLive(LogId id, long from, long to) {
        Level level = levelOf(id);
        if (level == null) {
            return 0;
        }
        long end = Math.min(to, level.end);
        return end <= from ? 0 : end - from - level.settled.count(from, end);
    }

    private @Nullable Level levelOf(LogId id) {
        Partition partition = partitions.get(id.partition());
        return partition == null || id.level() >= Limits.PRIORITY_LEVELS_MAX ? null : partition.levels[id.level()];
    }
}
