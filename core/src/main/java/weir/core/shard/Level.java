package weir.core.shard;

import java.util.List;
import java.util.Objects;
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
    final Ring ring = new Ring();
    /** Slots in all lanes' fresh lists. */
    int readAhead;
    /** Those of them whose lane has a blocking message, and which are no choice to hand out. */
    private int locked;
    /** No ready message lies below this offset. */
    private long readyFrom;

    private final MessageLog log;
    private final Bounds bounds;
    private int looked;

    Level(Partition partition, LogId id, ShardMachine machine) {
        this.partition = partition;
        this.id = id;
        this.log = machine.log;
        this.bounds = machine.bounds;
    }

    /** Whether an acquire might find something; it may turn out that it does not. */
    boolean mayDeliver() {
        return !ring.isEmpty() || (next < end && free() < bounds.readAhead());
    }

    /**
     * Messages read ahead to choose from. Those of locked groups are not counted, or they could fill the read-ahead and hide
     * every group behind it.
     */
    int free() {
        return readAhead - locked;
    }

    /** Starts the account of what one command may look at. */
    void beginLooking() {
        looked = 0;
    }

    /**
     * Takes ready messages out of the lanes: in an ordered queue up to {@code max} of one group, else one, of the tenant
     * whose turn it is. They are held, and the caller gives them their new state.
     *
     * @param out messages of the partition that are leased, or were taken to be
     * @return the lane they came from, to be given back by {@link #offer}; null if nothing is ready or enough was looked at
     */
    @Nullable
    Lane take(int max, long out, List<Slot> taken) {
        boolean ordered = partition.settings.ordering() == Ordering.GROUP;
        if (partition.grouped && free() <= bounds.readAhead() / 2) {
            readAhead(bounds.readAhead()); // In long stretches, as each costs a look into the log.
        }
        while (true) {
            Lane lane = ordered ? ring.poll() : ring.pollFair(out, bounds.noisyLeases());
            if (lane == null) {
                long before = next;
                readAhead(partition.grouped ? bounds.readAhead() : max);
                if (next == before) {
                    return null; // At the end, or everything read ahead is locked, or enough was looked at.
                }
                continue;
            }
            int before = taken.size();
            int wanted = ordered ? max : 1;
            while (taken.size() - before < wanted) { // The lane counts as in the ring, so nobody offers it meanwhile.
                Slot slot = pop(lane);
                if (slot == null) {
                    break;
                }
                if (partition.mayBeDelivered(slot)) {
                    hold(slot);
                    lane.taken++;
                    taken.add(slot);
                }
            }
            lane.inRing = false;
            if (taken.size() > before) {
                return lane;
            }
            offer(lane);
            tidy(lane);
            if (looked >= bounds.look()) {
                return null;
            }
        }
    }

    /** The next message of the lane, removed from it; null if there is none that may be handed out. */
    private @Nullable Slot pop(Lane lane) {
        dropStale(lane);
        if (lane.fresh.isEmpty() && lane.passedOverFrom != Lane.NOTHING && lane.isDeliverable(next)) {
            readAgain(lane);
        }
        if (!lane.isDeliverable(next)) {
            return null;
        }
        boolean returned = !lane.returned.isEmpty() && lane.returned.firstKey() == lane.head();
        if (returned) {
            return lane.returned.pollFirstEntry().getValue();
        }
        Slot slot = lane.fresh.pollFirst();
        if (slot != null) {
            uncount(lane, 1);
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
            uncount(lane, 1);
        }
    }

    private void add(Lane lane, Slot slot) {
        lane.fresh.addLast(slot);
        uncount(lane, -1);
    }

    /** So many slots have left the lane's fresh list. */
    private void uncount(Lane lane, int slots) {
        readAhead -= slots;
        if (!lane.blocking.isEmpty()) {
            locked -= slots;
        }
    }

    /** How many fresh slots a lane that is locked may have: what is left of the room, which the first can take whole. */
    private int roomWhileLocked() {
        if (locked < bounds.locked() / 2) {
            return bounds.laneReadAhead();
        }
        return locked < bounds.locked() ? Math.min(bounds.laneLocked(), bounds.laneReadAhead()) : 0;
    }

    /** In an ordered queue: what is behind the slot has to wait for it, the last of it elsewhere if there is no room here. */
    void block(Slot slot) {
        Lane lane = slot.lane;
        if (lane.blocking.isEmpty()) {
            int room = roomWhileLocked();
            while (lane.fresh.size() > room) {
                lane.passedOverFrom = lane.fresh.removeLast().offset;
                readAhead--;
            }
        }
        blocked(slot);
    }

    /** The same for a slot that blocked its lane before a restart: what else was there then had room. */
    void blocked(Slot slot) {
        if (slot.lane.blocking.isEmpty()) {
            locked += slot.lane.fresh.size();
        }
        slot.lane.blocking.add(slot.offset);
    }

    private void unblock(Slot slot) {
        if (slot.lane.blocking.remove(slot.offset) && slot.lane.blocking.isEmpty()) {
            locked -= slot.lane.fresh.size();
        }
    }

    /** Puts the lane at the end of the ring if it has something to hand out. */
    void offer(Lane lane) {
        dropStale(lane);
        if (!lane.inRing && lane.isDeliverable(next)) {
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

    /**
     * Reads on until so many messages are read ahead, batch by batch.
     *
     * <p>How far it gets must not depend on settled messages: another replica's log may not have them any more.
     */
    private void readAhead(int wanted) {
        while (next < end && free() < wanted && looked < bounds.look()) {
            // Without groups nothing is sorted out, so nothing is read that is not handed out at once.
            List<StoredBatch> batches = log.read(
                    id, settled.nextAbsent(next), partition.grouped ? bounds.read() : Math.min(bounds.read(), wanted));
            if (batches.isEmpty()) {
                next = end;
                return;
            }
            for (StoredBatch batch : batches) {
                if (free() >= wanted || looked >= bounds.look()) {
                    return;
                }
                int from = (int) Math.max(0, next - batch.baseOffset());
                for (int i = from; i < batch.messages().size(); i++) {
                    long offset = batch.baseOffset() + i;
                    next = offset + 1;
                    if (settled.contains(offset)) {
                        continue;
                    }
                    looked++;
                    Slot slot = held.get(offset);
                    if (slot == null) {
                        load(batch, i);
                    } else if (slot.state == MessageState.READY) {
                        offer(slot.lane); // It waited for this, so that none of its lane is handed out after it.
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
        int room = lane.blocking.isEmpty() ? bounds.laneReadAhead() : roomWhileLocked();
        if (partition.grouped && lane.fresh.size() >= room) {
            lane.passedOverFrom = batch.baseOffset() + index;
        } else {
            add(lane, new Slot(this, lane, batch, index));
        }
        offer(lane);
    }

    /**
     * Finds again the messages of a lane that the read-ahead passed over: one if as many are read ahead as may be, since
     * any number of lanes may have been passed over, and no more than it may keep once the first is leased. What is behind a
     * blocking message is left for later.
     */
    private void readAgain(Lane lane) {
        int wanted = free() < bounds.readAhead() ? Math.max(1, roomWhileLocked()) : 1;
        long end = Math.min(next, lane.firstBlocking());
        long at = settled.nextAbsent(lane.passedOverFrom);
        while (at < end && lane.fresh.size() < wanted && looked < bounds.look()) {
            List<StoredBatch> batches = log.read(id, at, bounds.read());
            if (batches.isEmpty()) {
                at = next;
            }
            for (StoredBatch batch : batches) {
                if (lane.fresh.size() >= wanted || looked >= bounds.look() || at >= end) {
                    break;
                }
                at = readAgain(lane, batch, at, end, wanted);
            }
            at = settled.nextAbsent(at);
        }
        lane.passedOverFrom = at < next ? at : Lane.NOTHING;
    }

    /** @return the offset from which on there may be more, at or after {@code from} */
    private long readAgain(Lane lane, StoredBatch batch, long from, long end, int wanted) {
        long to = Math.min(batch.endOffset(), end);
        long at = Math.clamp(batch.baseOffset(), from, end);
        while (at < to && lane.fresh.size() < wanted && looked < bounds.look()) {
            int index = (int) (at - batch.baseOffset());
            if (!settled.contains(at)) {
                looked++;
                boolean sought = Objects.equals(batch.messages().get(index).group(), lane.group);
                if (sought && !held.containsKey(at)) {
                    add(lane, new Slot(this, lane, batch, index));
                }
            }
            at++;
        }
        return at;
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
        unblock(slot);
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
        unblock(slot);
        offer(slot.lane);
        tidy(slot.lane);
        if (settled.floor() == end) {
            clear(); // What is left in the lanes was read ahead and settled since.
        }
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
        clear();
    }

    private void clear() {
        held.clear();
        lanes.values().forEach(Lane::clear);
        lanes.clear();
        ring.clear();
        ungrouped.clear();
        readAhead = 0;
        locked = 0;
        next = end;
        readyFrom = end;
    }
}
