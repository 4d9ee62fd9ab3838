package weir.kafka.wire;

import java.time.Duration;
import weir.core.Check;

/** Memory that all connections share for one purpose. From any thread; who takes gives back, once. */
public final class Room {
    private final long bytesMax;
    /** Guarded by the monitor, as is all. Below zero if somebody had to have his least. */
    private long free;

    public Room(long bytesMax) {
        Check.atLeast("bytesMax", bytesMax, 1);
        this.bytesMax = bytesMax;
        this.free = bytesMax;
    }

    /** Waits until that is free; what is more than all counts as all. @return false if it was not in time */
    public synchronized boolean take(long bytes, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (free < Math.min(bytes, bytesMax)) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        free -= bytes;
        return true;
    }

    /** As much as is wanted, or less while little is free; the least even if it is not. Does not wait. */
    public synchronized int takeSome(int wanted, int least) {
        int some = (int) Math.clamp(free / 4, Math.min(least, wanted), (long) wanted);
        free -= some;
        return some;
    }

    /** What was taken already, and turned out to be more or less. */
    public synchronized void correct(long from, long to) {
        give(from - to);
    }

    public synchronized void give(long bytes) {
        free += bytes;
        if (bytes > 0) {
            notifyAll();
        }
    }

    /** What is taken now. */
    public synchronized long used() {
        return bytesMax - free;
    }
}
