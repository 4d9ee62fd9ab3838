package weir.chaos.workload;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Receives and acknowledges, most of the time. Some messages it forgets, releases, holds longer with or without saying so,
 * or acknowledges too late; and some no consumer can handle.
 */
final class Consumer implements Runnable {
    private final Session session;
    private final SplittableRandom random;
    private final Supplier<Phase> phase;
    private final LongConsumer receivedAt;
    private final Deque<Later> later = new ArrayDeque<>();

    /** To be acknowledged at that moment of the monotonic clock. */
    private record Later(long dueNanos, Session.Held held) {}

    /** @param receivedAt is told the monotonic clock's nanoseconds whenever messages have come */
    Consumer(Session session, SplittableRandom random, Supplier<Phase> phase, LongConsumer receivedAt) {
        this.session = session;
        this.random = random;
        this.phase = phase;
        this.receivedAt = receivedAt;
    }

    @Override
    public void run() {
        try (session) {
            while (phase.get() != Phase.END) {
                Duration wait = random.nextBoolean() ? WorkloadLimits.LONG_POLL : Duration.ZERO;
                List<Session.Held> received = session.receive(wait);
                if (!received.isEmpty()) {
                    receivedAt.accept(System.nanoTime());
                }
                for (Session.Held held : received) {
                    if (phase.get() == Phase.LOAD) {
                        treat(held);
                    } else {
                        session.acknowledge(held);
                    }
                }
                comeBack();
                if (received.isEmpty() && wait.isZero()) {
                    Thread.sleep(WorkloadLimits.BETWEEN_TRIES);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The run is being ended.
        }
    }

    private void treat(Session.Held held) throws InterruptedException {
        int dice = random.nextInt(100);
        boolean deadLetter = session.queue().deadLetters().isEmpty();
        if (held.body().isPoison() && !deadLetter) {
            session.extend(held, Duration.ZERO);
        } else if (dice < 3) {
            return; // Forgotten.
        } else if (dice < 6) {
            session.extend(held, Duration.ZERO);
        } else if (dice < 9) {
            session.extend(held, WorkloadLimits.VISIBILITY.plusSeconds(3));
            after(held, WorkloadLimits.VISIBILITY.plusSeconds(1));
        } else if (dice < 11) {
            after(held, WorkloadLimits.VISIBILITY.dividedBy(2));
        } else if (dice < 13) {
            after(held, WorkloadLimits.VISIBILITY.plusMillis(random.nextLong(3_000)));
        } else {
            session.acknowledge(held);
        }
    }

    private void after(Session.Held held, Duration duration) throws InterruptedException {
        if (later.size() >= WorkloadLimits.HELD_MAX) {
            session.acknowledge(held);
        } else {
            later.add(new Later(System.nanoTime() + duration.toNanos(), held));
        }
    }

    private void comeBack() throws InterruptedException {
        for (int left = later.size(); left > 0; left--) {
            Later next = later.remove();
            if (next.dueNanos() - System.nanoTime() <= 0) {
                session.acknowledge(next.held());
            } else {
                later.add(next);
            }
        }
    }
}
