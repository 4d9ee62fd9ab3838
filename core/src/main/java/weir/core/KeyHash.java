package weir.core;

import java.nio.charset.StandardCharsets;

/**
 * The hash that says in which partition a key's messages are. It is a promise to what is stored, so it never changes.
 *
 * <p>It is that of Kafka's own clients, murmur2 over the key's bytes in UTF-8: a Kafka producer that picks the partition by a
 * key picks the one that every other protocol's messages of that group are in.
 */
public final class KeyHash {
    private static final int SEED = 0x9747b28c;
    private static final int M = 0x5bd1e995;
    private static final int R = 24;

    private KeyHash() {}

    /** From 0 to {@code buckets} less one. */
    public static int bucket(String key, int buckets) {
        Check.atLeast("buckets", buckets, 1);
        return (murmur2(key.getBytes(StandardCharsets.UTF_8)) & Integer.MAX_VALUE) % buckets;
    }

    static int murmur2(byte[] data) {
        int h = SEED ^ data.length;
        int whole = data.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            int k = (data[i] & 0xff)
                    | (data[i + 1] & 0xff) << 8
                    | (data[i + 2] & 0xff) << 16
                    | (data[i + 3] & 0xff) << 24;
            k *= M;
            k ^= k >>> R;
            k *= M;
            h *= M;
            h ^= k;
        }
        int left = data.length & 3;
        if (left > 0) {
            for (int i = left - 1; i >= 0; i--) {
                h ^= (data[whole + i] & 0xff) << (8 * i);
            }
            h *= M;
        }
        h ^= h >>> 13;
        h *= M;
        return h ^ h >>> 15;
    }
}
