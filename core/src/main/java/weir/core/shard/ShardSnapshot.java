package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.DeadLetterReason;
import weir.core.Edition;
import weir.core.Limits;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.Ordering;
import weir.core.PartitionId;
import weir.core.codec.CorruptDataException;
import weir.core.codec.EnvelopeCodec;
import weir.core.codec.Reader;
import weir.core.codec.SettingsCodec;
import weir.core.codec.Writer;

/**
 * The binary form of a shard's state: all but its logs' content. What follows from the rest (timers, counters, the order
 * within a lane) is worked out anew. What decides whom the next delivery goes to is kept, read-ahead included, since a
 * replica restored from it must choose as the others do.
 */
final class ShardSnapshot {
    /** Added the last purge, departures without a reason, and the receives that can be repeated. */
    private static final int VERSION_2 = 2;

    /** Added the forwarded messages that were taken. While there are none, version 2 is written, as older releases read it. */
    private static final int VERSION_3 = 3;

    /** Added the edition. Written from {@link Edition#SAID} on, which older releases do not get to see. */
    private static final int VERSION_4 = 4;

    /** Added how far back topics are kept. Written from {@link Edition#TOPICS} on, before which there are none. */
    private static final int VERSION_5 = 5;

    /** Added the producers that number. Written from {@link Edition#NUMBERED} on. */
    private static final int VERSION = 6;

    private static final int OLDEST_VERSION = 1;
    private static final MessageState[] STATES = MessageState.values();
    private static final DeadLetterReason[] REASONS = DeadLetterReason.values();

    private ShardSnapshot() {}

    static Bytes write(ShardMachine machine) {
        Writer out = new Writer(4096);
        boolean relayed = machine.partitions.values().stream().anyMatch(partition -> !partition.relays.isEmpty());
        int version = version(machine.edition, relayed);
        out.u8(version).varint(machine.now).varint(machine.lastDeparture);
        if (version >= VERSION_4) {
            out.varint(machine.edition);
        }
        out.varint(machine.partitions.size());
        for (Partition partition : machine.partitions.values()) {
            write(out, partition, version);
        }
        if (version >= VERSION) {
            machine.producers.write(out);
        }
        return out.bytes();
    }

    private static int version(int edition, boolean relayed) {
        if (edition >= Edition.TOPICS) {
            return edition >= Edition.NUMBERED ? VERSION : VERSION_5;
        }
        return edition >= Edition.SAID ? VERSION_4 : relayed ? VERSION_3 : VERSION_2;
    }

    /** Reads the state into a machine that has none yet. */
    static ShardMachine read(Bytes snapshot, ShardMachine machine) {
        Reader in = new Reader(snapshot);
        int version = in.u8();
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new CorruptDataException("the shard's snapshot has format " + version + ", this release reads "
                    + OLDEST_VERSION + " to " + VERSION);
        }
        machine.now = in.varint();
        machine.lastDeparture = in.varint();
        machine.edition = version < VERSION_4 ? Edition.FIRST : in.count(Edition.MAX);
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            Partition partition = readPartition(in, machine, version);
            machine.partitions.put(partition.id, partition);
            machine.touch(partition);
        }
        if (version >= VERSION) {
            machine.producers.read(in, machine);
        }
        if (in.hasMore()) {
            throw new CorruptDataException("the shard's snapshot has " + in.remaining() + " bytes too many");
        }
        return machine;
    }

    private static void write(Writer out, Partition partition, int version) {
        out.varint(partition.id.queue()).varint(partition.id.partition()).varint(partition.revision);
        SettingsCodec.write(out, partition.settings);
        out.bool(partition.grouped).varint(partition.books.messages).varint(partition.books.bytes);
        boolean sweeps = partition.housekeeping.heapIndex != Timer.NOT_QUEUED;
        out.varint(sweeps ? partition.housekeeping.dueAtMillis : 0);
        partition.scheduler.write(out, Limits.PRIORITY_LEVELS_MAX);
        partition.deduplication.write(out);
        partition.intake.write(out);
        out.varint(partition.purgedAtMillis);
        int levels = 0;
        for (Level level : partition.levels) {
            levels += level == null ? 0 : 1;
        }
        out.varint(levels);
        for (Level level : partition.levels) {
            if (level != null) {
                write(out, level);
            }
        }
        partition.attempts.write(out);
        if (version >= VERSION_3) {
            partition.relays.write(out);
        }
        if (partition.stretches != null) {
            partition.stretches.write(out);
        }
    }

    private static Partition readPartition(Reader in, ShardMachine machine, int version) {
        PartitionId id = new PartitionId(in.varint(), in.count(Integer.MAX_VALUE));
        long revision = in.varint();
        Partition partition = new Partition(id, revision, SettingsCodec.read(in), machine);
        partition.grouped = in.bool();
        partition.books.messages = in.varint();
        partition.books.bytes = in.varint();
        long sweepAt = in.varint();
        if (sweepAt > 0) {
            machine.timers.schedule(partition.housekeeping, sweepAt);
        }
        partition.scheduler = BoundedBypass.read(in, Limits.PRIORITY_LEVELS_MAX);
        partition.deduplication = Deduplication.read(in);
        partition.intake = Intake.read(in);
        partition.purgedAtMillis = version < VERSION_2 ? 0 : in.varint();
        int levels = in.count(Limits.PRIORITY_LEVELS_MAX);
        for (int i = 0; i < levels; i++) {
            Level level = readLevel(in, partition, machine, version);
            partition.levels[level.id.level()] = level;
        }
        if (version >= VERSION_2) {
            partition.attempts.read(in, partition);
        }
        if (version >= VERSION_3) {
            partition.relays = Relays.read(in);
        }
        if (partition.isTopic()) {
            partition.stretches = Stretches.read(in);
        }
        return partition;
    }

    private static void write(Writer out, Level level) {
        out.varint(level.id.level()).varint(level.end).varint(level.next);
        level.settled.write(out);
        List<Lane> lanes = new ArrayList<>();
        lanes.add(level.ungrouped);
        lanes.addAll(level.lanes.values());
        out.varint(lanes.size());
        for (Lane lane : lanes) {
            out.optionalText(lane.group).bool(lane.passedOverFrom != Lane.NOTHING);
            if (lane.passedOverFrom != Lane.NOTHING) {
                out.varint(lane.passedOverFrom);
            }
            out.varint(lane.fresh.size());
            lane.fresh.forEach(slot -> write(out, slot));
        }
        out.varint(level.ring.size());
        for (Lane lane : level.ring.lanes()) {
            out.optionalText(lane.group);
        }
        out.varint(level.held.size());
        for (Slot slot : level.held.values()) {
            write(out, slot);
            writeHeld(out, slot);
        }
    }

    private static Level readLevel(Reader in, Partition partition, ShardMachine machine, int version) {
        Level level = new Level(partition, new LogId(partition.id, in.count(Limits.PRIORITY_LEVELS_MAX - 1)), machine);
        level.end = in.varint();
        level.next = in.varint();
        level.settled = OffsetSet.read(in);
        int lanes = in.count(in.remaining());
        for (int i = 0; i < lanes; i++) {
            Lane lane = level.laneOf(in.optionalText());
            if (in.bool()) {
                lane.passedOverFrom = in.varint();
            }
            int fresh = in.count(in.remaining());
            for (int j = 0; j < fresh; j++) {
                lane.fresh.addLast(readSlot(in, level));
            }
            level.readAhead += fresh;
        }
        int ring = in.count(lanes);
        for (int i = 0; i < ring; i++) {
            Lane lane = level.laneOf(in.optionalText());
            lane.inRing = true;
            level.ring.addLast(lane);
        }
        int held = in.count(in.remaining());
        for (int i = 0; i < held; i++) {
            Slot slot = readSlot(in, level);
            readHeld(in, slot, version);
            level.held.put(slot.offset, slot);
            slot.lane.held++;
            place(slot, partition, machine);
        }
        return level;
    }

    /** Puts a held slot into the books that follow from its state. */
    private static void place(Slot slot, Partition partition, ShardMachine machine) {
        partition.books.count(slot, 1);
        boolean blocks = partition.settings.ordering() == Ordering.GROUP;
        switch (slot.state) {
            case READY -> {
                slot.lane.returned.put(slot.offset, slot);
                blocks = false;
            }
            case LEASED, DELAYED -> machine.timers.schedule(slot, partition.dueAtMillis(slot));
            case DEPARTING ->
                machine.departures.put(
                        java.util.Objects.requireNonNull(slot.departing).number(), slot);
        }
        if (blocks) {
            slot.level.blocked(slot);
        }
    }

    private static void write(Writer out, Slot slot) {
        out.varint(slot.offset)
                .varint(slot.offset - slot.baseOffset)
                .varint(slot.appendedAtMillis)
                .varint(slot.bytes);
        EnvelopeCodec.write(out, slot.envelope);
    }

    private static Slot readSlot(Reader in, Level level) {
        long offset = in.varint();
        long baseOffset = offset - in.varint();
        long appendedAt = in.varint();
        int bytes = in.count(Integer.MAX_VALUE);
        var envelope = EnvelopeCodec.read(in);
        return new Slot(level, level.laneOf(envelope.group()), offset, baseOffset, appendedAt, bytes, envelope);
    }

    private static void writeHeld(Writer out, Slot slot) {
        out.constant(slot.state).varint(slot.deliveries).varint(slot.uncounted);
        out.varint(slot.firstLeasedAtMillis).varint(slot.leasedAtMillis).varint(slot.untilMillis);
        out.bool(slot.turnedAway);
        Slot.@Nullable Departing departing = slot.departing;
        if (departing != null) {
            DeadLetterReason reason = departing.reason();
            out.varint(departing.number()).text(departing.target()).bool(reason != null);
            if (reason != null) {
                out.constant(reason);
            }
        }
    }

    private static void readHeld(Reader in, Slot slot, int version) {
        slot.state = in.constant(STATES);
        slot.deliveries = in.count(Integer.MAX_VALUE);
        slot.uncounted = in.count(Integer.MAX_VALUE);
        slot.firstLeasedAtMillis = in.varint();
        slot.leasedAtMillis = in.varint();
        slot.untilMillis = in.varint();
        slot.turnedAway = in.bool();
        if (slot.state == MessageState.DEPARTING) {
            slot.departing =
                    new Slot.Departing(in.varint(), in.text(), version < 2 || in.bool() ? in.constant(REASONS) : null);
        }
    }
}
