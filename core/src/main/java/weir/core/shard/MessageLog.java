package weir.core.shard;

import java.util.List;
import weir.core.Bytes;
import weir.core.LogId;

/**
 * The shard's logs, as its machine sees them: what was appended can be read back, in order, until the machine no longer
 * counts it as live. Its content is a function of the entries applied, so reading it keeps the machine deterministic.
 *
 * <p>Owned by the shard's thread. What is settled is found out by asking the machine ({@link Liveness}), not told.
 */
public interface MessageLog {
    /** Appends a batch at the end of a log. Its base offset is above every offset appended to that log before. */
    void append(LogId log, StoredBatch batch, Bytes payload);

    /**
     * The batches of {@code log} that hold offsets from {@code from} on, in order, without their payloads: at least one
     * if there is any, and no more than come to {@code maxMessages} messages unless the first alone does. Batches of
     * which nothing is live may be missing.
     */
    List<StoredBatch> read(LogId log, long from, int maxMessages);

    /** Tells what of a log is still needed. Implemented by the machine, asked on the shard's thread at a checkpoint. */
    interface Liveness {
        /** Whether any message in {@code [from, to)} is unsettled. */
        boolean anyLive(LogId log, long from, long to);

        /** How many messages in {@code [from, to)} are unsettled. */
        long countLive(LogId log, long from, long to);
    }
}
