package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.Answers;
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
