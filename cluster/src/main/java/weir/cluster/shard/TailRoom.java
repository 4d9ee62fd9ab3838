package weir.cluster.shard;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import weir.cluster.ClusterLimits;
import weir.core.broker.OutcomeUnknownException;

/**
 * Lets nobody fill the tail faster than the disk empties it: publishers wait here on the leader, and on a follower the thread
 * that applies the log. {@code lock} is the replica's, which guards the tail.
 */
final class TailRoom {
    /** The tail may grow to so many checkpoints' size before publishers wait for the disk. */
    private static final int TAIL_CHECKPOINTS_MAX = 4;

    private final ReentrantLock lock;
    private final Condition changed;
    private final LongSupplier bytes;
    private final long bytesMax;
    private volatile boolean full;
    private volatile boolean stopping;
    private volatile boolean closed;

    /** @param bytes of the tail, asked with the lock held */
    TailRoom(ReentrantLock lock, LongSupplier bytes, long checkpointBytes) {
        this.lock = lock;
        this.changed = lock.newCondition();
        this.bytes = bytes;
        this.bytesMax = TAIL_CHECKPOINTS_MAX * checkpointBytes;
    }

    /** The tail grew or shrank; the lock is held. */
    void note() {
        full = bytes.getAsLong() > bytesMax;
        if (!full) {
            changed.signalAll();
        }
    }

    /** Waits while the disk has not kept up and the tail takes too much memory, or until the leadership is over. */
    void await(Leadership leadership, long endNanos) throws InterruptedException, OutcomeUnknownException {
        if (!full) {
            return;
        }
        lock.lockInterruptibly();
        try {
            while (full && !closed && !leadership.isOver()) {
                long nanos = endNanos - System.nanoTime();
                if (nanos <= 0) {
                    throw new OutcomeUnknownException("the disk takes no more messages for now; nothing was done");
                }
                var _ = changed.awaitNanos(Math.min(nanos, ClusterLimits.ROOM_CHECK.toNanos()));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A follower has no publishers that could wait for its disk. It applies no more while the tail takes too much memory;
     * the log holds what comes meanwhile. The lock is held.
     */
    void keepPace(ShardLeader side) {
        while (full && !stopping && side.leadership() == null) {
            changed.awaitUninterruptibly();
        }
    }

    /** The thread that applies is not to be held up any more. */
    void stop() {
        stopping = true;
        wake();
    }

    /** Nor is anybody else. */
    void close() {
        closed = true;
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
