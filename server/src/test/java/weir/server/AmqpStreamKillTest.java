package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
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
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server is killed (SIGKILL) while a stream is published to and read: nothing that was confirmed is lost, and every
 * offset shows for ever what a reader has seen there.
 */
class AmqpStreamKillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);
    /** Confirmed, and read, in each life before it ends. */
    private static final int CONFIRMED_MIN = 2_000;

    private static final int UNCONFIRMED_MAX = 500;
    private static final int SECONDS_MAX = 60;
    private static final String STREAM = "killed";

    @TempDir
    private Path data;

    /** Guards all below. */
    private final Object heard = new Object();

    private final Set<String> confirmed = new TreeSet<>();
    /** What was seen at which offset. */
    private final NavigableMap<Long, String> seen = new TreeMap<>();

    @Test
    void whatWasConfirmedStaysWhereItWasSeen() throws Exception {
        for (int life = 0; life < KILLS; life++) {
            try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady()) {
                publishAndReadUntilKilled(node, life);
            }
        }
        try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady();
                Connection connection = factory(node).newConnection()) {
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
            assertThat(got).containsAll(confirmed);
            assertThat(seen.lastKey()).isLessThan(count);
        }
        System.out.println("AmqpStreamKillTest: " + confirmed.size() + " confirmed and " + seen.size() + " seen in "
                + KILLS + " lives");
    }

    private static ConnectionFactory factory(NodeProcess node) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(node.amqpPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
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
        synchronized (heard) {
            next = seen.isEmpty() ? 0 : seen.lastKey() + 1;
        }
        Channel channel = connection.createChannel();
        channel.basicQos(200);
        channel.basicConsume(
                STREAM,
                false,
                Map.of("x-stream-offset", next),
                (_, delivery) -> {
                    synchronized (heard) {
                        seen.put(offsetOf(delivery), bodyOf(delivery));
                        heard.notifyAll();
                    }
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
    }

    private void publishAndReadUntilKilled(NodeProcess node, int life) throws Exception {
        Connection connection = factory(node).newConnection();
        Channel channel = connection.createChannel();
        channel.queueDeclare(STREAM, true, false, false, Map.of("x-queue-type", "stream"));
        channel.confirmSelect();
        readOn(connection);
        ConcurrentNavigableMap<Long, String> unconfirmed = new ConcurrentSkipListMap<>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    var done = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
                    synchronized (heard) {
                        confirmed.addAll(done.values());
                        done.clear();
                        heard.notifyAll();
                    }
                },
                (tag, multiple) -> {});
        Thread killer = Thread.ofVirtual().start(() -> killWhenEnough(node));
        try {
            for (int number = 0; connection.isOpen(); number++) {
                String body = life + "-" + number;
                synchronized (heard) {
                    while (unconfirmed.size() >= UNCONFIRMED_MAX && connection.isOpen()) {
                        heard.wait(100);
                    }
                }
                unconfirmed.put(channel.getNextPublishSeqNo(), body);
                channel.basicPublish(
                        "", STREAM, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | AlreadyClosedException _) { // Killed, as it should be.
        }
        killer.join();
        connection.abort();
    }

    private void killWhenEnough(NodeProcess node) {
        try {
            synchronized (heard) {
                int confirmedBefore = confirmed.size();
                int seenBefore = seen.size();
                while (confirmed.size() < confirmedBefore + CONFIRMED_MIN || seen.size() < seenBefore + CONFIRMED_MIN) {
                    heard.wait();
                }
            }
            node.kill();
        } catch (InterruptedException _) { // The test has failed.
            Thread.currentThread().interrupt();
        }
    }
}
