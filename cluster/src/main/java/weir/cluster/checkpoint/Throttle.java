package weir.cluster.checkpoint;

import java.time.Duration;
import java.util.function.LongSupplier;
import weir.cluster.ClusterLimits;
import weir.storage.Pace;

/**
 * The rate of all reading on a node that clients are not to notice: checkpoints for other replicas, and looking for damage.
 * It gives way: what clients write takes several times as much from it, down to a rate that always remains, so that even
 * under full load a replica gets nearer to its leader. For any number of threads, which take turns.
 */
public final class Throttle implements Pace {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier clientBytes;
    private final long bytesPerSecondMin;
    private final long bytesPerSecondMax;
    private long measuredNanos;
    private long measuredBytes;
    private long clientBytesPerSecond;
    private long freeNanos;

    /** @param clientBytes counts what clients had this node write, in bytes; never falls */
    public Throttle(LongSupplier clientBytes, long bytesPerSecondMin, long bytesPerSecondMax) {
        this(clientBytes, bytesPerSecondMin, bytesPerSecondMax, System.nanoTime());
    }

    Throttle(LongSupplier clientBytes, long bytesPerSecondMin, long bytesPerSecondMax, long nowNanos) {
        this.clientBytes = clientBytes;
        this.bytesPerSecondMin = bytesPerSecondMin;
        this.bytesPerSecondMax = bytesPerSecondMax;
        measuredNanos = nowNanos;
        measuredBytes = clientBytes.getAsLong();
        freeNanos = nowNanos;
    }

    @Override
    public void take(int bytes) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(reserve(bytes, System.nanoTime())));
    }

    /** How long to wait from now until so many bytes may be read. */
    synchronized long reserve(int bytes, long nowNanos) {
        measure(nowNanos);
        long rate = Math.clamp(
                bytesPerSecondMax - ClusterLimits.BACKGROUND_GIVES_WAY * clientBytesPerSecond,
                bytesPerSecondMin,
                bytesPerSecondMax);
        long begin = Math.max(freeNanos, nowNanos); // What was not taken is not saved up.
        freeNanos = begin + bytes * NANOS_PER_SECOND / rate; // An int times that fits.
        return begin - nowNanos;
    }

    private void measure(long nowNanos) {
        long elapsed = nowNanos - measuredNanos;
        if (elapsed < ClusterLimits.LOAD_MEASURED_OVER.toNanos()) {
            return;
        }
        long bytes = clientBytes.getAsLong();
        clientBytesPerSecond = (bytes - measuredBytes) * 1000 / Math.max(1, elapsed / (NANOS_PER_SECOND / 1000));
        measuredBytes = bytes;
        measuredNanos = nowNanos;
    }
}
