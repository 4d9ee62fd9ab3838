package weir.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.LogId;

/** For each log the chunks that hold it, by rising offset, across all segments. Owned by the shard's thread. */
final class ChunkIndex {
    private static final Chunk[] NONE = {};

    private final Map<LogId, Chunk[]> logs = new HashMap<>();

    Chunk[] of(LogId log) {
        return logs.getOrDefault(log, NONE);
    }

    /** The place in {@link #of} of the chunk that holds {@code offset}, or of the next one. */
    static int indexOf(Chunk[] chunks, long offset) {
        int low = 0;
        int high = chunks.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (chunks[middle].end() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Takes the chunks of {@code removed} out and puts those of {@code added} in: O(chunks of the logs in them). */
    void replace(Set<Segment> removed, List<Segment> added) {
        Set<LogId> changed = new TreeSet<>();
        Map<LogId, List<Chunk>> fresh = new HashMap<>();
        for (Segment segment : removed) {
            segment.logs().forEach(log -> changed.add(log.log()));
        }
        for (Segment segment : added) {
            for (Segment.LogChunks log : segment.logs()) {
                changed.add(log.log());
                fresh.computeIfAbsent(log.log(), _ -> new ArrayList<>()).addAll(log.chunks());
            }
        }
        for (LogId log : changed) {
            List<Chunk> chunks = fresh.getOrDefault(log, new ArrayList<>());
            for (Chunk chunk : of(log)) {
                if (!removed.contains(chunk.segment())) {
                    chunks.add(chunk);
                }
            }
            chunks.sort(Comparator.comparingLong(Chunk::first));
            if (chunks.isEmpty()) {
                logs.remove(log);
            } else {
                logs.put(log, chunks.toArray(NONE));
            }
        }
    }

    /** A chunk that overlaps the one before it in its log; null if none does, as it must be. */
    @Nullable
    Chunk overlapping() {
        for (Chunk[] chunks : logs.values()) {
            for (int i = 1; i < chunks.length; i++) {
                if (chunks[i].first() < chunks[i - 1].end()) {
                    return chunks[i];
                }
            }
        }
        return null;
    }
}
