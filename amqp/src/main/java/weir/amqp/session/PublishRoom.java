package weir.amqp.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the channels of all connections together may gather to be published. Each has a bound of its own, but there may be a
 * million of them, and a disk that falls behind does so for all. Who finds it full waits, and is not read meanwhile; what has
 * been gathered goes on to the broker, which makes room.
 *
 * <p>From any thread. It may be exceeded by what those who found it free bring at the same time.
 */
final class PublishRoom {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    PublishRoom(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        long left = used.addAndGet(-bytes);
        if (left < bytesMax && left + bytes >= bytesMax) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    boolean isFull() {
        return used.get() >= bytesMax;
    }

    /**
     * Waits while it is full.
     *
     * @param millis 0 for as long as it takes
     * @return false if it still is
     */
    synchronized boolean await(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (isFull()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (millis > 0 && left <= 0) {
                return false;
            }
            wait(millis == 0 ? 0 : left);
        }
        return true;
    }
}
