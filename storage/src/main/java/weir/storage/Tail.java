package weir.storage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.shard.StoredBatch;

/** The batches appended since a checkpoint. Owned by the shard's thread; not changed any more once it is frozen. */
final class Tail {
    private final Map<LogId, TailLog> logs = new HashMap<>();
    private long bytes;
    /** Of the batch that was appended last. */
    private Bytes lastPayload = Bytes.EMPTY;

    void append(LogId id, StoredBatch batch, Bytes payload) {
        logs.computeIfAbsent(id, _ -> new TailLog()).add(batch, payload);
        bytes += memoryBytes(batch) - (isSame(payload, lastPayload) ? payload.length() : 0);
        lastPayload = payload;
    }

    @Nullable
    TailLog log(LogId id) {
        return logs.get(id);
    }

    /** By rising log. */
    List<LogId> ids() {
        return logs.keySet().stream().sorted().toList();
    }

    /**
     * What it takes in memory: payloads, and an estimate of the rest, so that empty messages count too. A payload that was
     * appended to several logs in a row, as a fan-out does, is one slice and counts once.
     */
    long bytes() {
        return bytes;
    }

    @SuppressWarnings("ReferenceEquality") // A payload is shared if it is the same array, whatever is in it.
    private static boolean isSame(Bytes payload, Bytes other) {
        return payload.array() == other.array()
                && payload.offset() == other.offset()
                && payload.length() == other.length();
    }

    private static long memoryBytes(StoredBatch batch) {
        long bytes = StorageLimits.TAIL_BATCH_BYTES + (long) batch.payloadBytes();
        if (Envelope.areAllPlain(batch.messages())) {
            return bytes;
        }
        for (Envelope envelope : batch.messages()) {
            if (!envelope.equals(Envelope.PLAIN)) {
                bytes += StorageLimits.TAIL_MESSAGE_BYTES
                        + length(envelope.group())
                        + length(envelope.deduplicationId());
            }
        }
        return bytes;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
