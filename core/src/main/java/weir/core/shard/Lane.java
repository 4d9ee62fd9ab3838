package weir.core.shard;

import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one message group (in an ordered queue) or of one tenant (in any other) within a level; those without
 * a group share a lane. A lane is in its level's ring while it has something to hand out, so a locked group is nowhere
 * that could hold up the others.
 */
final class Lane {
    static final long NOTHING = Long.MAX_VALUE;

    final @Nullable String group;
    /** Read ahead and never handed out, by rising offset. May hold some that were settled or moved since. */
    final ArrayDeque<Slot> fresh = new ArrayDeque<>();
    /** Ready again, by offset. */
    final TreeMap<Long, Slot> returned = new TreeMap<>();
    /** In an ordered queue: offsets that are leased, delayed or departing, and block those behind them. */
    final TreeSet<Long> blocking = new TreeSet<>();
    /** From here on its messages were passed over by the read-ahead, and are to be found again; or NOTHING. */
    long passedOverFrom = NOTHING;

    /** How many of the level's held slots are of this lane. */
    int held;

    /** How many of those are leased. */
    int leased;

    /** Taken by the acquire that is being carried out, and not leased yet. */
    int taken;

    boolean inRing;

    Lane(@Nullable String group) {
        this.group = group;
    }

    boolean isEmpty() {
        return fresh.isEmpty() && held == 0 && passedOverFrom == NOTHING;
    }

    void clear() {
        fresh.clear();
        returned.clear();
        blocking.clear();
        passedOverFrom = NOTHING;
        held = 0;
        leased = 0;
        taken = 0;
        inRing = false;
    }

    /** Messages that are leased, or about to be. */
    int out() {
        return leased + taken;
    }

    /** The least offset that it could hand out next, or NOTHING. */
    long head() {
        long head = fresh.isEmpty() ? passedOverFrom : fresh.getFirst().offset;
        return returned.isEmpty() ? head : Math.min(head, returned.firstKey());
    }

    /**
     * Whether it may hand out what is at its head.
     *
     * @param readTo the level's read-ahead: what lies beyond it may have others of this lane before it
     */
    boolean isDeliverable(long readTo) {
        long head = head();
        return head < readTo && head < firstBlocking();
    }

    long firstBlocking() {
        return blocking.isEmpty() ? NOTHING : blocking.first();
    }
}
