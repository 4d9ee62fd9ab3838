package weir.server.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts a load on a server and reports what came of it. */
public final class LoadRun {
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
    private final Phase phase;

    private LoadRun(Load load) {
        this.load = load;
        this.phase = new Phase(load);
        if (phase.isCounting()) {
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
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < load.producers(); i++) {
            workers.add(new Producer(load, queueUrl, i, phase, sends));
        }
        for (int i = 0; i < load.consumers(); i++) {
            workers.add(new Consumer(load, queueUrl, phase, receives, deletes));
        }
        Thread loop = Thread.ofPlatform().name("load").start(new LoadLoop(load, phase, workers));
        long countingSince = watch(progress);
        double seconds = (System.nanoTime() - countingSince) / 1e9;
        phase.end();
        loop.join();
        if (load.deleteQueue()) {
            try (SqsClient client = new SqsClient(load.endpoint())) {
                client.deleteQueue(queueUrl);
            }
        }
        @Nullable String failure = phase.failure();
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
        return new LoadReport(seconds, phase.errors.sum(), lines);
    }

    /** Watches over the phases: warm-up, sending, draining. Returns when counting began. */
    private long watch(Progress progress) throws InterruptedException {
        long start = System.nanoTime();
        long warmUpEnd = start + load.warmUp().toNanos();
        while (!phase.hasFailed() && System.nanoTime() < warmUpEnd) {
            pause(warmUpEnd);
            progress.at(
                    (System.nanoTime() - start) / 1e9, true, sends.messages(), deletes.messages(), phase.errors.sum());
        }
        startCounting();
        phase.count();
        long countingSince = System.nanoTime();
        long sendEnd = countingSince + load.duration().toNanos();
        long drainEnd = sendEnd + DRAIN_MAX.toNanos();
        while (!phase.hasFailed() && System.nanoTime() < drainEnd) {
            long now = System.nanoTime();
            if (now >= sendEnd || phase.producersDone().getCount() == 0) {
                phase.endSending();
            }
            boolean sent = phase.producersDone().getCount() == 0;
            if (load.producers() > 0 && sent && load.consumers() == 0) {
                break;
            }
            if (load.producers() == 0 && (now >= sendEnd || deletes.messages() >= load.messages())) {
                break;
            }
            // Consumers end by themselves when the producers have, and the queue is found empty.
            if (load.consumers() > 0 && phase.consumersDone().getCount() == 0) {
                break;
            }
            pause(phase.stopSending() ? drainEnd : sendEnd);
            progress.at(
                    (System.nanoTime() - countingSince) / 1e9,
                    false,
                    sends.messages(),
                    deletes.messages(),
                    phase.errors.sum());
        }
        return countingSince;
    }

    /** Until something is over, but no longer than a second, and not beyond {@code end}. */
    private void pause(long end) throws InterruptedException {
        long nanos = Math.clamp(end - System.nanoTime(), 1, 1_000_000_000L);
        CountDownLatch next = phase.producersDone().getCount() > 0 ? phase.producersDone() : phase.consumersDone();
        if (next.await(nanos, TimeUnit.NANOSECONDS)) {
            // Nothing of that kind is left to wait for; do not spin.
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, 10_000_000L));
        }
    }
}
