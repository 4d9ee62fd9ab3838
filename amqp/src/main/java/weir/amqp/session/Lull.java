package weir.amqp.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets a connection's reading thread rest while what it read last is on its way to the disk. What comes meanwhile could not
 * go with it, and gathers in the socket instead, to be read at once.
 *
 * <p>Else a client that writes each message by itself wakes this node for each: with one publisher and one consumer on two
 * cores 110 000 changes of threads were counted a second, and half of the messages. A connection that brings few messages never rests:
 * each of its messages goes as it comes.
 *
 * <p>One thread waits, and tells what it adds; any thread tells what is answered.
 */
final class Lull {
    private final AtomicInteger onTheirWay = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile @Nullable Thread waiting;

    /** Of the reading thread, as the two below: messages since the period began, and whether the one before had many. */
    private int added;

    private long periodBeganNanos;
    private boolean many;

    Lull(long now) {
        periodBeganNanos = now;
    }

    /** @param first whether the channel had nothing on its way */
    void added(boolean first) {
        added++;
        if (first) {
            onTheirWay.incrementAndGet();
        }
    }

    /** @param last whether the channel has nothing more on its way */
    void answered(boolean last) {
        if (last) {
            onTheirWay.decrementAndGet();
        }
        answers.incrementAndGet();
        Thread reader = waiting;
        if (reader != null) {
            LockSupport.unpark(reader);
        }
    }

    /** Returns when the next of what is on its way is answered, or has taken long; at once if nothing is, or little comes. */
    void await() throws InterruptedException {
        int before = answers.get();
        if (!hasMany(System.nanoTime()) || onTheirWay.get() == 0) {
            return;
        }
        long end = System.nanoTime() + SessionLimits.LULL.toNanos();
        waiting = Thread.currentThread();
        for (long left = SessionLimits.LULL.toNanos();
                left > 0 && answers.get() == before;
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        waiting = null;
    }

    /** Whether messages come so quickly that a rest is worth it. */
    boolean hasMany(long now) {
        long periods = (now - periodBeganNanos) / SessionLimits.LULL_PERIOD.toNanos();
        if (periods > 0) {
            many = added >= periods * SessionLimits.LULL_MESSAGES;
            added = 0;
            periodBeganNanos = now;
        }
        return many;
    }
}
