package weir.kafka.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * What is left of the offsets topic when of each key only the latest record counts, as in any compacted topic of Kafka's. Entries may
 * be added in any order, also twice: offsets say which record is the latest.
 *
 * <p>Records of a transaction count when its marker says so; those of one that is open are kept beside the others.
 *
 * <p>Used by one thread.
 */
final class LatestRecords {
    private final Map<Bytes, KeptRecord> latest = new HashMap<>();
    private final SortedMap<Long, KeptRecord> transactional = new TreeMap<>();
    /** By producer, by offset: whether it committed there. */
    private final Map<Long, NavigableMap<Long, Boolean>> markers = new HashMap<>();

    private long endOffset;
    private long bytesRead;

    /** @param at where the entry lies */
    void add(long at, OffsetsEntry entry) {
        switch (entry) {
            case OffsetsEntry.Claim _ -> {}
            case OffsetsEntry.Records(long expectedAt, long firstOffset, Bytes batches) -> {
                if (expectedAt == at) {
                    addBatches(firstOffset, batches);
                }
            }
            case OffsetsEntry.Rewritten(long expectedAt, long end, List<KeptRecord> records) -> {
                if (expectedAt == at) {
                    records.forEach(this::add);
                    endOffset = Math.max(endOffset, end);
                }
            }
        }
    }

    private void addBatches(long firstOffset, Bytes batches) {
        bytesRead += batches.length();
        long offset = firstOffset;
        MemoryRecords records =
                MemoryRecords.readableRecords(ByteBuffer.wrap(batches.array(), batches.offset(), batches.length()));
        for (MutableRecordBatch batch : records.batches()) {
            for (Record record : batch) {
                if (batch.isControlBatch()) {
                    markers.computeIfAbsent(batch.producerId(), _ -> new TreeMap<>())
                            .put(offset, ControlRecordType.parse(record.key()) == ControlRecordType.COMMIT);
                } else {
                    boolean open = batch.isTransactional();
                    add(new KeptRecord(
                            offset,
                            open ? batch.producerId() : KeptRecord.NO_PRODUCER,
                            open ? batch.producerEpoch() : -1,
                            copied(record.key()),
                            record.hasValue() ? copied(record.value()) : null));
                }
                offset++;
            }
        }
        endOffset = Math.max(endOffset, offset);
    }

    private static Bytes copied(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return Bytes.of(bytes);
    }

    private void add(KeptRecord record) {
        if (record.isTransactional()) {
            transactional.put(record.offset(), record);
        } else {
            latest.merge(record.key(), record, (one, other) -> one.offset() >= other.offset() ? one : other);
        }
    }

    /** The coordinator's next offset. */
    long endOffset() {
        return endOffset;
    }

    /** Of all that was added. */
    long bytesRead() {
        return bytesRead;
    }

    /** What has to be replayed, in the order of offsets. */
    List<KeptRecord> survivors() {
        List<KeptRecord> survivors = new ArrayList<>();
        transactional.values().forEach(record -> {
            Boolean committed = outcome(record);
            if (committed == null) {
                survivors.add(record);
            } else if (committed) {
                add(record.committed());
            }
        });
        latest.values().stream().filter(record -> record.value() != null).forEach(survivors::add);
        survivors.sort(Comparator.comparingLong(KeptRecord::offset));
        return survivors;
    }

    /** Null while the transaction is open. */
    private @Nullable Boolean outcome(KeptRecord record) {
        NavigableMap<Long, Boolean> ends = markers.get(record.producerId());
        Map.Entry<Long, Boolean> end = ends == null ? null : ends.higherEntry(record.offset());
        return end == null ? null : end.getValue();
    }
}
