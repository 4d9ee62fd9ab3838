package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of a cluster, read at nodes that do not lead them, through the loss of a node. */
class AmqpStreamClusterTest {
    private static final int NODES = 3;
    /** So that each node leads some. */
    private static final int STREAMS = 4;

    private static final int SECONDS_MAX = 90;

    @TempDir
    private Path data;

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    @AfterEach
    void end() {
        connections.forEach(Connection::abort);
        nodes.forEach(NodeProcess::close);
    }

    /** At one node, of one stream. */
    private record Reader(Channel channel, BlockingQueue<Delivery> deliveries) {
        /** The bodies from that offset on, up to and with the last of them. */
        List<String> readFrom(long offset, String last) throws Exception {
            List<String> bodies = new ArrayList<>();
            do {
                Delivery delivery =
                        Objects.requireNonNull(deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS), "a delivery");
                channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                assertThat(delivery.getProperties().getHeaders())
                        .containsEntry("x-stream-offset", offset + bodies.size());
                bodies.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
            } while (!bodies.getLast().equals(last));
            return bodies;
        }
    }

    private Connection connect(int node) throws Exception {
        connections.add(TestServer.rabbit(nodes.get(node).amqpPort()).newConnection());
        return connections.getLast();
    }

    private static Reader reader(Connection connection, String stream) throws Exception {
        Channel channel = connection.createChannel();
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicQos(10);
        channel.basicConsume(
                stream, false, Map.of("x-stream-offset", "first"), (_, delivery) -> deliveries.add(delivery), _ -> {});
        return new Reader(channel, deliveries);
    }

    /** Each is confirmed when this returns; what was not confirmed was published again, and may be there twice. */
    private static void publish(Channel channel, String stream, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            do {
                channel.basicPublish(
                        "", stream, MessageProperties.PERSISTENT_BASIC, ("m" + i).getBytes(StandardCharsets.UTF_8));
            } while (!channel.waitForConfirms(TimeUnit.SECONDS.toMillis(SECONDS_MAX)));
        }
    }

    @Test
    void everyNodeShowsEveryStreamAndGoesOnWithoutOneOfThem() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(NODES);
        for (int number = 1; number <= NODES; number++) {
            nodes.add(NodeProcess.start(data.resolve("node-" + number), NodeProcess.clustered(number, ports, NODES)));
        }
        for (NodeProcess node : nodes) {
            node.awaitReady();
        }
        Channel declaring = connect(0).createChannel();
        List<String> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add("stream-" + i);
            declaring.queueDeclare(streams.getLast(), true, false, false, Map.of("x-queue-type", "stream"));
        }
        Map<String, List<Reader>> readers = new TreeMap<>();
        Connection second = connect(1);
        Connection third = connect(2);
        for (String stream : streams) {
            readers.put(stream, List.of(reader(second, stream), reader(third, stream)));
        }
        Channel publishing = third.createChannel();
        publishing.confirmSelect();
        for (String stream : streams) {
            publish(publishing, stream, 0, 25);
        }
        for (List<Reader> both : readers.values()) {
            for (Reader reader : both) {
                assertThat(reader.readFrom(0, "m24")).containsExactlyElementsOf(inOrder(0, 25));
            }
        }
        nodes.get(0).kill();
        for (String stream : streams) {
            publish(publishing, stream, 25, 50);
        }
        for (List<Reader> both : readers.values()) {
            List<String> atSecond = both.get(0).readFrom(25, "m49");
            assertThat(new HashSet<>(atSecond)).isEqualTo(new HashSet<>(inOrder(25, 50)));
            assertThat(both.get(1).readFrom(25, "m49")).isEqualTo(atSecond);
        }
    }

    private static List<String> inOrder(int from, int to) {
        List<String> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add("m" + i);
        }
        return all;
    }
}
