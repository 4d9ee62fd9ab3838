package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.AmqpSettings;
import weir.amqp.AmqpTls;
import weir.net.tcp.TcpListener;
import weir.net.tls.ServerTls;

/** All connections of this node's AMQP front, from accepting to the end. */
public final class Sessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final Front front;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong last = new AtomicLong();
    private final Watch watch = new Watch(connections);
    /** Of the plain port, then of that for TLS if there is one. */
    private final List<TcpListener> listeners = new ArrayList<>(2);

    private Sessions(Front front) {
        this.front = front;
    }

    /** @throws IOException if a port cannot be had, or the certificates cannot be used */
    public static Sessions start(Front front) throws IOException {
        Sessions sessions = new Sessions(front);
        boolean started = false;
        try {
            sessions.listen();
            started = true;
        } finally {
            if (!started) {
                sessions.close();
            }
        }
        return sessions;
    }

    private void listen() throws IOException {
        listen("amqp", front.settings().port(), socket -> serve(Transport.plain(socket)));
        if (front.settings().tls().isPresent()) {
            AmqpTls settings = front.settings().tls().get();
            ServerTls tls = new ServerTls(settings.files(), settings.client());
            listen("amqps", settings.port(), socket -> serve(Transport.over(tls, socket)));
        }
    }

    private void listen(String name, int port, TcpListener.Handler handler) throws IOException {
        AmqpSettings settings = front.settings();
        listeners.add(TcpListener.open(
                name, new InetSocketAddress(settings.host(), port), settings.connectionsMax(), handler));
    }

    private void serve(Transport transport) throws IOException, InterruptedException {
        Connection connection = new Connection(front, transport, last.incrementAndGet());
        connections.add(connection);
        try {
            connection.serve();
        } catch (SSLException e) { // Mostly a certificate that one side does not trust, which somebody will look for.
            LOG.info("A connection from {} ends: {}", transport.client(), e.getMessage());
        } finally {
            connections.remove(connection);
        }
    }

    public int port() {
        return listeners.getFirst().port();
    }

    /** 0 if TLS is not spoken. */
    public int tlsPort() {
        return listeners.size() < 2 ? 0 : listeners.getLast().port();
    }

    /** Tells all clients, and ends their connections. */
    @Override
    public void close() {
        connections.forEach(Connection::shutDown);
        listeners.forEach(TcpListener::close);
        watch.close();
    }
}
