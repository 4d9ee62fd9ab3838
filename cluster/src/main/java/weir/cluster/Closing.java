package weir.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been opened so far, to be closed in the reverse order: all of it, whatever happens to single parts. Safe for use by many
 * threads; each part is closed once.
 */
final class Closing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    /** How a part is closed. */
    interface Part {
        void close() throws Exception;
    }

    private record Named(String name, Part part) {}

    /** The last one first. Guarded by this. */
    private final Deque<Named> parts = new ArrayDeque<>();

    /** Closed before all that were added before it. */
    synchronized void add(String name, Part part) {
        parts.push(new Named(name, part));
    }

    private synchronized @Nullable Named next() {
        return parts.poll();
    }

    /** @throws IllegalStateException with the first failure as its cause, once all have been closed */
    @Override
    public void close() {
        @Nullable IllegalStateException failure = null;
        for (Named next = next(); next != null; next = next()) {
            try {
                next.part().close();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // Those that are left end the sooner.
            } catch (Exception | Error e) {
                LOG.error("{} could not be closed; the rest is", next.name(), e);
                if (failure == null) {
                    failure = new IllegalStateException(next.name() + " could not be closed: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
