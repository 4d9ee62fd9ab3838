package weir.core.shard;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a level that have something to hand out, in the order of their turns.
 *
 * <p>In an ordered queue the turns are all there is. In any other a lane is a tenant, and the quiet ones go first: {@link
 * #pollFair} passes over the noisy, who hold more than a tenth of the partition's leases and not just a few. If only noisy
 * ones have something, the one that holds the fewest is served. The messages without a group are never noisy.
 *
 * <p>Nobody starves. A tenant that is passed over gets no new leases, and those that it has come to an end: acknowledged, or
 * run out. Then it holds too few to be noisy, and as it has kept its place, which is at the front, it is next. So quiet
 * tenants can hold it up only for as long as its own consumers hold its messages.
 *
 * <p>No more than nine can each hold more than a tenth, so the first quiet one is among the first ten lanes of the ring, and
 * to find it, and take it out from there, costs the same however many there are.
 */
final class Ring {
    /** A noisy tenant holds more than one in so many of the leases. */
    private static final long NOISY_SHARE = 10;

    private final ArrayDeque<Lane> lanes = new ArrayDeque<>();

    boolean isEmpty() {
        return lanes.isEmpty();
    }

    int size() {
        return lanes.size();
    }

    void addLast(Lane lane) {
        lanes.addLast(lane);
    }

    /** The lane whose turn it is. */
    @Nullable
    Lane poll() {
        return lanes.pollFirst();
    }

    /**
     * The lane whose turn it is among tenants.
     *
     * @param out messages of the partition that are leased, or about to be
     * @param noisyLeases who holds fewer is quiet in any case
     */
    @Nullable
    Lane pollFair(long out, int noisyLeases) {
        Lane first = lanes.peekFirst();
        if (first == null || !isNoisy(first, out, noisyLeases)) {
            return lanes.pollFirst();
        }
        Lane fewest = null;
        for (Iterator<Lane> next = lanes.iterator(); next.hasNext(); ) {
            Lane lane = next.next();
            if (!isNoisy(lane, out, noisyLeases)) {
                next.remove();
                return lane;
            }
            if (fewest == null || lane.out() < fewest.out()) {
                fewest = lane;
            }
        }
        if (fewest != null) {
            lanes.remove(fewest);
        }
        return fewest;
    }

    static boolean isNoisy(Lane lane, long out, int noisyLeases) {
        return lane.group != null && lane.out() >= noisyLeases && lane.out() * NOISY_SHARE > out;
    }

    void clear() {
        lanes.clear();
    }

    /** In the order of their turns. */
    List<Lane> lanes() {
        return List.copyOf(lanes);
    }
}
