package weir.cluster.shard;

import java.util.concurrent.TimeUnit;

/**
 * The time that a leader stamps on its entries: the system's clock, but never back. If that one was set back, leases must
 * end all the same; so while it is behind, time goes on by the monotonic clock. Owned by the shard's writer thread.
 */
final class LeaderClock {
    private long millis;
    private long nanos;

    /** @param atLeastMillis what the machine has seen already */
    LeaderClock(long atLeastMillis, long nanos) {
        this.millis = atLeastMillis;
        this.nanos = nanos;
    }

    long millis() {
        return millis(System.currentTimeMillis(), System.nanoTime());
    }

    long millis(long wallMillis, long nowNanos) {
        long passed = TimeUnit.NANOSECONDS.toMillis(nowNanos - nanos);
        if (wallMillis >= millis) {
            millis = wallMillis;
            nanos = nowNanos;
        } else if (passed > 0) {
            millis += passed;
            nanos += TimeUnit.MILLISECONDS.toNanos(passed);
        }
        return millis;
    }
}
