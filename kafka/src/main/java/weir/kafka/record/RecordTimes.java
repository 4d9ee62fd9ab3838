package weir.kafka.record;

import java.util.Optional;
import weir.core.broker.FetchedBatch;

/** The times of records, as clients look for them. */
public final class RecordTimes {
    private RecordTimes() {}

    /** A record's place and time. */
    public record Found(long offset, long timestamp) {}

    /** Of the newest record in it; of what is not Kafka's, when it came. */
    public static long newest(FetchedBatch batch) {
        return isKafkas(batch) ? new BatchHeader(batch.payload()).maxTimestamp() : batch.appendedAtMillis();
    }

    /**
     * The first record of that time or later, at {@code from} or behind it; empty if there is none in the batch.
     *
     * @throws weir.core.codec.CorruptDataException if it has to be opened and cannot be
     */
    public static Optional<Found> first(FetchedBatch batch, long from, long millis) {
        long start = Math.max(from, batch.baseOffset());
        if (newest(batch) < millis || start >= batch.endOffset()) {
            return Optional.empty();
        }
        if (!isKafkas(batch) || new BatchHeader(batch.payload()).hasLogAppendTime()) {
            return Optional.of(new Found(start, newest(batch)));
        }
        var records = OpenedBatch.of(batch.payload()).records();
        for (int i = Math.toIntExact(start - batch.baseOffset()); i < records.size(); i++) {
            if (records.get(i).timestamp() >= millis) {
                return Optional.of(
                        new Found(batch.baseOffset() + i, records.get(i).timestamp()));
            }
        }
        return Optional.empty();
    }

    private static boolean isKafkas(FetchedBatch batch) {
        return batch.format() == KafkaFormat.CODE && batch.payload().length() >= BatchHeader.BYTES;
    }
}
