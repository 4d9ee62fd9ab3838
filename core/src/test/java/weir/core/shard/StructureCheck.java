package weir.core.shard;

import java.util.List;
import java.util.TreeMap;
import weir.core.MessageState;
import weir.core.Ordering;

/** What must hold between the parts of a partition after every command, and how much memory it may take. */
final class StructureCheck {
    /** The messages of one batch, which is read as a whole. */
    private static final int BATCH = 8;

    private StructureCheck() {}

    static void check(Partition partition, ShardMachine machine, Bounds bounds) {
        for (Level level : partition.levels) {
            if (level != null) {
                check(level, machine, bounds);
            }
        }
        checkAttempts(partition, bounds);
    }

    private static void check(Level level, ShardMachine machine, Bounds bounds) {
        List<Lane> lanes = new java.util.ArrayList<>(level.lanes.values());
        lanes.add(level.ungrouped);
        int fresh = 0;
        int held = 0;
        int locked = 0;
        long leased = 0;
        for (Lane lane : lanes) {
            fresh += lane.fresh.size();
            held += lane.held;
            locked += lane.blocking.isEmpty() ? 0 : lane.fresh.size();
            leased += lane.leased;
            Agree.same("messages being taken from lane", String.valueOf(lane.group), lane.taken, 0);
            boolean inRing = level.ring.lanes().contains(lane);
            Agree.same("mark of being in the ring of lane", String.valueOf(lane.group), lane.inRing, inRing);
            boolean needed = lane == level.ungrouped || lane.inRing || !lane.isEmpty();
            Agree.same("need to remember lane", String.valueOf(lane.group), needed, true);
            Agree.same(
                    "room taken by lane",
                    String.valueOf(lane.group),
                    lane.fresh.size() <= bounds.laneReadAhead() || lane.group == null,
                    true);
            checkOrder(lane);
        }
        Agree.same("messages read ahead in", level.id, level.readAhead, fresh);
        Agree.same("messages held in the lanes of", level.id, level.held.size(), held);
        Agree.same("rings of", level.id, new java.util.HashSet<>(level.ring.lanes()).size(), level.ring.size());
        Agree.same("free messages read ahead in", level.id, level.free(), fresh - locked);
        Agree.same("leases of the lanes of", level.id, leased, leased(level));
        int mostLocked = bounds.locked() / 2 + bounds.laneReadAhead() + bounds.locked() / 2 + bounds.laneLocked();
        Agree.same("locked read-ahead of " + locked + " in", level.id, locked <= mostLocked, true);
        int most = bounds.readAhead() + bounds.laneReadAhead() + BATCH + mostLocked;
        Agree.same("read-ahead of " + level.readAhead + " in", level.id, level.readAhead <= most, true);
        for (Slot slot : level.held.values()) {
            Agree.same("lane of a held message of", level.id, lanes.contains(slot.lane), true);
            boolean ready = slot.state == MessageState.READY;
            Agree.same("place in its lane of", slot.position(), slot.lane.returned.get(slot.offset) == slot, ready);
            boolean blocks = !ready && level.partition.settings.ordering() == Ordering.GROUP;
            Agree.same("blocking by", slot.position(), slot.lane.blocking.contains(slot.offset), blocks);
            boolean timed = slot.state == MessageState.LEASED || slot.state == MessageState.DELAYED;
            Agree.same("timer of", slot.position(), slot.heapIndex != Timer.NOT_QUEUED, timed);
            boolean leaves = slot.state == MessageState.DEPARTING;
            Agree.same("departure of", slot.position(), machine.departures.containsValue(slot), leaves);
            Agree.same("settled", slot.position(), level.settled.contains(slot.offset), false);
        }
    }

    private static long leased(Level level) {
        return level.held.values().stream()
                .filter(slot -> slot.state == MessageState.LEASED)
                .count();
    }

    /** Every receive that can be repeated holds its leases, and nothing else refers to one. */
    private static void checkAttempts(Partition partition, Bounds bounds) {
        int given = 0;
        TreeMap<String, Integer> slots = new TreeMap<>();
        for (Level level : partition.levels) {
            if (level == null) {
                continue;
            }
            for (Slot slot : level.held.values()) {
                if (slot.attempt != null) {
                    slots.merge(slot.attempt.name(), 1, Integer::sum);
                    given++;
                    Agree.same("state of the repeatable", slot.position(), slot.state, MessageState.LEASED);
                    Agree.same(
                            "lease of",
                            slot.attempt.name(),
                            slot.attempt.slots().contains(slot),
                            true);
                    Agree.same(
                            "memory of",
                            slot.attempt.name(),
                            partition.attempts.find(slot.attempt.name(), 0),
                            slot.attempt);
                }
            }
        }
        Agree.same("repeatable receives of", partition.id, partition.attempts.size(), slots.size());
        Agree.same("number of repeatable receives of", partition.id, slots.size() <= bounds.attempts(), true);
        Agree.same("leases of repeatable receives of", partition.id, given >= slots.size(), true);
    }

    private static void checkOrder(Lane lane) {
        long last = -1;
        for (Slot slot : lane.fresh) {
            Agree.same(
                    "rising order of", slot.position(), slot.offset > last && slot.offset < lane.passedOverFrom, true);
            last = slot.offset;
        }
    }

    /** A shard whose messages are all settled, and whose deduplication windows are over, holds nothing. */
    static void checkEmpty(ShardMachine machine) {
        Agree.same("timers of", "an empty shard", machine.nextDueMillis().isPresent(), false);
        Agree.same("departures of", "an empty shard", machine.departures.size(), 0);
        for (Partition partition : machine.partitions.values()) {
            for (Level level : partition.levels) {
                if (level != null) {
                    Agree.same("held in", level.id, level.held.size(), 0);
                    Agree.same("lanes of", level.id, level.lanes.size(), 0);
                    Agree.same("ring of", level.id, level.ring.size(), 0);
                    Agree.same("read-ahead of", level.id, level.readAhead, 0);
                    Agree.same("floor of", level.id, level.settled.floor(), level.end);
                }
            }
        }
    }
}
