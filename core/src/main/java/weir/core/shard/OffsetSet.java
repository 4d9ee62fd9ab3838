package weir.core.shard;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * A set of offsets that fills up from below: everything under the floor is in it, and above lie bitmaps.
 *
 * <p>One bit for each offset between the lowest absent one and the highest present one, in blocks that share one array
 * when full, so a single straggler under ten million settled messages costs some 150 KB.
 */
final class OffsetSet {
    private static final int BLOCK_BITS = 4096;
    private static final int BLOCK_WORDS = BLOCK_BITS / Long.SIZE;
    private static final long[] FULL = new long[BLOCK_WORDS];

    static {
        Arrays.fill(FULL, -1L);
    }

    private long floor;
    private final TreeMap<Long, long[]> blocks = new TreeMap<>();

    /** The lowest offset that is not in the set. */
    long floor() {
        return floor;
    }

    boolean contains(long offset) {
        if (offset < floor) {
            return true;
        }
        if (blocks.isEmpty()) {
            return false;
        }
        long[] block = blocks.get(offset / BLOCK_BITS);
        int bit = (int) (offset % BLOCK_BITS);
        return block != null && (block[bit >> 6] & (1L << bit)) != 0;
    }

    /** @return whether it was absent */
    boolean add(long offset) {
        if (contains(offset)) {
            return false;
        }
        if (offset == floor) {
            floor++;
            raiseFloor();
            return true;
        }
        long[] block = blocks.computeIfAbsent(offset / BLOCK_BITS, _ -> new long[BLOCK_WORDS]);
        int bit = (int) (offset % BLOCK_BITS);
        block[bit >> 6] |= 1L << bit;
        if (block[bit >> 6] == -1L && Arrays.equals(block, FULL)) {
            blocks.put(offset / BLOCK_BITS, FULL);
        }
        return true;
    }

    /** Puts everything below {@code end} in the set; nothing above may be in it. */
    void fillTo(long end) {
        floor = Math.max(floor, end);
        blocks.clear();
    }

    /** Puts everything below {@code end} in the set; what is above stays as it is. */
    void raiseTo(long end) {
        if (end > floor) {
            floor = end;
            blocks.headMap(end / BLOCK_BITS, false).clear();
            raiseFloor();
        }
    }

    /** The lowest offset from {@code from} on that is not in the set. */
    long nextAbsent(long from) {
        long at = Math.max(from, floor);
        while (!blocks.isEmpty()) {
            long[] block = blocks.get(at / BLOCK_BITS);
            if (block == null) {
                return at;
            }
            int bit = nextClear(block, (int) (at % BLOCK_BITS));
            if (bit < BLOCK_BITS) {
                return at / BLOCK_BITS * BLOCK_BITS + bit;
            }
            at = (at / BLOCK_BITS + 1) * BLOCK_BITS;
        }
        return at;
    }

    /** How many offsets in {@code [from, to)} are in the set. */
    long count(long from, long to) {
        long count = Math.max(0, Math.min(to, floor) - from);
        long at = Math.max(from, floor);
        if (at >= to) {
            return count;
        }
        for (Map.Entry<Long, long[]> entry : blocks.subMap(at / BLOCK_BITS, true, (to - 1) / BLOCK_BITS, true)
                .entrySet()) {
            long start = entry.getKey() * BLOCK_BITS;
            int first = (int) (Math.max(at, start) - start);
            int last = (int) (Math.min(to, start + BLOCK_BITS) - start);
            count += ones(entry.getValue(), first, last);
        }
        return count;
    }

    private void raiseFloor() {
        while (!blocks.isEmpty()) {
            long number = floor / BLOCK_BITS;
            long[] block = blocks.get(number);
            if (block == null) {
                return;
            }
            int bit = nextClear(block, (int) (floor % BLOCK_BITS));
            floor = number * BLOCK_BITS + bit;
            if (bit < BLOCK_BITS) {
                if (ones(block, bit, BLOCK_BITS) == 0) {
                    blocks.remove(number);
                }
                return;
            }
            blocks.remove(number);
        }
    }

    private static int nextClear(long[] block, int from) {
        for (int word = from >> 6; word < BLOCK_WORDS; word++) {
            long clear = ~block[word];
            if (word == from >> 6) {
                clear &= -1L << from;
            }
            if (clear != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(clear);
            }
        }
        return BLOCK_BITS;
    }

    private static int ones(long[] block, int from, int to) {
        int count = 0;
        for (int word = from >> 6; word << 6 < to; word++) {
            long bits = block[word];
            if (word == from >> 6) {
                bits &= -1L << from;
            }
            if ((word + 1) << 6 > to) {
                bits &= (1L << to) - 1;
            }
            count += Long.bitCount(bits);
        }
        return count;
    }

    void write(Writer out) {
        out.varint(floor).varint(blocks.size());
        blocks.forEach((number, block) -> {
            boolean full = Arrays.equals(block, FULL);
            out.varint(number).bool(full);
            if (!full) {
                for (long word : block) {
                    out.i64(word);
                }
            }
        });
    }

    static OffsetSet read(Reader in) {
        OffsetSet set = new OffsetSet();
        set.floor = in.varint();
        if (set.floor < 0) {
            throw new CorruptDataException("the floor of an offset set is " + set.floor);
        }
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            long number = in.varint();
            if (in.bool()) {
                set.blocks.put(number, FULL);
            } else {
                long[] block = new long[BLOCK_WORDS];
                for (int word = 0; word < BLOCK_WORDS; word++) {
                    block[word] = in.i64();
                }
                set.blocks.put(number, block);
            }
        }
        return set;
    }
}
