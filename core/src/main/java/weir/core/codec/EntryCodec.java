package weir.core.codec;

import java.util.List;
import java.util.function.ToLongFunction;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.shard.Command;
import weir.core.shard.Command.Arrival;
import weir.core.shard.Command.Copies;
import weir.core.shard.Command.Relayed;
import weir.core.shard.Command.Target;
import weir.core.shard.Entry;

/**
 * An entry of a shard's log: version, time, count of commands, then each command behind its tag.
 *
 * <p>The header is of fixed width, so that {@link EntryWriter} can fill it in last. A payload is copied once when it is
 * written; what is read is a slice of the entry's own bytes. A command's form never changes: a new form takes a new tag,
 * and a command is written in the oldest form that can hold it.
 */
public final class EntryCodec {
    static final int VERSION = 1;
    static final int AT_OFFSET = 1;
    static final int COUNT_OFFSET = AT_OFFSET + Long.BYTES;
    static final int HEADER_BYTES = COUNT_OFFSET + Integer.BYTES;

    private static final int PUBLISH = 1;
    private static final int ACQUIRE = 2;
    private static final int ACKNOWLEDGE = 3;
    private static final int EXTEND = 4;
    private static final int RELEASE = 5;
    private static final int REJECT = 6;
    private static final int PURGE = 7;
    private static final int CONFIGURE = 8;
    private static final int DROP = 9;
    private static final int TAKE_IN = 10;
    private static final int SETTLE_DEPARTURES = 11;
    private static final int TICK = 12;
    private static final int FANOUT = 13;
    private static final int MOVE = 14;
    private static final int ACQUIRE_NAMED = 15;
    private static final int PURGE_RESTED = 16;
    private static final int FANOUT_RELAYED = 17;
    private static final int RAISE = 18;
    private static final int TRUNCATE = 19;
    private static final int CANCEL = 20;
    private static final int PUBLISH_NUMBERED = 21;

    private static final int COMMAND_BYTES_MIN = 1;
    private static final int ENVELOPE_BYTES_MIN = 1;
    private static final int BATCH_BYTES_MIN = 4 + ENVELOPE_BYTES_MIN;
    private static final int NUMBERED_BYTES_MIN = BATCH_BYTES_MIN + 1;
    private static final int ARRIVAL_BYTES_MIN = 3 + BATCH_BYTES_MIN;
    private static final int TARGET_BYTES_MIN = 2 + ENVELOPE_BYTES_MIN;
    private static final int COPIES_BYTES_MIN = 4;
    private static final int RELAYED_BYTES_MIN = 1 + COPIES_BYTES_MIN;
    private static final int LEASE_BYTES_MIN = 3;
    private static final int POSITION_BYTES_MIN = 2;
    private static final int NUMBER_BYTES_MIN = 1;

    /** Tag, partition and three more numbers or flags, or fewer. */
    private static final long FIXED_PART_BYTES = 1 + 6L * Writer.VARINT_BYTES_MAX;

    private EntryCodec() {}

    public static Bytes encode(long atMillis, List<Command> commands) {
        long bound = 0;
        for (Command command : commands) {
            bound += sizeEstimate(command);
        }
        EntryWriter entry = new EntryWriter((int) Math.min(bound, Limits.MESSAGE_BYTES_MAX));
        commands.forEach(entry::add);
        return entry.close(atMillis);
    }

    /** @throws CorruptDataException if the bytes cannot be an entry */
    public static Entry decode(long index, Bytes bytes) {
        return Decoding.whole("entry", new Reader(bytes), in -> {
            Decoding.version("entry", in, VERSION);
            long atMillis = in.i64();
            return new Entry(index, atMillis, Lists.read(in, in.i32(), COMMAND_BYTES_MIN, EntryCodec::command));
        });
    }

    /** Appends one command with its tag. */
    public static void write(Writer out, Command command) {
        switch (command) {
            case Command.Publish(PartitionId partition, List<Batch> batches) -> {
                boolean first = isFirstForm(batches);
                IdCodec.write(out.u8(first ? PUBLISH : PUBLISH_NUMBERED), partition);
                Lists.write(out, batches, first ? EntryCodec::writeBatch : EntryCodec::writeNumbered);
            }
            case Command.Fanout(List<Copies> messages) -> {
                boolean relayed = messages.stream().anyMatch(copies -> copies.relayed() != null);
                if (relayed) {
                    Lists.write(out.u8(FANOUT_RELAYED), messages, EntryCodec::writeRelayed);
                } else {
                    Lists.write(out.u8(FANOUT), messages, EntryCodec::writeCopies);
                }
            }
            case Command.Acquire(PartitionId partition, int maxMessages, long leaseMillis, String attempt) -> {
                IdCodec.write(out.u8(attempt == null ? ACQUIRE : ACQUIRE_NAMED), partition);
                out.varint(maxMessages)
                        .varint(leaseMillis - Command.Acquire.QUEUE_DEFAULT); // The default takes 1 byte.
                if (attempt != null) {
                    out.text(attempt);
                }
            }
            case Command.Acknowledge(PartitionId partition, List<LeaseId> leases, boolean evenIfExpired) -> {
                IdCodec.write(out.u8(ACKNOWLEDGE), partition);
                Lists.write(out, leases, IdCodec::write);
                out.bool(evenIfExpired);
            }
            case Command.Extend extend -> {
                IdCodec.write(out.u8(EXTEND), extend.partition());
                Lists.write(out, extend.leases(), IdCodec::write);
                out.varint(extend.leaseMillis()).bool(extend.evenIfExpired()).varint(extend.heldMillisMax());
            }
            case Command.Release(PartitionId partition, List<LeaseId> leases, long delayMillis, boolean counted) -> {
                IdCodec.write(out.u8(RELEASE), partition);
                Lists.write(out, leases, IdCodec::write);
                out.varint(delayMillis).bool(counted);
            }
            case Command.Reject(PartitionId partition, List<LeaseId> leases) -> {
                IdCodec.write(out.u8(REJECT), partition);
                Lists.write(out, leases, IdCodec::write);
            }
            case Command.Cancel(PartitionId partition, List<Position> positions) -> {
                IdCodec.write(out.u8(CANCEL), partition);
                Lists.write(out, positions, IdCodec::write);
            }
            case Command.Move(PartitionId partition, List<LeaseId> leases, String targetQueue) -> {
                IdCodec.write(out.u8(MOVE), partition);
                Lists.write(out, leases, IdCodec::write);
                out.text(targetQueue);
            }
            case Command.Purge(PartitionId partition, long restMillis) -> {
                IdCodec.write(out.u8(restMillis == 0 ? PURGE : PURGE_RESTED), partition);
                if (restMillis != 0) {
                    out.varint(restMillis);
                }
            }
            case Command.Truncate(PartitionId partition, long before) -> {
                IdCodec.write(out.u8(TRUNCATE), partition);
                out.varint(before);
            }
            case Command.Configure(PartitionId partition, long revision, QueueSettings settings) -> {
                IdCodec.write(out.u8(CONFIGURE), partition);
                SettingsCodec.write(out.varint(revision), settings);
            }
            case Command.Drop(PartitionId partition) -> IdCodec.write(out.u8(DROP), partition);
            case Command.TakeIn(int source, long settledBelow, List<Arrival> arrivals) -> {
                out.u8(TAKE_IN).varint(source).varint(settledBelow);
                Lists.write(out, arrivals, EntryCodec::writeArrival);
            }
            case Command.SettleDepartures(List<Long> arrived, List<Long> refused) -> {
                out.u8(SETTLE_DEPARTURES);
                Lists.write(out, arrived, Writer::varint);
                Lists.write(out, refused, Writer::varint);
            }
            case Command.Tick() -> out.u8(TICK);
            case Command.Raise(int edition) -> out.u8(RAISE).varint(edition);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws CorruptDataException if the bytes cannot be a command, or it is one that is not known here
     */
    public static Command read(Reader in) {
        return Decoding.of("command", in, EntryCodec::command);
    }

    private static Command command(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case PUBLISH ->
                new Command.Publish(IdCodec.partition(in), Lists.read(in, BATCH_BYTES_MIN, EntryCodec::batch));
            case PUBLISH_NUMBERED ->
                new Command.Publish(IdCodec.partition(in), Lists.read(in, NUMBERED_BYTES_MIN, EntryCodec::numbered));
            case FANOUT -> new Command.Fanout(Lists.read(in, COPIES_BYTES_MIN, EntryCodec::copies));
            case FANOUT_RELAYED -> new Command.Fanout(Lists.read(in, RELAYED_BYTES_MIN, EntryCodec::relayed));
            case ACQUIRE ->
                new Command.Acquire(
                        IdCodec.partition(in),
                        in.count(Integer.MAX_VALUE),
                        in.varint() + Command.Acquire.QUEUE_DEFAULT);
            case ACQUIRE_NAMED ->
                new Command.Acquire(
                        IdCodec.partition(in),
                        in.count(Integer.MAX_VALUE),
                        in.varint() + Command.Acquire.QUEUE_DEFAULT,
                        in.text());
            case ACKNOWLEDGE -> new Command.Acknowledge(IdCodec.partition(in), leases(in), in.bool());
            case EXTEND -> new Command.Extend(IdCodec.partition(in), leases(in), in.varint(), in.bool(), in.varint());
            case RELEASE -> new Command.Release(IdCodec.partition(in), leases(in), in.varint(), in.bool());
            case REJECT -> new Command.Reject(IdCodec.partition(in), leases(in));
            case CANCEL ->
                new Command.Cancel(IdCodec.partition(in), Lists.read(in, POSITION_BYTES_MIN, IdCodec::position));
            case MOVE -> new Command.Move(IdCodec.partition(in), leases(in), in.text());
            case PURGE -> new Command.Purge(IdCodec.partition(in));
            case PURGE_RESTED -> new Command.Purge(IdCodec.partition(in), in.varint());
            case TRUNCATE -> new Command.Truncate(IdCodec.partition(in), in.varint());
            case CONFIGURE -> new Command.Configure(IdCodec.partition(in), in.varint(), SettingsCodec.settings(in));
            case DROP -> new Command.Drop(IdCodec.partition(in));
            case TAKE_IN ->
                new Command.TakeIn(
                        in.count(Integer.MAX_VALUE),
                        in.varint(),
                        Lists.read(in, ARRIVAL_BYTES_MIN, EntryCodec::arrival));
            case SETTLE_DEPARTURES -> new Command.SettleDepartures(numbers(in), numbers(in));
            case TICK -> new Command.Tick();
            case RAISE -> new Command.Raise(in.count(Edition.MAX));
            default ->
                throw new CorruptDataException(
                        "the tag " + tag + " of a command is not known here; a newer release may have written it");
        };
    }

    private static void writeBatch(Writer out, Batch batch) {
        out.varint(batch.level()).varint(batch.format()).bytes(batch.payload());
        Lists.write(out, batch.messages(), EnvelopeCodec::write);
    }

    private static Batch batch(Reader in) {
        return new Batch(
                in.count(Integer.MAX_VALUE),
                in.count(Integer.MAX_VALUE),
                in.bytes(),
                Lists.read(in, ENVELOPE_BYTES_MIN, EnvelopeCodec::envelope));
    }

    /** Whether the first form of a publish holds it: one that numbers nothing, and has no batch of several plain messages. */
    private static boolean isFirstForm(List<Batch> batches) {
        return batches.stream()
                .noneMatch(batch -> batch.numbering() != null || EnvelopeCodec.areManyPlain(batch.messages()));
    }

    private static void writeNumbered(Writer out, Batch batch) {
        out.varint(batch.level()).varint(batch.format()).bytes(batch.payload());
        EnvelopeCodec.writeAll(out, batch.messages());
        Numbering numbering = batch.numbering();
        out.bool(numbering != null);
        if (numbering != null) {
            out.varint(numbering.producerId()).varint(numbering.epoch()).varint(numbering.firstSequence());
        }
    }

    private static Batch numbered(Reader in) {
        return new Batch(
                in.count(Integer.MAX_VALUE),
                in.count(Integer.MAX_VALUE),
                in.bytes(),
                EnvelopeCodec.envelopes(in),
                in.bool()
                        ? new Numbering(in.varint(), in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE))
                        : null);
    }

    private static void writeCopies(Writer out, Copies copies) {
        out.varint(copies.level()).varint(copies.format()).bytes(copies.payload());
        Lists.write(out, copies.targets(), EntryCodec::writeTarget);
    }

    private static Copies copies(Reader in) {
        return new Copies(
                in.count(Integer.MAX_VALUE),
                in.count(Integer.MAX_VALUE),
                in.bytes(),
                Lists.read(in, TARGET_BYTES_MIN, EntryCodec::target));
    }

    private static void writeRelayed(Writer out, Copies copies) {
        Relayed relayed = copies.relayed();
        out.bool(relayed != null);
        if (relayed != null) {
            out.varint(relayed.source()).varint(relayed.number()).varint(relayed.settledBelow());
        }
        writeCopies(out, copies);
    }

    private static Copies relayed(Reader in) {
        Relayed relayed = in.bool() ? new Relayed(in.varint(), in.varint(), in.varint()) : null;
        Copies plain = copies(in);
        return new Copies(plain.level(), plain.format(), plain.payload(), plain.targets(), relayed);
    }

    private static void writeTarget(Writer out, Target target) {
        IdCodec.write(out, target.partition());
        EnvelopeCodec.write(out, target.envelope());
    }

    private static Target target(Reader in) {
        return new Target(IdCodec.partition(in), EnvelopeCodec.envelope(in));
    }

    private static void writeArrival(Writer out, Arrival arrival) {
        IdCodec.write(out.varint(arrival.number()), arrival.target());
        writeBatch(out, arrival.batch());
    }

    private static Arrival arrival(Reader in) {
        return new Arrival(in.varint(), IdCodec.partition(in), batch(in));
    }

    private static List<LeaseId> leases(Reader in) {
        return Lists.read(in, LEASE_BYTES_MIN, IdCodec::lease);
    }

    private static List<Long> numbers(Reader in) {
        return Lists.read(in, NUMBER_BYTES_MIN, Reader::varint);
    }

    /** The first edition whose logs may hold it: whoever adds a command or a form is asked here. */
    public static int editionOf(Command command) {
        return switch (command) {
            case Command.Publish publish -> isFirstForm(publish.batches()) ? Edition.FIRST : Edition.NUMBERED;
            case Command.Fanout _,
                    Command.Acquire _,
                    Command.Acknowledge _,
                    Command.Extend _,
                    Command.Release _,
                    Command.Reject _,
                    Command.Move _,
                    Command.Purge _,
                    Command.Drop _,
                    Command.TakeIn _,
                    Command.SettleDepartures _,
                    Command.Tick _ -> Edition.FIRST;
            case Command.Truncate _ -> Edition.TOPICS;
            case Command.Cancel _ -> Edition.TOPICS;
            case Command.Configure configure -> SettingsCodec.editionOf(configure.settings());
            case Command.Raise raise -> raise.edition();
        };
    }

    /** At least the bytes that {@link #write} appends, found without encoding; for a publish little more than those. */
    public static int sizeEstimate(Command command) {
        long parts =
                switch (command) {
                    case Command.Publish publish -> sumOf(publish.batches(), EntryCodec::sizeBound);
                    case Command.Fanout fanout -> sumOf(fanout.messages(), EntryCodec::sizeBound);
                    case Command.Acquire acquire -> EnvelopeCodec.sizeBound(acquire.attempt());
                    case Command.Acknowledge acknowledge -> sizeBound(acknowledge.leases());
                    case Command.Extend extend -> sizeBound(extend.leases());
                    case Command.Release release -> sizeBound(release.leases());
                    case Command.Reject reject -> sizeBound(reject.leases());
                    case Command.Cancel cancel ->
                        2L * Writer.VARINT_BYTES_MAX * cancel.positions().size();
                    case Command.Move move -> sizeBound(move.leases()) + EnvelopeCodec.sizeBound(move.targetQueue());
                    case Command.Purge _, Command.Truncate _ -> 0;
                    case Command.Configure configure -> SettingsCodec.sizeBound(configure.settings());
                    case Command.Drop _ -> 0;
                    case Command.TakeIn takeIn -> sumOf(takeIn.arrivals(), EntryCodec::sizeBound);
                    case Command.SettleDepartures settle ->
                        (long) Writer.VARINT_BYTES_MAX
                                * (settle.arrived().size() + settle.refused().size());
                    case Command.Tick _, Command.Raise _ -> 0;
                };
        return (int) Math.min(FIXED_PART_BYTES + parts, Integer.MAX_VALUE);
    }

    private static long sizeBound(Batch batch) {
        return (batch.numbering() == null ? 4L : 7L) * Writer.VARINT_BYTES_MAX
                + 1
                + batch.payload().length()
                + EnvelopeCodec.sizeBound(batch.messages());
    }

    private static long sizeBound(Copies copies) {
        return 7L * Writer.VARINT_BYTES_MAX
                + copies.payload().length()
                + sumOf(copies.targets(), EntryCodec::sizeBound);
    }

    private static long sizeBound(Target target) {
        return 2L * Writer.VARINT_BYTES_MAX + EnvelopeCodec.sizeBound(target.envelope());
    }

    private static long sizeBound(Arrival arrival) {
        return 3L * Writer.VARINT_BYTES_MAX + sizeBound(arrival.batch());
    }

    private static long sizeBound(List<LeaseId> leases) {
        return 3L * Writer.VARINT_BYTES_MAX * leases.size();
    }

    private static <T> long sumOf(List<T> parts, ToLongFunction<T> sizeBound) {
        long sum = 0;
        for (T part : parts) {
            sum += sizeBound.applyAsLong(part);
        }
        return sum;
    }
}
