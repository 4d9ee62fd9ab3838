package weir.chaos.workload;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Sends at an even pace. To an unordered queue each message once, whatever comes of it. To an ordered one in a few groups,
 * each message until it is acknowledged, under the same deduplication id; what cannot be sent ends its group, as nobody
 * knows what order the next would be in.
 */
final class Producer implements Runnable {
    private static final int GROUPS = 4;
    private static final int REPEATED_IN_100 = 3;
    private static final int DELAYED_IN_100 = 5;

    private final Session session;
    private final SplittableRandom random;
    private final Duration pause;
    private final AtomicLong budget;
    private final Supplier<Phase> phase;
    private final String[] groups = new String[GROUPS];
    private long sent;

    /** @param budget the messages that may still be sent, by all producers */
    Producer(Session session, SplittableRandom random, Duration pause, AtomicLong budget, Supplier<Phase> phase) {
        this.session = session;
        this.random = random;
        this.pause = pause;
        this.budget = budget;
        this.phase = phase;
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = newGroup(i);
        }
    }

    private String newGroup(int index) {
        return session.client() + "-g" + index + "-" + sent;
    }

    @Override
    public void run() {
        try (session) {
            while (phase.get() == Phase.LOAD && budget.getAndDecrement() > 0) {
                long next = System.nanoTime() + pause.toNanos();
                Body body = Body.of(session.client() + "-" + sent++);
                if (session.queue().ordered()) {
                    publishInOrder(body);
                } else {
                    boolean delayed = random.nextInt(100) < DELAYED_IN_100;
                    session.publish(
                            body,
                            "",
                            delayed
                                    ? Duration.ofSeconds(1 + random.nextLong(WorkloadLimits.DELAY_MAX.toSeconds()))
                                    : Duration.ZERO);
                }
                Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The run is being ended.
        }
    }

    private void publishInOrder(Body body) throws InterruptedException {
        int index = random.nextInt(GROUPS);
        long end = System.nanoTime() + WorkloadLimits.REPEAT_MAX.toNanos();
        while (!session.publish(body, groups[index], Duration.ZERO)) {
            if (System.nanoTime() > end || phase.get() == Phase.END) {
                groups[index] = newGroup(index);
                return;
            }
        }
        if (random.nextInt(100) < REPEATED_IN_100) {
            session.publish(body, groups[index], Duration.ZERO);
        }
    }
}
