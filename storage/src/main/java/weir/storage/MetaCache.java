package weir.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import weir.core.LogId;

/** The chunk metas that were decoded last. Owned by the shard's thread. */
final class MetaCache {
    private final int bytesMax;
    private final LinkedHashMap<Chunk, ChunkMeta> metas = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    MetaCache(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    ChunkMeta get(LogId log, Chunk chunk) {
        ChunkMeta cached = metas.get(chunk);
        if (cached != null) {
            return cached;
        }
        ChunkMeta meta;
        try {
            meta = chunk.segment().meta(log, chunk);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + chunk.segment().file(), e);
        }
        metas.put(chunk, meta);
        bytes += ChunkMeta.memoryBytes(chunk, meta);
        evict();
        return meta;
    }

    void remove(Chunk chunk) {
        ChunkMeta meta = metas.remove(chunk);
        if (meta != null) {
            bytes -= ChunkMeta.memoryBytes(chunk, meta);
        }
    }

    private void evict() {
        Iterator<Map.Entry<Chunk, ChunkMeta>> eldest = metas.entrySet().iterator();
        while (bytes > bytesMax && metas.size() > 1) {
            Map.Entry<Chunk, ChunkMeta> entry = eldest.next();
            bytes -= ChunkMeta.memoryBytes(entry.getKey(), entry.getValue());
            eldest.remove();
        }
    }
}
