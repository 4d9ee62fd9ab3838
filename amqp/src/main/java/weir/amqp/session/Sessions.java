package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import weir.net.tcp.TcpListener;

/** All connections of this node's AMQP front, from accepting to the end. */
public final class Sessions implements AutoCloseable {
    private final Front front;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong last = new AtomicLong();
    private final TcpListener listener;
    private final Watch watch;

    private Sessions(Front front) throws IOException {
        this.front = front;
        this.watch = new Watch(connections);
        var settings = front.settings();
        this.listener = TcpListener.open(
                "amqp",
                new InetSocketAddress(settings.host(), settings.port()),
                settings.connectionsMax(),
                this::serve);
    }

    /** @throws IOException if the port cannot be had */
    public static Sessions start(Front front) throws IOException {
        return new Sessions(front);
    }

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
        return listener.port();
    }

    /** Tells all clients, and ends their connections. */
    @Override
    public void close() {
        connections.forEach(Connection::shutDown);
        listener.close();
        watch.close();
    }
}
