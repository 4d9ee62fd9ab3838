package weir.server.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** Counts and times one kind of request. Written by the loop, read by the thread that reports. */
final class Measured {
    /** The longest latency that can be told from a longer one; the client's read time-out is below. */
    private static final long MICROS_MAX = 60_000_000;

    private static final int DIGITS = 3;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(MICROS_MAX, DIGITS);
    private final LongAdder messages = new LongAdder();
    private volatile boolean counting;
    private volatile long countingSinceNanos;
    private final AtomicLong lastNanos = new AtomicLong();

    void startCounting() {
        countingSinceNanos = System.nanoTime();
        lastNanos.set(countingSinceNanos);
        counting = true;
    }

    void record(long startNanos, long now, int messageCount) {
        if (counting) {
            recorder.recordValue(Math.min(MICROS_MAX, (now - startNanos) / 1_000));
            lastNanos.set(now);
            messages.add(messageCount);
        }
    }

    long messages() {
        return messages.sum();
    }

    /** From the start of counting to the last request: waiting for what never came is not part of a rate. */
    double seconds() {
        return Math.max(1, lastNanos.get() - countingSinceNanos) / 1e9;
    }

    /** All latencies in microseconds. Called once, at the end. */
    Histogram micros() {
        Histogram all = new ConcurrentHistogram(MICROS_MAX, DIGITS);
        recorder.getIntervalHistogramInto(all);
        return all;
    }
}
