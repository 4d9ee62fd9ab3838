package weir.kafka.group;

import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * What a message of the offsets topic holds.
 *
 * <p>All but claims say at which offset of the topic their writer expects them to lie. One that lies elsewhere is void: between
 * what its writer had read and this entry another one has written. So of several nodes that believe to be the coordinator only
 * one can write anything that counts, and a claim makes void whatever earlier writers still have on its way.
 *
 * <p>The coordinator counts its records; these offsets are its own, dense, and not the topic's.
 */
sealed interface OffsetsEntry {
    /** The {@link weir.core.Batch#format} of all of them. */
    int FORMAT = 4;

    /** Kinds are a part of the format: one is retired, never given another meaning. */
    int CLAIM = 1;

    int RECORDS = 2;
    int REWRITTEN = 3;

    /** A node begins to read the log, and to be the one who writes it. */
    record Claim(int node) implements OffsetsEntry {}

    /**
     * What the coordinator wrote.
     *
     * @param firstOffset of the first of its records, by the coordinator's count
     * @param batches in Kafka's form, as the coordinator made them
     */
    record Records(long expectedAt, long firstOffset, Bytes batches) implements OffsetsEntry {}

    /**
     * Records that were found below some place of the log, the latest of their keys: a part of what is needed before the log can be
     * cut off there. They may stand behind newer ones of the same keys, as their offsets tell.
     *
     * @param endOffset the coordinator's next offset when this was written
     */
    record Rewritten(long expectedAt, long endOffset, List<KeptRecord> records) implements OffsetsEntry {
        public Rewritten {
            records = List.copyOf(records);
        }
    }

    default Bytes encoded() {
        return switch (this) {
            case Claim(int node) -> new Writer(16).u8(CLAIM).i32(node).bytes();
            case Records(long expectedAt, long firstOffset, Bytes batches) ->
                new Writer(17 + batches.length())
                        .u8(RECORDS)
                        .i64(expectedAt)
                        .i64(firstOffset)
                        .raw(batches)
                        .bytes();
            case Rewritten(long expectedAt, long endOffset, List<KeptRecord> records) -> {
                Writer out = new Writer(1024).u8(REWRITTEN).i64(expectedAt).i64(endOffset);
                records.forEach(record -> record.write(out));
                yield out.bytes();
            }
        };
    }

    /** @throws CorruptDataException if nobody wrote that */
    static OffsetsEntry decode(Bytes payload) {
        Reader in = new Reader(payload);
        int kind = in.u8();
        return switch (kind) {
            case CLAIM -> new Claim(in.i32());
            case RECORDS -> new Records(in.i64(), in.i64(), in.raw(in.remaining()));
            case REWRITTEN -> {
                long expectedAt = in.i64();
                long endOffset = in.i64();
                List<KeptRecord> records = new ArrayList<>();
                while (in.hasMore()) {
                    records.add(KeptRecord.read(in));
                }
                yield new Rewritten(expectedAt, endOffset, records);
            }
            default -> throw new CorruptDataException("an entry of the offsets topic is of kind " + kind);
        };
    }
}
