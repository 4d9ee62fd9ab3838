package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.Answers;
import weir.amqp.topology.VirtualHost;
import weir.core.access.User;
import weir.core.broker.CatalogWatch;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.net.tcp.TcpListener;

/** All connections of this node's AMQP front, from accepting to the end. */
public final class Sessions implements CatalogWatch, AutoCloseable {
    private final Front front;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong last = new AtomicLong();
    private final int port;
    /** Null while nobody is let in. Guarded by this. */
    private @Nullable TcpListener listener;

    private final Watch watch;

    private Sessions(Front front) throws IOException {
        this.front = front;
        this.watch = new Watch(connections);
        TcpListener first = listen(front.settings().port());
        this.listener = first;
        this.port = first.port();
    }

    private TcpListener listen(int on) throws IOException {
        return TcpListener.open(
                "amqp",
                new InetSocketAddress(front.settings().host(), on),
                front.settings().connectionsMax(),
                this::serve);
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
        };
    }

    /** @throws IOException if the port cannot be had */
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
        if (reply instanceof CatalogReply.Undefined(Definition gone)
                && (gone.kind().equals(VirtualHost.KIND) || gone.kind().equals(User.KIND))) {
            connections.forEach(Connection::endIfOrphaned);
        }
    }

    // ---- Connections

    private void serve(Socket socket) throws IOException, InterruptedException {
        Connection connection = new Connection(front, socket, last.incrementAndGet());
        connections.add(connection);
        try {
            connection.serve();
        } finally {
            connections.remove(connection);
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

    /** Tells a client why its connection is to end, and ends it. */
    public void close(long id, String reason) {
        connections.stream().filter(each -> each.id() == id).forEach(each -> each.forceClose(reason));
    }

    public int port() {
        return port;
    }

    public synchronized boolean isListening() {
        return listener != null;
    }

    /** Tells all clients, ends their connections, and lets nobody in until {@link #listenAgain}. */
    public synchronized void stopListening() {
        TcpListener now = listener;
        if (now != null) {
            connections.forEach(Connection::shutDown);
            now.close();
            listener = null;
        }
    }

    /** @throws IOException if somebody else has the port by now */
    public synchronized void listenAgain() throws IOException {
        if (listener == null) {
            listener = listen(port);
        }
    }

    /** Tells all clients, and ends their connections. */
    @Override
    public void close() {
        stopListening();
        watch.close();
    }
}
