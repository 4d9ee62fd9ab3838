package weir.server.load;

import java.util.concurrent.TimeUnit;

/** When one producer is to send. For one thread. */
final class Pace {
    private final long intervalNanos;
    private long next;

    private Pace(long intervalNanos, long first) {
        this.intervalNanos = intervalNanos;
        this.next = first;
    }

    /** The producers' shares of the rate, evenly shifted against each other. */
    static Pace of(Load load, int producer) {
        if (load.ratePerSecond() == 0) {
            return new Pace(0, 0);
        }
        long between = 1_000_000_000L / load.ratePerSecond();
        return new Pace(between * load.producers(), System.nanoTime() + between * producer);
    }

    /** Waits until the next request is due, and returns when it was, by {@link System#nanoTime}. */
    long next() throws InterruptedException {
        long now = System.nanoTime();
        if (intervalNanos == 0) {
            return now;
        }
        long due = next;
        next = due + intervalNanos;
        if (due > now) {
            TimeUnit.NANOSECONDS.sleep(due - now);
        }
        return due;
    }
}
