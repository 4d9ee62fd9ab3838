package weir.sqs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until it is set on. */
final class ManualClock implements InstantSource {
    private volatile Instant now = Instant.ofEpochSecond(1_800_000_000);

    @Override
    public Instant instant() {
        return now;
    }

    synchronized void advance(Duration by) {
        now = now.plus(by);
    }
}
