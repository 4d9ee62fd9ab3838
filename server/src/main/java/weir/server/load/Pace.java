package weir.server.load;

/** When one producer is to send. For one thread. */
final class Pace {
    private final long intervalNanos;
    private long due;

    private Pace(long intervalNanos, long first) {
        this.intervalNanos = intervalNanos;
        this.due = first;
    }

    /** The producers' shares of the rate, evenly shifted against each other. */
    static Pace of(Load load, int producer) {
        long now = System.nanoTime();
        if (load.ratePerSecond() == 0) {
            return new Pace(0, now);
        }
        long between = 1_000_000_000L / load.ratePerSecond();
        return new Pace(between * load.producers(), now + between * producer);
    }

    /** When the next request is due, by {@link System#nanoTime}: at once if there is no pace to keep. */
    long due() {
        return due;
    }

    /** A request was begun at {@code now}. Returns the time from which its latency counts. */
    long begun(long now) {
        long since = intervalNanos == 0 ? now : due;
        due += intervalNanos;
        return since;
    }
}
