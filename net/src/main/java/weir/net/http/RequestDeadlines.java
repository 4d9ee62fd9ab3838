package weir.net.http;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request does not come whole in time, or whose client does not take its answer. Helidon itself
 * closes only connections that are idle, or still in the first line of a request.
 *
 * <p>The clock of a request starts with its first line, stops while the action runs (a receive may wait for long), and
 * starts anew for the answer. A connection is known by its thread, which is its own for life and calls every method here
 * but {@link #run}; one thread of ours looks for those overdue.
 */
public final class RequestDeadlines implements Http1ConnectionListener, Runnable {
    private final Map<Thread, Watched> watched = new ConcurrentHashMap<>();
    private final Duration limit;

    /** @param limit from the first line of a request to its end, and again for its answer to be taken */
    public RequestDeadlines(Duration limit) {
        this.limit = limit;
    }

    /** A request, or its answer, on its way. */
    private static final class Watched {
        private static final long PAUSED = Long.MAX_VALUE;

        private final ConnectionContext connection;
        private volatile long sinceNanos = System.nanoTime();

        private Watched(ConnectionContext connection) {
            this.connection = connection;
        }

        private boolean isOverdue(Duration limit) {
            long since = sinceNanos;
            return since != PAUSED && System.nanoTime() - since > limit.toNanos();
        }
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        watched.put(Thread.currentThread(), new Watched(connection));
    }

    public void requestIsWhole() {
        Watched request = watched.get(Thread.currentThread());
        if (request != null) { // Else it was closed a moment ago, and the answer will fail.
            request.sinceNanos = Watched.PAUSED;
        }
    }

    /** The connection that the calling thread serves; null if it was closed a moment ago. */
    public @Nullable ConnectionContext connection() {
        Watched request = watched.get(Thread.currentThread());
        return request == null ? null : request.connection;
    }

    public void answering() {
        Watched request = watched.get(Thread.currentThread());
        if (request != null) {
            request.sinceNanos = System.nanoTime();
        }
    }

    /** To be called whatever became of the request. */
    public void done() {
        watched.remove(Thread.currentThread());
    }

    /** Looks for connections that are overdue until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                Thread.sleep(HttpLimits.DEADLINE_PERIOD);
                watched.forEach((thread, request) -> {
                    if (request.isOverdue(limit) && watched.remove(thread, request)) {
                        close(request.connection.serverSocket());
                    }
                });
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server stops, and closes what is open itself.
        }
    }

    private static void close(HelidonSocket socket) {
        try {
            socket.close();
        } catch (UncheckedIOException _) { // It is closed already, by its client or by Helidon.
        }
    }
}
