package weir.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Callers that do the same piece of work over and over, each on a virtual thread: as fast as they can, or at a pace that
 * does not ask whether the last piece was quick. At a pace, latency counts from when the piece was due.
 */
final class Load {
    /** A pace that is not kept by more than this is given up: what follows would only measure the queue in front. */
    private static final long LATE_NANOS_MAX = Duration.ofSeconds(20).toNanos();

    private final int workers;
    private final double piecesPerSecond;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(3);
    /** 0 warming up, 1 measuring, 2 ending. */
    private final AtomicLong phase = new AtomicLong();

    interface Piece {
        void run(int worker, long round) throws Exception;
    }

    /**
     * @param pieces measured
     * @param failures of pieces, also while warming up
     */
    record Measured(long pieces, long failures, double seconds, Histogram micros) {}

    /** @param piecesPerSecond of all workers; 0 for as fast as they can */
    Load(int workers, double piecesPerSecond) {
        this.workers = workers;
        this.piecesPerSecond = piecesPerSecond;
    }

    Measured run(Piece piece, Duration warmUp, Duration window) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(workers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < workers; i++) {
                int worker = i;
                threads.execute(() -> {
                    work(worker, piece);
                    ended.countDown();
                });
            }
            Thread.sleep(warmUp);
            phase.set(1);
            long begun = System.nanoTime();
            Thread.sleep(window);
            double seconds = (System.nanoTime() - begun) / 1e9;
            long pieces = done.sum();
            phase.set(2);
            ended.await();
            return new Measured(pieces, failed.sum(), seconds, micros.copy());
        }
    }

    private void work(int worker, Piece piece) {
        double apart = piecesPerSecond == 0 ? 0 : workers * 1e9 / piecesPerSecond;
        long first = System.nanoTime() + (long) (apart * worker / workers);
        for (long round = 0; phase.get() < 2; round++) {
            long due = apart == 0 ? System.nanoTime() : first + (long) (round * apart);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            if (System.nanoTime() - due > LATE_NANOS_MAX) {
                System.err.println("worker " + worker + " cannot keep its pace");
                failed.increment();
                return;
            }
            try {
                piece.run(worker, round);
                if (phase.get() == 1) {
                    done.increment();
                    micros.recordValue((System.nanoTime() - due) / 1_000);
                }
            } catch (Exception e) {
                failed.increment();
                System.err.println("worker " + worker + ": " + e);
            }
        }
    }
}
