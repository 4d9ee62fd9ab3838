package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.AmqpSettings;
import weir.amqp.AmqpTls;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.Answers;
import weir.amqp.nodes.Counted;
import weir.amqp.topology.VirtualHost;
import weir.core.access.User;
import weir.core.broker.CatalogWatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.net.tcp.TcpListener;
import weir.net.tls.ServerTls;

/** All connections of this node's AMQP front, from accepting to the end. */
public final class Sessions implements CatalogWatch, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final Front front;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong last = new AtomicLong();
    private final Watch watch = new Watch(connections);
    /** The plain port, then that for TLS if there is one. */
    private final List<Door> doors;
    /** One for each door, in their order; none while nobody is let in. Guarded by this. */
    private final List<TcpListener> listeners = new ArrayList<>(2);

    /** Where clients come in. */
    private record Door(String name, int port, TcpListener.Handler handler) {
        Door at(int bound) {
            return new Door(name, bound, handler);
        }
    }

    private Sessions(Front front) throws IOException {
        this.front = front;
        List<Door> wanted = new ArrayList<>(2);
        wanted.add(new Door("amqp", front.settings().port(), socket -> serve(Transport.plain(socket))));
        if (front.settings().tls().isPresent()) {
            AmqpTls settings = front.settings().tls().get();
            ServerTls tls = new ServerTls(settings.files(), settings.client());
            wanted.add(new Door("amqps", settings.port(), socket -> serve(Transport.over(tls, socket))));
        }
        boolean open = false;
        try {
            listen(wanted);
            open = true;
        } finally {
            if (!open) {
                close();
            }
        }
        List<Door> bound = new ArrayList<>(2);
        for (int i = 0; i < wanted.size(); i++) {
            bound.add(wanted.get(i).at(listeners.get(i).port()));
        }
        this.doors = List.copyOf(bound); // The same ports when they listen again.
    }

    private synchronized void listen(List<Door> at) throws IOException {
        AmqpSettings settings = front.settings();
        for (Door door : at) {
            listeners.add(TcpListener.open(
                    door.name(),
                    new InetSocketAddress(settings.host(), door.port()),
                    settings.connectionsMax(),
                    door.handler()));
        }
    }

    /** What other nodes may ask of these. */
    public Answers answers() {
        return new Answers() {
            @Override
            public boolean give(String address, StoredMessage reply) {
                return front.replies().deliverHere(address, reply);
            }

            @Override
            public boolean waits(String address) {
                return front.replies().isOpenHere(address);
            }

            @Override
            public boolean lives(String run, String connection) {
                return run.equals(front.run())
                        && (connection.isEmpty() || connections.stream().anyMatch(each -> each.isNamed(connection)));
            }

            @Override
            public int consumers(long queue, boolean caughtUp) throws InterruptedException {
                if (caughtUp) {
                    try {
                        front.broker().catchUp();
                    } catch (OutcomeUnknownException e) {
                        LOG.info("Consumers are counted by what is known here: {}", e.getMessage());
                    }
                }
                return front.consumers().countHere(queue);
            }

            @Override
            public int count(Counted what) {
                return front.census().count(what);
            }
        };
    }

    /** @throws IOException if a port cannot be had, or the certificates cannot be used */
    public static Sessions start(Front front) throws IOException {
        Sessions sessions = new Sessions(front);
        front.broker().watch(sessions); // After the topology, which has to know first what is gone.
        return sessions;
    }

    // ---- On the thread that applies the catalog's log

    @Override
    public void anew() {
        connections.forEach(Connection::endIfOrphaned);
    }

    @Override
    public void changed(CatalogReply reply) {
        if (reply instanceof CatalogReply.Deleted(Queue gone)) {
            front.lines().queueGone(gone.id());
        }
        if (reply instanceof CatalogReply.Undefined(Definition gone)
                && (gone.kind().equals(VirtualHost.KIND) || gone.kind().equals(User.KIND))) {
            connections.forEach(Connection::endIfOrphaned);
        }
    }

    // ---- Connections

    private void serve(Transport transport) throws IOException, InterruptedException {
        Connection connection = new Connection(front, transport, last.incrementAndGet());
        connections.add(connection);
        try {
            connection.serve();
        } catch (SSLException e) { // Mostly a certificate that one side does not trust, which somebody will look for.
            LOG.info("A connection from {} ends: {}", transport.client(), e.getMessage());
        } finally {
            connections.remove(connection);
            synchronized (connections) {
                connections.notifyAll();
            }
        }
    }

    /** Those that are open. */
    public List<ConnectionInfo> connections() {
        List<ConnectionInfo> open = new ArrayList<>();
        for (Connection each : connections) {
            ConnectionInfo info = each.info();
            if (info != null) {
                open.add(info);
            }
        }
        return open;
    }

    /** Finds out how fast everything rises that is counted, since the last time. One thread. */
    public void lookAtRates() {
        long now = System.nanoTime();
        front.traffic().queuesDeleted(front.consumers().deletedHere());
        front.traffic()
                .look(
                        now,
                        front.topology().virtualHosts()::isThere,
                        id -> front.broker().find(id).isPresent(),
                        front.topology().exchanges()::isThere);
        connections.forEach(each -> each.lookAtRates(now));
    }

    /** Tells a client why its connection is to end, and ends it. */
    public void close(long id, String reason) {
        connections.stream().filter(each -> each.id() == id).forEach(each -> each.forceClose(reason));
    }

    public int port() {
        return doors.getFirst().port();
    }

    /** 0 if TLS is not spoken. */
    public int tlsPort() {
        return doors.size() < 2 ? 0 : doors.getLast().port();
    }

    public synchronized boolean isListening() {
        return !listeners.isEmpty();
    }

    /** Tells all clients, ends their connections, and lets nobody in until {@link #listenAgain}. */
    public synchronized void stopListening() {
        listeners.forEach(TcpListener::stopAccepting);
        connections.forEach(Connection::shutDown);
        awaitGoodbyes();
        listeners.forEach(TcpListener::close);
        listeners.clear();
    }

    /** Sockets that are closed at once would take what was just written with them. */
    private void awaitGoodbyes() {
        long end = System.nanoTime() + SessionLimits.GOODBYE.toNanos();
        synchronized (connections) {
            try {
                while (!connections.isEmpty()) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0) {
                        return;
                    }
                    connections.wait(left);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // They are closed without it.
            }
        }
    }

    /** @throws IOException if somebody else has a port by now; then nobody is let in yet */
    public synchronized void listenAgain() throws IOException {
        if (!listeners.isEmpty()) {
            return;
        }
        try {
            listen(doors);
        } catch (IOException e) {
            stopListening();
            throw e;
        }
    }

    /** Tells all clients, and ends their connections. */
    @Override
    public void close() {
        stopListening();
        front.firehose().close();
        watch.close();
    }
}
