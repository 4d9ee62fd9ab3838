package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.LogId;

/**
 * A topic's partition as its readers see it. Reading changes nothing, so it needs no entry in the log: it is done on whichever
 * replica leads, between two entries. Owned by the shard's thread, and good until the next entry.
 */
public final class TopicView {
    /** Messages asked of the log at a time, some chunks' worth. */
    private static final int READ = 256;

    private final Partition partition;
    private final Stretches stretches;
    private final MessageLog log;

    TopicView(Partition partition, Stretches stretches, MessageLog log) {
        this.partition = partition;
        this.stretches = stretches;
        this.log = log;
    }

    public LogId logId() {
        return new LogId(partition.id, 0);
    }

    /** The first offset that is kept; {@link #end} if none is. */
    public long start() {
        Level level = partition.levels[0];
        return level == null ? 0 : level.settled.floor();
    }

    /** The next offset to be appended. All before it is committed. */
    public long end() {
        Level level = partition.levels[0];
        return level == null ? 0 : level.end;
    }

    /** Whether nothing is handed out for now. */
    public boolean isPaused() {
        return partition.settings.deliveryPaused();
    }

    /**
     * The batches that hold the offsets from {@code from} on, up to so many of them and payload bytes: one at least if there is
     * any. The first may begin before {@code from}.
     */
    public List<StoredBatch> read(long from, long bytesMax, int batchesMax) {
        List<StoredBatch> found = new ArrayList<>();
        long at = Math.max(from, start());
        long bytes = 0;
        long messages = 0;
        while (at < end() && found.size() < batchesMax) {
            List<StoredBatch> some = log.read(logId(), at, READ);
            if (some.isEmpty()) {
                break;
            }
            for (StoredBatch batch : some) {
                bytes += batch.payloadBytes();
                messages += Envelope.areAllPlain(batch.messages())
                        ? 1 // A count is all that they cost.
                        : batch.messages().size();
                if (!found.isEmpty() && (bytes > bytesMax || messages > Limits.FETCH_MESSAGES_MAX)) {
                    return found;
                }
                found.add(batch);
                at = batch.endOffset();
                if (found.size() >= batchesMax) {
                    return found;
                }
            }
        }
        return found;
    }

    /** The first offset that was appended at that time or later; {@link #end} if none was. */
    public long offsetAt(long millis) {
        long low = Math.clamp(stretches.noneBelow(millis), start(), end());
        long high = Math.clamp(stretches.allFrom(millis), low, end());
        while (low < high) { // The answer is not below the one, nor above the other.
            List<StoredBatch> batches = log.read(logId(), low + (high - low) / 2, 1);
            if (batches.isEmpty()) {
                return low; // What is kept is in the log, so this does not happen.
            }
            StoredBatch middle = batches.getFirst();
            if (middle.appendedAtMillis() >= millis) {
                high = Math.clamp(middle.baseOffset(), low, high - 1);
            } else {
                low = Math.clamp(middle.endOffset(), low + 1, high);
            }
        }
        return low;
    }
}
