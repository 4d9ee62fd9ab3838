package weir.cluster.shard;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import weir.core.broker.Deadline;

/**
 * Waiting for an answer up to a time, without a timer for each; and the clock by which a {@link Deadline} is kept.
 *
 * <p>A virtual thread that parks for a time has its timer set, and cancelled, by waking the JDK's one timer thread: of a
 * server that answered single sends that was a seventh of all CPU (JDK 25, two cores). Here those who wait are in a set, and
 * one thread of the process looks every {@link #PERIOD} who is overdue, so a wait lasts up to that much longer.
 */
public final class Patience {
    /** So late is a wait that ends without an answer. Of 5 000 long polls a look costs 0.1 ms, 0.2 % of a core. */
    static final Duration PERIOD = Duration.ofMillis(50);

    /** Looks with nobody waiting until the thread rests: a caller that comes again and again need not wake it each time. */
    private static final int IDLE_LOOKS = 100;

    private static final Set<Waiter> WAITERS = ConcurrentHashMap.newKeySet();
    private static volatile boolean resting;
    private static final Thread LOOKER =
            Thread.ofPlatform().name("weir-patience").daemon().start(Patience::look);

    private Patience() {}

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final long endNanos;
        private volatile boolean overdue;

        private Waiter(long endNanos) {
            this.endNanos = endNanos;
        }
    }

    /** When to give up, by {@link System#nanoTime}: so long from now, but no later than the call that this is a part of. */
    public static long endNanos(Duration most) {
        return Deadline.noLaterThanTheCall(System.nanoTime() + most.toNanos());
    }

    /** What is left until then; not negative. */
    public static Duration left(long endNanos) {
        return Duration.ofNanos(nanosLeft(endNanos));
    }

    /** What is left until then; not negative. */
    public static long nanosLeft(long endNanos) {
        return Math.max(0, endNanos - System.nanoTime());
    }

    /** As {@link CompletableFuture#get(long, TimeUnit)}, but for the time it may be late. */
    public static <T> T get(CompletableFuture<T> answer, long nanos)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (answer.isDone() || nanos <= 2 * PERIOD.toNanos()) {
            return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS); // Short ones are to be exact.
        }
        Waiter waiter = new Waiter(System.nanoTime() + nanos);
        var _ = answer.whenComplete((_, _) -> LockSupport.unpark(waiter.thread));
        WAITERS.add(waiter);
        if (resting) {
            LockSupport.unpark(LOOKER);
        }
        try {
            while (!answer.isDone()) {
                if (waiter.overdue) {
                    throw new TimeoutException();
                }
                LockSupport.park(waiter);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            WAITERS.remove(waiter);
        }
        return answer.get();
    }

    private static void look() {
        int idleLooks = 0;
        while (true) {
            LockSupport.parkNanos(PERIOD.toNanos());
            idleLooks = WAITERS.isEmpty() ? idleLooks + 1 : 0;
            if (idleLooks > IDLE_LOOKS) {
                rest();
                idleLooks = 0;
            }
            long now = System.nanoTime();
            for (Waiter waiter : WAITERS) {
                if (waiter.endNanos - now <= 0) {
                    waiter.overdue = true;
                    LockSupport.unpark(waiter.thread);
                }
            }
        }
    }

    /** Until somebody waits. Who does adds itself before looking at {@code resting}, so one of the two sees the other. */
    private static void rest() {
        resting = true;
        while (WAITERS.isEmpty()) {
            LockSupport.park();
        }
        resting = false;
    }
}
