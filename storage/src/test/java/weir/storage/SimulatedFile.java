package weir.storage;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/** A file's bytes as programs see them, and as the disk has them: page by page, as it last got round to it. */
final class SimulatedFile {
    static final int PAGE = 512; // Small, so that small tests have torn files too.

    private byte[] current = {};
    private int size;
    private byte[] durable = {};
    private final BitSet dirty = new BitSet();

    int size() {
        return size;
    }

    byte[] content() {
        return Arrays.copyOf(current, size);
    }

    void append(byte[] bytes, int length) {
        if (current.length < size + length) {
            current = Arrays.copyOf(current, Math.max(size + length, current.length * 2));
        }
        System.arraycopy(bytes, 0, current, size, length);
        if (length > 0) {
            dirty.set(size / PAGE, (size + length - 1) / PAGE + 1);
        }
        size += length;
    }

    void read(int position, byte[] into) {
        System.arraycopy(current, position, into, 0, into.length);
    }

    void force() {
        durable = content();
        dirty.clear();
    }

    /** What the page cache does after a failed fsync: it forgets that some pages were never written. */
    void failForce(SplittableRandom random) {
        crashed(random);
    }

    /** Each page that was not synced is there, or is not, or is torn; the file ends anywhere past its synced end. */
    void crashed(SplittableRandom random) {
        int length = durable.length + (size > durable.length ? random.nextInt(size - durable.length + 1) : 0);
        byte[] found = Arrays.copyOf(durable, length);
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            int from = page * PAGE;
            int most = Math.min(PAGE, length - from);
            int kept =
                    switch (random.nextInt(3)) {
                        case 0 -> 0;
                        case 1 -> Math.max(0, most);
                        default -> most > 0 ? random.nextInt(most) : 0;
                    };
            System.arraycopy(current, from, found, Math.min(from, length), kept);
        }
        current = found;
        size = length;
        durable = found.clone();
        dirty.clear();
    }

    void flip(long bit) {
        current[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
        durable = content();
    }

    void truncate(int length) {
        size = length;
        durable = content();
    }
}
