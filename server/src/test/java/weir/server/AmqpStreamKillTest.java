package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server is killed (SIGKILL) while a stream is published to and read: nothing that was confirmed is lost, and every
 * offset shows for ever what a reader has seen there.
 */
class AmqpStreamKillTest {
    private static final int SECONDS_MAX = 60;
    private static final String STREAM = "killed";

    @TempDir
    private Path data;

    private final KilledPublisher publisher = new KilledPublisher(STREAM);
    /** What was seen at which offset. Guarded by the publisher. */
    private final NavigableMap<Long, String> seen = new TreeMap<>();

    @Test
    void whatWasConfirmedStaysWhereItWasSeen() throws Exception {
        for (int life = 0; life < KilledPublisher.KILLS; life++) {
            try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady()) {
                publishAndReadUntilKilled(node, life);
            }
        }
        try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady();
                Connection connection = KilledPublisher.connect(node)) {
            Channel channel = connection.createChannel();
            long count = channel.queueDeclarePassive(STREAM).getMessageCount();
            BlockingQueue<Delivery> deliveries = read(channel, "first");
            Set<String> got = new TreeSet<>();
            for (long offset = 0; offset < count; offset++) {
                Delivery delivery = Objects.requireNonNull(deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS));
                channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                assertThat(offsetOf(delivery)).isEqualTo(offset);
                String body = bodyOf(delivery);
                assertThat(seen.getOrDefault(offset, body))
                        .as("offset " + offset)
                        .isEqualTo(body);
                got.add(body);
            }
            assertThat(got).containsAll(publisher.confirmed());
            assertThat(seen.lastKey()).isLessThan(count);
        }
        System.out.println("AmqpStreamKillTest: " + publisher.confirmed().size() + " confirmed and " + seen.size()
                + " seen in " + KilledPublisher.KILLS + " lives");
    }

    private static long offsetOf(Delivery delivery) {
        return (Long)
                Objects.requireNonNull(delivery.getProperties().getHeaders().get("x-stream-offset"));
    }

    private static String bodyOf(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    private static BlockingQueue<Delivery> read(Channel channel, Object offset) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicQos(200);
        channel.basicConsume(
                STREAM, false, Map.of("x-stream-offset", offset), (_, delivery) -> deliveries.add(delivery), _ -> {});
        return deliveries;
    }

    /** Goes on where the reader of the last life was. */
    private void readOn(Connection connection) throws IOException {
        long next;
        synchronized (publisher) {
            next = seen.isEmpty() ? 0 : seen.lastKey() + 1;
        }
        Channel channel = connection.createChannel();
        channel.basicQos(200);
        channel.basicConsume(
                STREAM,
                false,
                Map.of("x-stream-offset", next),
                (_, delivery) -> {
                    publisher.note(() -> seen.put(offsetOf(delivery), bodyOf(delivery)));
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
    }

    private void publishAndReadUntilKilled(NodeProcess node, int life) throws Exception {
        Connection connection = KilledPublisher.connect(node);
        Map<String, Object> stream = Map.of("x-queue-type", "stream");
        connection.createChannel().queueDeclare(STREAM, true, false, false, stream);
        int before = seen.size();
        readOn(connection);
        publisher.publishUntilKilled(
                node, connection, life, stream, () -> seen.size() >= before + KilledPublisher.ENOUGH);
    }
}
