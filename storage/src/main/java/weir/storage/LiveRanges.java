package weir.storage;

import java.util.Arrays;
import weir.core.LogId;
import weir.core.shard.MessageLog.Liveness;

/**
 * The live offsets of a chunk as they were at one moment, as ranges. Found by halving, so that a chunk of which little
 * lives costs few questions, and without its meta, so that the shard's thread reads nothing from disk for it.
 */
final class LiveRanges {
    private long[] bounds = new long[8]; // From and to, alternating, rising.
    private int size;

    private LiveRanges() {}

    static LiveRanges all(long from, long to) {
        LiveRanges ranges = new LiveRanges();
        ranges.add(from, to);
        return ranges;
    }

    static LiveRanges of(Liveness liveness, LogId log, long from, long to) {
        LiveRanges ranges = new LiveRanges();
        ranges.collect(liveness, log, from, to, liveness.countLive(log, from, to));
        return ranges;
    }

    private void collect(Liveness liveness, LogId log, long from, long to, long live) {
        if (live == 0) {
            return;
        }
        if (live == to - from) {
            add(from, to);
            return;
        }
        long middle = from + (to - from) / 2;
        long left = liveness.countLive(log, from, middle);
        collect(liveness, log, from, middle, left);
        collect(liveness, log, middle, to, live - left);
    }

    private void add(long from, long to) {
        if (size > 0 && bounds[size - 1] == from) {
            bounds[size - 1] = to;
            return;
        }
        if (size == bounds.length) {
            bounds = Arrays.copyOf(bounds, size * 2);
        }
        bounds[size++] = from;
        bounds[size++] = to;
    }

    /** How many offsets in {@code [from, to)} are live. */
    int count(long from, long to) {
        int at = Arrays.binarySearch(bounds, 0, size, from);
        int range = (at >= 0 ? at : -at - 2) & ~1; // The last one that begins at or before it; -2 if none does.
        long count = 0;
        for (int i = Math.max(0, range); i < size && bounds[i] < to; i += 2) {
            count += Math.max(0, Math.min(to, bounds[i + 1]) - Math.max(from, bounds[i]));
        }
        return (int) count;
    }
}
