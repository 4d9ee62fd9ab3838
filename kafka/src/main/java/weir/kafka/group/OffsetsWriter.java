package weir.kafka.group;

import java.util.List;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import weir.core.Bytes;

/**
 * The one who writes a partition of the offsets topic, from its claim until another one claims it, or it cannot be known any more what
 * is in the log.
 *
 * <p>An append returns when it is committed. Its thread is the coordinator's own, where the next commits gather meanwhile: they go
 * together with the next append. Two appends on their way at once would need no other rule, since what follows a lost entry is void; but
 * then offsets would have to be told before they are known.
 *
 * <p>Safe for use by the coordinator's thread and by who rewrites the log.
 */
final class OffsetsWriter {
    private final OffsetsLog log;
    private final Runnable lost;
    // Guarded by this:
    private long next;
    private long endOffset;
    private long bytesWritten;
    private long bytesKept;
    private boolean isLost;

    /**
     * @param next the offset after its claim
     * @param read what lies before
     * @param lost told once, on the thread that found out, that this one cannot write any more
     */
    OffsetsWriter(OffsetsLog log, long next, LatestRecords read, long bytesKept, Runnable lost) {
        this.log = log;
        this.next = next;
        this.endOffset = read.endOffset();
        this.bytesWritten = read.bytesRead();
        this.bytesKept = bytesKept;
        this.lost = lost;
    }

    /**
     * @return the coordinator's offset after these
     * @throws KafkaStorageException if they were refused, and nothing has changed
     * @throws NotLeaderOrFollowerException if they do not count, or it is not known whether they do
     */
    synchronized long append(MemoryRecords records) {
        int count = 0;
        for (MutableRecordBatch batch : records.batches()) {
            count += Math.toIntExact(batch.nextOffset() - batch.baseOffset());
        }
        byte[] bytes = new byte[records.sizeInBytes()]; // The coordinator uses its buffer again.
        records.buffer().duplicate().get(bytes);
        append(new OffsetsEntry.Records(next, endOffset, Bytes.of(bytes)));
        endOffset += count;
        bytesWritten += bytes.length;
        return endOffset;
    }

    /** The same of what was found in the log's beginning. */
    synchronized void rewrite(List<KeptRecord> records) {
        append(new OffsetsEntry.Rewritten(next, endOffset, records));
    }

    private void append(OffsetsEntry entry) {
        if (isLost) {
            throw new NotLeaderOrFollowerException("another node coordinates these groups");
        }
        long at;
        try {
            at = log.append(entry);
        } catch (NotLeaderOrFollowerException e) {
            lose();
            throw e;
        }
        if (at != next) {
            lose();
            throw new NotLeaderOrFollowerException("another node coordinates these groups");
        }
        next++;
    }

    private void lose() {
        isLost = true;
        lost.run();
    }

    /** Whether much of the log is of no use any more. */
    synchronized boolean isToBeRewritten() {
        return !isLost
                && bytesWritten >= Math.max(GroupLimits.REWRITE_BYTES_MIN, GroupLimits.REWRITE_FACTOR * bytesKept);
    }

    /** The log's beginning is what it was, up to here; written anew it has that many bytes. */
    synchronized void rewritten(long kept) {
        bytesKept = kept;
        bytesWritten = 0;
    }

    /** Where the next entry is to lie. */
    synchronized long next() {
        return next;
    }
}
