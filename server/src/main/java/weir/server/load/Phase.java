package weir.server.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How far the run is. Shared by the thread that watches over it and the loop. */
final class Phase {
    final LongAdder errors = new LongAdder();
    private final AtomicLong left;
    /** Without producers an empty queue does not mean the end. */
    private final boolean anyProducers;

    private final CountDownLatch producersDone = new CountDownLatch(1);
    private final CountDownLatch consumersDone = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile boolean counting;
    private volatile boolean stopSending;
    private volatile boolean stopReceiving;

    Phase(Load load) {
        this.left = new AtomicLong(load.messages());
        this.counting = load.warmUp().isZero();
        this.anyProducers = load.producers() > 0;
    }

    boolean isCounting() {
        return counting;
    }

    void count() {
        counting = true;
    }

    /** False if enough has been sent. */
    boolean take(int messages) {
        return left.getAndAdd(-messages) > 0;
    }

    void giveBack(int messages) {
        left.addAndGet(messages);
    }

    boolean stopSending() {
        return stopSending;
    }

    void endSending() {
        stopSending = true;
    }

    boolean stopReceiving() {
        return stopReceiving;
    }

    void end() {
        stopSending = true;
        stopReceiving = true;
    }

    /** Whether nothing more will be sent, so that a queue found empty remains so. */
    boolean allSent() {
        return anyProducers && producersDone.getCount() == 0;
    }

    void endProducers() {
        producersDone.countDown();
    }

    void endConsumers() {
        consumersDone.countDown();
    }

    CountDownLatch producersDone() {
        return producersDone;
    }

    CountDownLatch consumersDone() {
        return consumersDone;
    }

    void fail(String why) {
        failure.compareAndSet(null, why);
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    @Nullable
    String failure() {
        return failure.get();
    }
}
