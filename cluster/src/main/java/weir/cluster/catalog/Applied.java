package weir.cluster.catalog;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import weir.core.broker.OutcomeUnknownException;

/** How far this node's replica has come, for those who wait until it has come that far. */
final class Applied {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile long index;
    /** Guarded by the lock. */
    private int waiting;

    Applied(long index) {
        this.index = index;
    }

    long index() {
        return index;
    }

    /** All up to there has been applied. On the thread that applies, or that takes over a checkpoint. */
    void upTo(long newIndex) {
        lock.lock();
        try {
            index = Math.max(index, newIndex);
            if (waiting > 0) {
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @throws OutcomeUnknownException if it does not come that far in time */
    void await(long wanted, Duration patience) throws OutcomeUnknownException, InterruptedException {
        if (index >= wanted) {
            return;
        }
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        waiting++;
        try {
            while (index < wanted) {
                if (nanos <= 0) {
                    throw new OutcomeUnknownException("this node's catalog is behind its leader's (at " + index
                            + ", wanted " + wanted + "), and has not caught up within " + patience);
                }
                nanos = moved.awaitNanos(nanos);
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }
}
