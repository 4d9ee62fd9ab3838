package weir.net.http;

import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.OutcomeUnknownException;

/**
 * The client of one request. A connection whose request is being carried out is read by nobody, so that a client that goes
 * during a long poll would be given messages. Therefore, while it waits, a second thread reads on: the end of the
 * stream interrupts the wait. What else comes is the next request, which it leaves in Helidon's buffer.
 *
 * <p>That read cannot be called back. So when the answer is sent, the connection's thread first waits for the read to end,
 * that is, for the next request, and only then goes on to read it as usual.
 *
 * <p>Used by the connection's thread; what the two share is guarded by the monitor.
 */
public final class HttpCaller implements Caller {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCaller.class);

    private final @Nullable ConnectionContext connection;
    private final Thread own = Thread.currentThread();
    private @Nullable Thread listener;
    private @Nullable Work<?> undo;
    private boolean waiting;
    private boolean gone;

    /** @param connection null if it has been closed */
    public HttpCaller(@Nullable ConnectionContext connection) {
        this.connection = connection;
        this.gone = connection == null;
    }

    /** Whether it is known to have gone; it may be gone for all that is known. */
    public synchronized boolean isGone() {
        return gone;
    }

    /** @throws CloseConnectionException if the caller has gone; Helidon takes it, if nobody catches it */
    @Override
    public <T> T awaiting(Work<T> work) throws OutcomeUnknownException, InterruptedException {
        beginWaiting();
        try {
            return work.run();
        } catch (InterruptedException e) {
            if (isGone()) {
                throw gone(e);
            }
            throw e;
        } finally {
            endWaiting();
        }
    }

    private static CloseConnectionException gone(@Nullable Throwable cause) {
        return new CloseConnectionException("the client went before it was answered", cause);
    }

    private synchronized void beginWaiting() {
        if (connection == null) {
            throw gone(null);
        }
        if (listener == null) {
            listener = Thread.ofVirtual().name("http-listener").start(() -> listen(connection));
        }
        waiting = true;
    }

    private synchronized void endWaiting() {
        waiting = false;
        if (gone) {
            Thread.interrupted(); // It may have come too late to interrupt the wait, and must interrupt nothing else.
        }
    }

    private void listen(ConnectionContext open) {
        try {
            open.dataReader().ensureAvailable();
        } catch (InsufficientDataAvailableException | ServerConnectionException | UncheckedIOException _) {
            end();
        }
    }

    private synchronized void end() {
        gone = true;
        if (waiting) {
            own.interrupt();
        }
    }

    @Override
    public void ifNotAnswered(Work<?> work) {
        undo = work;
    }

    /** Sends the answer, and undoes what it tells of if the client does not take it. */
    public void answer(Runnable send) {
        boolean sent = false;
        try {
            if (isGone()) {
                throw gone(null);
            }
            send.run();
            sent = true;
        } finally {
            if (!sent) {
                undo();
            }
        }
    }

    private void undo() {
        if (undo == null) {
            return;
        }
        try {
            undo.run();
        } catch (OutcomeUnknownException e) { // Then its messages are hidden until their leases end.
            LOG.info("What a client did not take cannot be given back at once: {}", e.getMessage());
        } catch (InterruptedException _) {
            own.interrupt(); // The server is stopping.
        }
    }

    /** To be called when all is done that this request needs. */
    public void awaitNextRequest() {
        Thread reading;
        synchronized (this) {
            reading = listener;
        }
        if (reading == null) {
            return;
        }
        try {
            if (reading.join(HttpLimits.IDLE_TIME_AFTER_WAIT)) {
                return;
            }
        } catch (InterruptedException _) {
            own.interrupt(); // The server is stopping.
        }
        throw new CloseConnectionException("the connection is idle");
    }
}
