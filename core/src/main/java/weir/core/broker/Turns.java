package weir.core.broker;

import java.util.concurrent.atomic.AtomicIntegerArray;
import weir.core.catalog.Queue;

/**
 * Counts turns for queues of several partitions, so that what may go to any goes to each, and what may be taken from any is.
 * A queue's counter may be that of another queue, too, which makes both a little less even. From any thread.
 */
public final class Turns {
    /** Enough that two busy queues seldom share one; 16 KiB in all. */
    private static final int COUNTERS = 4_096;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(COUNTERS);

    /** The next number for that queue; where it began nobody knows. */
    public long next(Queue queue) {
        return queue.partitions() == 1 ? 0 : counters.getAndIncrement((int) (queue.id() % COUNTERS)) & 0xFFFF_FFFFL;
    }
}
