package weir.amqp.session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at all connections again and again, on a thread of its own: what would hang is ended, what is held is kept. */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final Iterable<Connection> connections;
    private final Thread thread;

    Watch(Iterable<Connection> connections) {
        this.connections = connections;
        this.thread = Thread.ofVirtual().name("amqp-watch").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(SessionLimits.LOOK);
                long now = System.nanoTime();
                for (Connection each : connections) {
                    try {
                        each.look(now);
                    } catch (RuntimeException e) { // It must not be the end of all later looks.
                        LOG.error("a bug, met while looking at a connection", e);
                    }
                }
            }
        } catch (InterruptedException _) { // The server is stopping.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
