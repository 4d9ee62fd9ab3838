package weir.server.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Puts a load on a server and reports what came of it. */
public final class LoadRun {
    /** A server that fails every time is not being measured. */
    private static final int ERRORS_IN_A_ROW_MAX = 20;

    private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(100);

    /** How long consumers may take to empty the queue after the last send. */
    private static final Duration DRAIN_MAX = Duration.ofMinutes(2);

    /** Told each second how far it is. */
    public interface Progress {
        void at(double seconds, boolean warmingUp, long sent, long deleted, long errors);
    }

    private final Load load;
    private final Measured sends = new Measured();
    private final Measured receives = new Measured();
    private final Measured deletes = new Measured();
    private final LongAdder errors = new LongAdder();
    private final AtomicReference<@Nullable String> fatal = new AtomicReference<>();
    private final AtomicLong left;
    private final CountDownLatch producersDone;
    private final CountDownLatch consumersDone;
    private volatile boolean warmingUp;
    private volatile boolean stopSending;
    private volatile boolean stopReceiving;

    private LoadRun(Load load) {
        this.load = load;
        left = new AtomicLong(load.messages());
        producersDone = new CountDownLatch(load.producers());
        consumersDone = new CountDownLatch(load.consumers());
        warmingUp = !load.warmUp().isZero();
        if (!warmingUp) {
            startCounting();
        }
    }

    private void startCounting() {
        List.of(sends, receives, deletes).forEach(Measured::startCounting);
    }

    /** @throws IOException if the server cannot be reached, or fails again and again */
    public static LoadReport run(Load load, Progress progress) throws IOException, InterruptedException {
        return new LoadRun(load).run(progress);
    }

    private LoadReport run(Progress progress) throws IOException, InterruptedException {
        String queueUrl;
        try (SqsClient client = new SqsClient(load.endpoint())) {
            queueUrl = client.createQueue(load.queue(), load.groups() > 0);
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < load.producers(); i++) {
            int number = i;
            threads.add(Thread.ofPlatform().name("producer-" + i).start(() -> produce(queueUrl, number)));
        }
        for (int i = 0; i < load.consumers(); i++) {
            threads.add(Thread.ofPlatform().name("consumer-" + i).start(() -> consume(queueUrl)));
        }
        long countingSince = watch(progress);
        double seconds = (System.nanoTime() - countingSince) / 1e9;
        stopSending = true;
        stopReceiving = true;
        for (Thread thread : threads) {
            thread.join();
        }
        if (load.deleteQueue()) {
            try (SqsClient client = new SqsClient(load.endpoint())) {
                client.deleteQueue(queueUrl);
            }
        }
        @Nullable String failure = fatal.get();
        if (failure != null) {
            throw new IOException(failure);
        }
        List<LoadReport.Line> lines = new ArrayList<>();
        if (load.producers() > 0) {
            lines.add(LoadReport.Line.of("send", sends));
        }
        if (load.consumers() > 0) {
            lines.add(LoadReport.Line.of("receive", receives));
            lines.add(LoadReport.Line.of("delete", deletes));
        }
        return new LoadReport(seconds, errors.sum(), lines);
    }

    /** Watches over the phases: warm-up, sending, draining. Returns when counting began. */
    private long watch(Progress progress) throws InterruptedException {
        long start = System.nanoTime();
        long warmUpEnd = start + load.warmUp().toNanos();
        while (fatal.get() == null && System.nanoTime() < warmUpEnd) {
            pause(warmUpEnd);
            progress.at((System.nanoTime() - start) / 1e9, true, sends.messages(), deletes.messages(), errors.sum());
        }
        startCounting();
        warmingUp = false;
        long countingSince = System.nanoTime();
        long sendEnd = countingSince + load.duration().toNanos();
        long drainEnd = sendEnd + DRAIN_MAX.toNanos();
        while (fatal.get() == null && System.nanoTime() < drainEnd) {
            long now = System.nanoTime();
            if (now >= sendEnd || producersDone.getCount() == 0) {
                stopSending = true;
            }
            boolean sent = producersDone.getCount() == 0;
            if (load.producers() > 0 && sent && load.consumers() == 0) {
                break;
            }
            if (load.producers() == 0 && (now >= sendEnd || deletes.messages() >= load.messages())) {
                break;
            }
            // Consumers end by themselves when the producers have, and the queue is found empty.
            if (load.consumers() > 0 && consumersDone.getCount() == 0) {
                break;
            }
            pause(stopSending ? drainEnd : sendEnd);
            progress.at(
                    (System.nanoTime() - countingSince) / 1e9,
                    false,
                    sends.messages(),
                    deletes.messages(),
                    errors.sum());
        }
        return countingSince;
    }

    /** Until something is over, but no longer than a second, and not beyond {@code end}. */
    private void pause(long end) throws InterruptedException {
        long nanos = Math.clamp(end - System.nanoTime(), 1, 1_000_000_000L);
        CountDownLatch next = producersDone.getCount() > 0 ? producersDone : consumersDone;
        if (next.await(nanos, TimeUnit.NANOSECONDS)) {
            // Nothing of that kind is left to wait for; do not spin.
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, 10_000_000L));
        }
    }

    private void produce(String queueUrl, int number) {
        SendBodies bodies = SendBodies.of(load, queueUrl, number);
        Pace pace = Pace.of(load, number);
        try (SqsClient client = new SqsClient(load.endpoint())) {
            int errorsInARow = 0;
            while (!stopSending && fatal.get() == null) {
                boolean counted = !warmingUp; // A request belongs to the phase that it began in.
                if (counted && left.getAndAdd(-load.batch()) <= 0) {
                    return;
                }
                long start = pace.next();
                try {
                    client.send(bodies.next(), load.batch());
                    if (counted) {
                        sends.record(start, load.batch());
                    }
                    errorsInARow = 0;
                } catch (IOException e) {
                    left.addAndGet(counted ? load.batch() : 0);
                    failed(e, ++errorsInARow);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The run is over.
        } finally {
            producersDone.countDown();
        }
    }

    private void consume(String queueUrl) {
        byte[] body = SqsClient.receiveBody(queueUrl);
        try (SqsClient client = new SqsClient(load.endpoint())) {
            int errorsInARow = 0;
            while (!stopReceiving && fatal.get() == null) {
                boolean lastLook = load.producers() > 0 && producersDone.getCount() == 0;
                try {
                    long start = System.nanoTime();
                    List<String> handles = client.receive(body);
                    if (!handles.isEmpty()) {
                        receives.record(start, handles.size());
                        start = System.nanoTime();
                        client.delete(queueUrl, handles);
                        deletes.record(start, handles.size());
                    } else if (lastLook) {
                        return;
                    }
                    errorsInARow = 0;
                } catch (IOException e) {
                    failed(e, ++errorsInARow);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The run is over.
        } finally {
            consumersDone.countDown();
        }
    }

    private void failed(IOException e, int errorsInARow) throws InterruptedException {
        errors.increment();
        if (errorsInARow >= ERRORS_IN_A_ROW_MAX) {
            fatal.compareAndSet(null, errorsInARow + " requests in a row failed, the last with: " + e);
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_ERROR.toMillis());
    }
}
