package weir.storage;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * The blocks of segment files that were read last. A log that is read in order, message by message, costs one pread for
 * each {@link StorageLimits#BLOCK_BYTES}. For any number of threads; none waits for another's disk.
 */
final class BlockCache {
    private record Key(long segment, long number) {}

    private final Map<Key, byte[]> blocks; // Guarded by this.

    BlockCache(int bytesMax) {
        int blocksMax = bytesMax / StorageLimits.BLOCK_BYTES;
        blocks = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
                return size() > blocksMax;
            }
        };
    }

    /** A copy, so that a small payload does not keep its block alive. */
    Bytes read(Segment segment, long position, int length) throws IOException {
        byte[] out = new byte[length];
        int done = 0;
        while (done < length) {
            long at = position + done;
            byte[] block = block(segment, at / StorageLimits.BLOCK_BYTES);
            int from = (int) (at % StorageLimits.BLOCK_BYTES);
            int n = Math.min(length - done, block.length - from);
            System.arraycopy(block, from, out, done, n);
            done += n;
        }
        return Bytes.of(out);
    }

    private byte[] block(Segment segment, long number) throws IOException {
        Key key = new Key(segment.name().id(), number);
        byte @Nullable [] found;
        synchronized (this) {
            found = blocks.get(key);
        }
        if (found != null) {
            return found;
        }
        byte[] block = segment.block(number); // Two threads may read the same one, which harms nobody.
        synchronized (this) {
            blocks.put(key, block);
        }
        return block;
    }
}
