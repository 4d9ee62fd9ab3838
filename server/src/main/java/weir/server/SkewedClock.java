package weir.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The system's clock, wrong by as many milliseconds as a file says, ahead or back: what {@code weir chaos} harms a node
 * with. The file is read again now and then; what cannot be read changes nothing. Safe for any thread.
 */
final class SkewedClock implements InstantSource {
    private static final long REREAD_NANOS = Duration.ofMillis(200).toNanos();

    private final Path file;
    private final AtomicLong readNanos = new AtomicLong(System.nanoTime() - REREAD_NANOS);
    private volatile long skewMillis;

    SkewedClock(Path file) {
        this.file = file;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        long now = System.nanoTime();
        long last = readNanos.get();
        if (now - last >= REREAD_NANOS && readNanos.compareAndSet(last, now)) {
            reread();
        }
        return System.currentTimeMillis() + skewMillis;
    }

    private void reread() {
        try {
            skewMillis = Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException _) { // Being written, say; the next look will do.
        }
    }
}
