package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.LogId;

/** A message log that lives in memory. Not safe for several threads. */
public final class MemoryLog implements MessageLog {
    private final TreeMap<LogId, TreeMap<Long, Stored>> logs = new TreeMap<>();

    private record Stored(StoredBatch batch, Bytes payload) {}

    @Override
    public void append(LogId id, StoredBatch batch, Bytes payload) {
        TreeMap<Long, Stored> log = logs.computeIfAbsent(id, _ -> new TreeMap<>());
        if (!log.isEmpty() && log.lastEntry().getValue().batch.endOffset() > batch.baseOffset()) {
            throw new IllegalStateException("offset " + batch.baseOffset() + " of " + id + " was used before");
        }
        log.put(batch.baseOffset(), new Stored(batch, payload));
    }

    @Override
    public List<StoredBatch> read(LogId id, long from, int maxMessages) {
        List<StoredBatch> batches = new ArrayList<>();
        int messages = 0;
        for (Stored stored : from(id, from).values()) {
            messages += stored.batch.messages().size();
            if (messages > maxMessages && !batches.isEmpty()) {
                break;
            }
            batches.add(stored.batch);
        }
        return batches;
    }

    /** The stored batches whose end lies above {@code from}. */
    private NavigableMap<Long, Stored> from(LogId id, long from) {
        TreeMap<Long, Stored> log = logs.getOrDefault(id, new TreeMap<>());
        Map.Entry<Long, Stored> before = log.floorEntry(from);
        boolean within = before != null && before.getValue().batch.endOffset() > from;
        return log.tailMap(within ? before.getKey() : from, true);
    }

    /** The payload of the batch that begins at {@code baseOffset}, or null if there is none (any more). */
    public @Nullable Bytes payload(LogId id, long baseOffset) {
        Stored stored = logs.getOrDefault(id, new TreeMap<>()).get(baseOffset);
        return stored == null ? null : stored.payload;
    }

    /** Drops every batch of which nothing is live, as a checkpoint may. */
    public void dropSettled(Liveness liveness) {
        logs.forEach((id, log) -> log.values()
                .removeIf(stored -> !liveness.anyLive(id, stored.batch.baseOffset(), stored.batch.endOffset())));
        logs.values().removeIf(TreeMap::isEmpty);
    }

    /** As it is now, to go back to. */
    MemoryLog copy() {
        MemoryLog copy = new MemoryLog();
        logs.forEach((id, log) -> copy.logs.put(id, new TreeMap<>(log)));
        return copy;
    }

    /** For a log of which nothing is read any more. */
    void forgetAll() {
        logs.clear();
    }

    /** How many batches there are. */
    public int size() {
        return logs.values().stream().mapToInt(TreeMap::size).sum();
    }
}
