package weir.core.shard;

import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.Ordering;

/**
 * The delivery state of one log: which messages are settled, which have a state of their own, and the read-ahead in which
 * groups and tenants are sorted out. Everything else is in the log and costs no memory.
 *
 * <p>An offset below {@link #end} is in exactly one place: {@code settled}; or {@code held}, with the state that its slot
 * says; or neither, then it is ready and was never handed out. Of those, the ones below {@code next} are in their lane's
 * {@code fresh} list, or at or above its {@code passedOverFrom}.
 */
final class Level {
    /** Messages read ahead in a queue with groups; what no other group of the queue can be hidden behind. */
    static final int READ_AHEAD_MAX = 8192;
    /** Messages of one group read ahead; a group with more is passed over and read again when it gets there. */
    static final int LANE_READ_AHEAD_MAX = 256;
    /** Messages looked at by one acquire, so that it ends soon; the next one goes on from there. */
    static final int LOOK_MAX = 8192;

    private static final int READ_MESSAGES = 256;

    final Partition partition;
    final LogId id;
    /** The next offset to be appended. */
    long end;
    /** The next offset to be read ahead. */
    long next;

    OffsetSet settled = new OffsetSet();
    final TreeMap<Long, Slot> held = new TreeMap<>();
    final TreeMap<String, Lane> lanes = new TreeMap<>();
    final Lane ungrouped = new Lane(null);
    final ArrayDeque<Lane> ring = new ArrayDeque<>();
    /** Slots in all lanes' fresh lists. */
    int readAhead;
    /** No ready message lies below this offset. */
    private long readyFrom;

    private final MessageLog log;
    private int looked;

    Level(Partition partition, LogId id, MessageLog log) {
        this.partition = partition;
        this.id = id;
        this.log = log;
    }

    /** Whether an acquire might find something; it may turn out that it does not. */
    boolean mayDeliver() {
        return !ring.isEmpty() || (next < end && readAhead < READ_AHEAD_MAX);
    }

    /** Starts the account of what one command may look at. */
    void beginLooking() {
        looked = 0;
    }

    /**
     * Takes ready messages out of the lanes: in an ordered queue up to {@code max} of one group, else one, of the tenant
     * whose turn it is. They are in no place until the caller holds them.
     *
     * @return the lane they came from, to be given back by {@link #offer}; null if nothing is ready or enough was looked at
     */
    @Nullable
    Lane take(int max, List<Slot> taken) {
        boolean ordered = partition.settings.ordering() == Ordering.GROUP;
        if (partition.grouped) {
            readAhead(READ_AHEAD_MAX);
        }
        while (true) {
            Lane lane = ring.pollFirst();
            if (lane == null) {
                long before = next;
                readAhead(partition.grouped ? READ_AHEAD_MAX : max);
                if (next == before) {
                    return null; // At the end, or everything read ahead is locked, or enough was looked at.
                }
                continue;
            }
            lane.inRing = false;
            int before = taken.size();
            int wanted = ordered ? max : 1;
            while (taken.size() - before < wanted) {
                Slot slot = pop(lane);
                if (slot == null) {
                    break;
                }
                if (partition.mayBeDelivered(slot)) {
                    taken.add(slot);
                }
            }
            if (taken.size() > before) {
                return lane;
            }
            offer(lane);
            tidy(lane);
            if (looked >= LOOK_MAX) {
                return null;
            }
        }
    }

    /** The next message of the lane, removed from it; null if there is none that may be handed out. */
    private @Nullable Slot pop(Lane lane) {
        dropStale(lane);
        if (lane.fresh.isEmpty() && lane.passedOverFrom != Lane.NOTHING) {
            readAgain(lane);
        }
        if (!lane.isDeliverable()) {
            return null;
        }
        boolean returned = !lane.returned.isEmpty() && lane.returned.firstKey() == lane.head();
        if (returned) {
            return lane.returned.pollFirstEntry().getValue();
        }
        Slot slot = lane.fresh.pollFirst();
        if (slot != null) {
            readAhead--;
        }
        return slot; // Null while the lane's messages were passed over and are not found again yet.
    }

    /** Drops what was settled or got a state of its own since it was read ahead. */
    private void dropStale(Lane lane) {
        while (!lane.fresh.isEmpty()) {
            long offset = lane.fresh.getFirst().offset;
            if (!settled.contains(offset) && !held.containsKey(offset)) {
                return;
            }
            lane.fresh.removeFirst();
            readAhead--;
        }
    }

    /** Puts the lane at the end of the ring if it has something to hand out. */
    void offer(Lane lane) {
        dropStale(lane);
        if (!lane.inRing && lane.isDeliverable()) {
            lane.inRing = true;
            ring.addLast(lane);
        }
    }

    /** Forgets the lane if none of its messages is in memory. */
    void tidy(Lane lane) {
        if (lane.group != null && !lane.inRing && lane.isEmpty()) {
            lanes.remove(lane.group, lane);
        }
    }

    Lane laneOf(@Nullable String group) {
        return group == null ? ungrouped : lanes.computeIfAbsent(group, Lane::new);
    }

    /** Reads on until so many messages are read ahead. */
    private void readAhead(int wanted) {
        while (next < end && readAhead < wanted && looked < LOOK_MAX) {
            // Without groups nothing is sorted out, so nothing is read that is not handed out at once.
            List<StoredBatch> batches =
                    log.read(id, next, partition.grouped ? READ_MESSAGES : Math.min(READ_MESSAGES, wanted));
            if (batches.isEmpty()) {
                next = end;
                return;
            }
            for (StoredBatch batch : batches) {
                int from = (int) Math.max(0, next - batch.baseOffset());
                for (int i = from; i < batch.messages().size(); i++) {
                    long offset = batch.baseOffset() + i;
                    next = offset + 1;
                    looked++;
                    if (!settled.contains(offset) && !held.containsKey(offset)) {
                        load(batch, i);
                    }
                }
            }
        }
    }

    private void load(StoredBatch batch, int index) {
        Lane lane = laneOf(batch.messages().get(index).group());
        if (lane.passedOverFrom != Lane.NOTHING) {
            return;
        }
        if (partition.grouped && lane.fresh.size() >= LANE_READ_AHEAD_MAX) {
            lane.passedOverFrom = batch.baseOffset() + index;
            return;
        }
        lane.fresh.addLast(new Slot(this, lane, batch, index));
        readAhead++;
        offer(lane);
    }

    /** Finds again the messages of a lane that the read-ahead passed over. */
    private void readAgain(Lane lane) {
        long at = lane.passedOverFrom;
        while (at < next && lane.fresh.size() < LANE_READ_AHEAD_MAX && looked < LOOK_MAX) {
            List<StoredBatch> batches = log.read(id, at, READ_MESSAGES);
            if (batches.isEmpty()) {
                at = next;
                break;
            }
            for (StoredBatch batch : batches) {
                int from = (int) Math.max(0, at - batch.baseOffset());
                for (int i = from; i < batch.messages().size() && at < next; i++) {
                    long offset = batch.baseOffset() + i;
                    if (offset >= next) {
                        at = next;
                        break;
                    }
                    at = offset + 1;
                    looked++;
                    if (java.util.Objects.equals(batch.messages().get(i).group(), lane.group)
                            && !settled.contains(offset)
                            && !held.containsKey(offset)) {
                        lane.fresh.addLast(new Slot(this, lane, batch, i));
                        readAhead++;
                    }
                }
            }
        }
        lane.passedOverFrom = at < next ? at : Lane.NOTHING;
    }

    /** The message has a state of its own from now on. One that waits from its append on need not be read ahead. */
    void hold(Slot slot) {
        if (held.put(slot.offset, slot) == null) {
            slot.lane.held++;
        }
        if (next == slot.offset) {
            next = slot.offset + 1;
        }
    }

    private void letGo(Slot slot) {
        if (held.remove(slot.offset) != null) {
            slot.lane.held--;
        }
    }

    /** The slot is ready (again), and goes back to its place in its lane. */
    void makeReady(Slot slot) {
        slot.state = MessageState.READY;
        slot.lane.blocking.remove(slot.offset);
        readyFrom = Math.min(readyFrom, slot.offset);
        boolean willBeFound = slot.offset >= next || slot.offset >= slot.lane.passedOverFrom;
        if (slot.deliveries == 0 && !slot.turnedAway && willBeFound) {
            letGo(slot); // Nothing to remember of it: the read-ahead comes by.
        } else {
            slot.lane.returned.put(slot.offset, slot);
        }
        offer(slot.lane);
        tidy(slot.lane);
    }

    /** The message is done with, whatever it was. */
    void settle(Slot slot) {
        settled.add(slot.offset);
        letGo(slot);
        slot.lane.returned.remove(slot.offset);
        slot.lane.blocking.remove(slot.offset);
        offer(slot.lane);
        tidy(slot.lane);
    }

    /** The lowest offset that is ready, or -1. */
    long oldestReady() {
        long offset = settled.nextAbsent(readyFrom);
        while (offset < end) {
            Slot slot = held.get(offset);
            if (slot == null || slot.state == MessageState.READY) {
                readyFrom = offset;
                return offset;
            }
            offset = settled.nextAbsent(offset + 1);
        }
        readyFrom = end;
        return -1;
    }

    /** The slot of an unsettled message, read from the log if it is not in memory. */
    @Nullable
    Slot find(long offset) {
        Slot slot = held.get(offset);
        if (slot != null) {
            return slot;
        }
        StoredBatch batch = stored(offset);
        if (batch == null) {
            return null;
        }
        int index = (int) (offset - batch.baseOffset());
        return new Slot(this, laneOf(batch.messages().get(index).group()), batch, index);
    }

    /** The batch that holds an unsettled message. */
    @Nullable
    StoredBatch stored(long offset) {
        for (StoredBatch batch : log.read(id, offset, 1)) {
            if (batch.baseOffset() <= offset && offset < batch.endOffset()) {
                return batch;
            }
        }
        return null;
    }

    /** Settles everything. The caller cancels timers and keeps the books. */
    void purge() {
        settled.fillTo(end);
        held.clear();
        lanes.clear();
        ring.clear();
        ungrouped.fresh.clear();
        ungrouped.returned.clear();
        ungrouped.blocking.clear();
        ungrouped.passedOverFrom = Lane.NOTHING;
        ungrouped.inRing = false;
        ungrouped.held = 0;
        readAhead = 0;
        next = end;
        readyFrom = end;
    }
}
