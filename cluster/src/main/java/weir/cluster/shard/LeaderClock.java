package weir.cluster.shard;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The time that a leader stamps on its entries: the node's clock, but never back. If that one was set back, leases must
 * end all the same; so while it is behind, time goes on by the monotonic clock. Owned by the shard's writer thread.
 */
final class LeaderClock {
    private final InstantSource clock;
    private long millis;
    private long nanos;

    /** @param atLeastMillis what the machine has seen already */
    LeaderClock(InstantSource clock, long atLeastMillis, long nanos) {
        this.clock = clock;
        this.millis = atLeastMillis;
        this.nanos = nanos;
    }

    long millis() {
        return millis(clock.millis(), System.nanoTime());
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
