package weir.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The one clock of a server: another clock, and how far a test has moved this one ahead of it. Safe for any thread. */
final class MovableClock implements InstantSource {
    private final InstantSource base;
    private final AtomicLong aheadMillis = new AtomicLong();

    MovableClock(InstantSource base) {
        this.base = base;
    }

    @Override
    public Instant instant() {
        long ahead = aheadMillis.get();
        return ahead == 0 ? base.instant() : base.instant().plusMillis(ahead);
    }

    @Override
    public long millis() {
        return base.millis() + aheadMillis.get();
    }

    void advance(Duration by) {
        aheadMillis.addAndGet(by.toMillis());
    }

    /** Moves it on to that time, unless it is there already. */
    void notBefore(long millis) {
        aheadMillis.accumulateAndGet(millis - base.millis(), Math::max);
    }
}
