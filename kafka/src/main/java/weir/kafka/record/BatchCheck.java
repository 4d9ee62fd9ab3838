package weir.kafka.record;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Numbering;

/**
 * Holds what a producer sent for a partition against Kafka's rules, by its first bytes and its checksum alone.
 *
 * @param batchBytesMax the topic's {@code max.message.bytes}
 * @param timestampMax the newest time that a record may claim, unless it gets that of its arrival
 * @param stampMillis the time that records get when they come; null if they keep their own
 */
public record BatchCheck(
        int batchBytesMax, long timestampMax, @Nullable Long stampMillis) {
    private static final int ZSTD = 4;
    private static final int COMPRESSION_MAX = ZSTD;
    /** From this version of Produce on, clients know zstd. */
    private static final int KNOWS_ZSTD = 7;

    /** What it came to. */
    public sealed interface Checked {
        record Good(Batch batch) implements Checked {}

        record Bad(Errors error, String message) implements Checked {}
    }

    /**
     * @param records all that was sent for the partition; null for nothing
     * @param version of the request
     */
    public Checked check(@Nullable Bytes records, short version) {
        if (records == null || records.length() == 0) {
            return bad(Errors.INVALID_RECORD, "there is no record batch");
        }
        if (records.length() < BatchHeader.BYTES) {
            return bad(Errors.CORRUPT_MESSAGE, "a record batch has at least " + BatchHeader.BYTES + " bytes");
        }
        BatchHeader header = new BatchHeader(records);
        if (header.magic() != BatchHeader.MAGIC) {
            return bad(Errors.INVALID_RECORD, "a record batch has magic 2, this one has " + header.magic());
        }
        if (header.length() < BatchHeader.BYTES || header.length() > records.length()) {
            return bad(Errors.CORRUPT_MESSAGE, "the record batch says that it has " + header.length() + " bytes");
        }
        if (header.length() < records.length()) {
            return bad(Errors.INVALID_RECORD, "there is one record batch for each partition");
        }
        if (records.length() > batchBytesMax) {
            return bad(
                    Errors.MESSAGE_TOO_LARGE,
                    "the record batch has " + records.length() + " bytes, allowed is " + batchBytesMax);
        }
        if (!header.isSound()) {
            return bad(Errors.CORRUPT_MESSAGE, "the record batch does not have its checksum");
        }
        return content(header, version);
    }

    private Checked content(BatchHeader header, short version) {
        int count = header.count();
        if (count < 1 || header.lastOffsetDelta() != count - 1) {
            return bad(
                    Errors.INVALID_RECORD,
                    "the record batch says that it has " + count + " records, the last of which is its "
                            + header.lastOffsetDelta() + "th after the first");
        }
        if (count > Limits.BATCH_MESSAGES_MAX) {
            return bad(
                    Errors.MESSAGE_TOO_LARGE,
                    "the record batch has " + count + " records, allowed is " + Limits.BATCH_MESSAGES_MAX);
        }
        if (header.compression() > COMPRESSION_MAX || (header.compression() == ZSTD && version < KNOWS_ZSTD)) {
            return bad(Errors.UNSUPPORTED_COMPRESSION_TYPE, "compression " + header.compression());
        }
        if (header.isControl()) {
            return bad(Errors.INVALID_RECORD, "clients do not write control batches");
        }
        if (header.isTransactional()) {
            return bad(Errors.INVALID_TXN_STATE, "transactions are not served here yet");
        }
        if (stampMillis == null && header.maxTimestamp() > timestampMax) {
            return bad(
                    Errors.INVALID_TIMESTAMP,
                    "a record is of " + header.maxTimestamp() + ", the newest allowed is " + timestampMax);
        }
        boolean numbered = header.producerId() != BatchHeader.NO_PRODUCER;
        if (numbered && (header.producerId() < 0 || header.producerEpoch() < 0 || header.baseSequence() < 0)) {
            return bad(Errors.INVALID_RECORD, "the record batch has a producer, but no epoch or sequence");
        }
        Numbering numbering =
                numbered ? new Numbering(header.producerId(), header.producerEpoch(), header.baseSequence()) : null;
        if (stampMillis != null) {
            header.stamp(stampMillis);
        }
        return new Checked.Good(new Batch(0, KafkaFormat.CODE, header.batch(), Envelope.plain(count), numbering));
    }

    private static Checked bad(Errors error, String message) {
        return new Checked.Bad(error, message);
    }
}
