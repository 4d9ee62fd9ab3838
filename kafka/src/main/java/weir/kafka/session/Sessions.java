package weir.kafka.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import weir.kafka.KafkaSettings;
import weir.kafka.wire.Room;
import weir.net.tcp.TcpListener;

/** The listener and its connections, until it is closed. */
public final class Sessions implements AutoCloseable {
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Dispatch dispatch;
    private final Room requests;
    private final Room answers;
    private final TcpListener listener;
    private final Thread watch;

    private Sessions(KafkaSettings settings, Dispatch dispatch) throws IOException {
        this.dispatch = dispatch;
        long heap = Runtime.getRuntime().maxMemory();
        requests = new Room(heap / SessionLimits.REQUESTS_PART_OF_HEAP);
        answers = new Room(heap / SessionLimits.ANSWERS_PART_OF_HEAP);
        listener = TcpListener.open(
                "kafka",
                new InetSocketAddress(settings.host(), settings.port()),
                settings.connectionsMax(),
                this::serve);
        watch = Thread.ofVirtual().name("kafka-watch").start(this::watch);
    }

    /** @throws IOException if the port cannot be had */
    public static Sessions start(KafkaSettings settings, Dispatch dispatch) throws IOException {
        return new Sessions(settings, dispatch);
    }

    public int port() {
        return listener.port();
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        Connection connection = new Connection(socket, dispatch, requests, answers);
        connections.add(connection);
        try {
            connection.serve();
        } finally {
            connections.remove(connection);
        }
    }

    /** Ends those whose client does not take what it asked for. */
    private void watch() {
        try {
            while (true) {
                Thread.sleep(SessionLimits.LOOK);
                long now = System.nanoTime();
                for (Connection each : connections) {
                    if (each.stalledNanos(now) > SessionLimits.STALLED.toNanos()) {
                        each.letGo();
                    }
                }
            }
        } catch (InterruptedException _) { // The server is stopping.
        }
    }

    /** What requests and answers take of memory now. */
    public long heldBytes() {
        return requests.used() + answers.used();
    }

    @Override
    public void close() {
        watch.interrupt();
        listener.close();
    }
}
