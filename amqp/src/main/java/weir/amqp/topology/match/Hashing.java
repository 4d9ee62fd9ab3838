package weir.amqp.topology.match;

import java.nio.charset.StandardCharsets;

/**
 * Where a key goes among so many slots. Which queue gets which key follows from it, so it never changes.
 */
public final class Hashing {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Hashing() {}

    /** FNV-1a over UTF-8, mixed once more since its low bits alone are poor. */
    public static long hash(String key) {
        long hash = FNV_OFFSET;
        for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }

    /**
     * Jump consistent hashing (Lamping and Veach): with one slot more, one key in so many moves, and only to the new one.
     *
     * @return from 0 to {@code slots} less one
     */
    public static int jump(long hash, int slots) {
        long key = hash;
        long slot = -1;
        long next = 0;
        while (next < slots) {
            slot = next;
            key = key * 2862933555777941757L + 1;
            next = (long) ((slot + 1) * (double) (1L << 31) / (double) ((key >>> 33) + 1));
        }
        return (int) slot;
    }
}
