package weir.server.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Counts and times one kind of request. Written by any number of threads, read by the one that reports. */
final class Measured {
    /** The longest latency that can be told from a longer one; the client's read time-out is below. */
    private static final long MICROS_MAX = 60_000_000;

    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(MICROS_MAX, DIGITS);
    private final LongAdder messages = new LongAdder();
    private volatile boolean counting;

    void startCounting() {
        counting = true;
    }

    void record(long startNanos, int messageCount) {
        if (counting) {
            recorder.recordValue(Math.min(MICROS_MAX, (System.nanoTime() - startNanos) / 1_000));
            messages.add(messageCount);
        }
    }

    long messages() {
        return messages.sum();
    }

    /** All latencies in microseconds. Called once, at the end. */
    Histogram micros() {
        Histogram all = new ConcurrentHistogram(MICROS_MAX, DIGITS);
        recorder.getIntervalHistogramInto(all);
        return all;
    }
}
