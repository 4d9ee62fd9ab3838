package weir.core.shard;

import weir.core.Limits;
import weir.core.PriorityMode;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * Chooses the priority level that is served next: the highest one that waits, unless a lower one has been passed over
 * too often. Integers only, no clock.
 *
 * <p>A waiting level p is served after at most {@code limit(p) + P - 1} dispatches. After {@code limit(p)} of them it is
 * due; due levels are served in the order in which they became so; a level served leaves the due ones and can only come
 * back behind those that wait, so at most P - 2 others are ahead. The highest level is never due: it does not need to be.
 */
final class BoundedBypass {
    private static final int LIMIT_NEXT_BELOW_TOP = 16;
    private static final int LIMIT_MOST = 128;
    static final int NONE = -1;

    private long dispatched;
    private int waiting;
    private final long[] since = new long[Limits.PRIORITY_LEVELS_MAX];

    /** How often level {@code p} of {@code levels} may be passed over before it is due. */
    static int limit(int p, int levels) {
        int doubled = p > 16 ? LIMIT_MOST : Math.min(LIMIT_MOST, LIMIT_NEXT_BELOW_TOP << p);
        return Math.max(levels, doubled);
    }

    /** The most dispatches that the head of level {@code p} can wait while there are any. */
    static int bound(int p, int levels) {
        return limit(p, levels) + levels - 1;
    }

    void setWaiting(int level, boolean now) {
        int bit = 1 << level;
        if (now && (waiting & bit) == 0) {
            since[level] = dispatched;
        }
        waiting = now ? waiting | bit : waiting & ~bit;
    }

    /** The level to serve next, or NONE if none waits but those whose bit is set in {@code except}. */
    int next(int levels, PriorityMode mode, int except) {
        int candidates = waiting & ~except;
        if (candidates == 0) {
            return NONE;
        }
        int highest = Integer.numberOfTrailingZeros(candidates);
        if (mode == PriorityMode.STRICT) {
            return highest;
        }
        int chosen = highest;
        long chosenDueAt = Long.MAX_VALUE;
        for (int p = Math.max(1, highest); p < levels; p++) {
            long dueAt = since[p] + limit(p, levels);
            if ((candidates & (1 << p)) != 0 && dueAt <= dispatched && dueAt < chosenDueAt) {
                chosen = p;
                chosenDueAt = dueAt;
            }
        }
        return chosen;
    }

    void served(int level) {
        dispatched++;
        since[level] = dispatched;
    }

    void write(Writer out, int levels) {
        out.varint(dispatched).i32(waiting);
        for (int p = 0; p < levels; p++) {
            out.varint(since[p]);
        }
    }

    static BoundedBypass read(Reader in, int levels) {
        BoundedBypass scheduler = new BoundedBypass();
        scheduler.dispatched = in.varint();
        scheduler.waiting = in.i32();
        for (int p = 0; p < levels; p++) {
            scheduler.since[p] = in.varint();
        }
        return scheduler;
    }
}
