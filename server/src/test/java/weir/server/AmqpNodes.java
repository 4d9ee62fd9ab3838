package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.AddressResolver;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Three nodes, which are processes of their own, and RabbitMQ's clients at each of them. */
final class AmqpNodes implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    static final int NODES = 3;
    private static final int SHARDS = 2;
    private static final int CONFIRMED_SECONDS_MAX = 60;

    private final List<Integer> clusterPorts = new ArrayList<>();
    private final List<Integer> amqpPorts = new ArrayList<>();
    private final Map<Integer, NodeProcess> processes = new ConcurrentHashMap<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();

    private @Nullable Path data;
    private String name = "";

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        data = Files.createTempDirectory("weir-amqp-nodes");
        List<Integer> ports = NodeProcess.freePorts(2 * NODES);
        clusterPorts.addAll(ports.subList(0, NODES));
        amqpPorts.addAll(ports.subList(NODES, 2 * NODES));
        for (int node = 1; node <= NODES; node++) {
            start(node);
        }
        declareAtOnce();
        awaitWhole();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        disconnectAll();
        processes.values().forEach(NodeProcess::close);
        AmqpAtServer.deleteAll(Objects.requireNonNull(data));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        name = context.getRequiredTestMethod().getName();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        disconnectAll();
    }

    /** The test's own, for a queue or an exchange. */
    String name() {
        return name;
    }

    /**
     * A cluster that was founded a moment ago takes what the newest release may write once all nodes have said that they know it.
     * Who declares a stream before that has to wait, and no more.
     */
    private void declareAtOnce() throws Exception {
        for (int node = 1; node <= NODES; node++) {
            process(node).awaitReady();
        }
        for (int number = 0; number < 2 * SHARDS; number++) {
            Channel channel = channel(1 + number % NODES);
            channel.queueDeclare("first-" + number, true, false, false, Map.of("x-queue-type", "stream"));
            channel.queueDelete("first-" + number);
        }
        disconnectAll();
    }

    /** On the ports that it had before. */
    void start(int node) throws IOException {
        Map<String, String> variables = new TreeMap<>(NodeProcess.clustered(node, clusterPorts));
        variables.put("WEIR_SHARDS", Integer.toString(SHARDS));
        variables.put("WEIR_AMQP_PORT", Integer.toString(amqpPorts.get(node - 1)));
        processes.put(node, NodeProcess.start(Objects.requireNonNull(data).resolve("node-" + node), variables));
    }

    NodeProcess process(int node) {
        NodeProcess process = processes.get(node);
        assertThat(process).as("node %d", node).isNotNull();
        return Objects.requireNonNull(process);
    }

    void kill(int node) {
        process(node).kill();
    }

    void awaitWhole() throws Exception {
        for (int node = 1; node <= NODES; node++) {
            process(node).awaitReady();
        }
        process(1).await("All is well.", "cluster", "status");
    }

    /** Has one node lead all queues. */
    void lead(int node) throws Exception {
        for (int shard = 0; shard < SHARDS; shard++) {
            process(1).weir("cluster", "transfer", Integer.toString(shard), Integer.toString(node));
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!leads(node)) {
            assertThat(System.nanoTime()).as("node %d leads", node).isLessThan(end);
        }
    }

    private boolean leads(int node) throws Exception {
        String status = process(1).weir("cluster", "status");
        return IntStream.range(0, SHARDS).allMatch(shard -> status.lines()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(words -> words.length > 2
                        && words[0].equals(Integer.toString(shard))
                        && words[1].equals(Integer.toString(node))
                        && !words[2].contains(":")));
    }

    /** A client of one node that does not come back by itself. */
    Connection connect(int node) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        return opened(factory, node);
    }

    /** A client that goes to the next of these nodes when it loses one. */
    Connection connectToAnyOf(Integer... nodes) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(true);
        factory.setNetworkRecoveryInterval(500);
        return opened(factory, nodes);
    }

    private Connection opened(ConnectionFactory factory, Integer... nodes) throws Exception {
        List<Address> addresses = new ArrayList<>();
        for (int node : nodes) {
            addresses.add(new Address("127.0.0.1", amqpPorts.get(node - 1)));
        }
        Connection connection = factory.newConnection(new AddressResolver() {
            @Override
            public List<Address> getAddresses() {
                return addresses;
            }

            @Override
            public List<Address> maybeShuffle(List<Address> input) {
                return input; // The first of them is to be lost.
            }
        });
        connections.add(connection);
        return connection;
    }

    Channel channel(int node) throws Exception {
        return connect(node).createChannel();
    }

    /** Ends the clients of a test. */
    void disconnectAll() {
        connections.forEach(Connection::abort);
        connections.clear();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns when it is confirmed, by way of a queue. */
    static void publish(Channel on, String exchange, String key, String body) throws Exception {
        on.confirmSelect();
        on.basicPublish(exchange, key, true, MessageProperties.PERSISTENT_TEXT_PLAIN, bytes(body));
        on.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(CONFIRMED_SECONDS_MAX));
    }
}
