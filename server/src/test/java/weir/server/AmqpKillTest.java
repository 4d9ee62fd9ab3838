package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server is killed (SIGKILL) in the middle of confirmed publishing: nothing that was confirmed is lost. */
class AmqpKillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);
    /** Confirmed in each life before it ends. */
    private static final int CONFIRMED_MIN = 2_000;

    private static final int UNCONFIRMED_MAX = 500;
    private static final String QUEUE = "killed";

    @TempDir
    private Path data;

    private final Set<String> confirmed = new TreeSet<>();

    @Test
    void whatWasConfirmedSurvivesEveryKill() throws Exception {
        for (int life = 0; life < KILLS; life++) {
            try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady()) {
                publishUntilKilled(node, life);
            }
        }
        try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady();
                Connection connection = factory(node).newConnection()) {
            Channel channel = connection.createChannel();
            Set<String> got = new TreeSet<>();
            for (GetResponse next = channel.basicGet(QUEUE, true); next != null; next = channel.basicGet(QUEUE, true)) {
                got.add(new String(next.getBody(), StandardCharsets.UTF_8));
            }
            assertThat(got).containsAll(confirmed);
        }
        System.out.println("AmqpKillTest: " + confirmed.size() + " confirmed in " + KILLS + " lives");
    }

    private static ConnectionFactory factory(NodeProcess node) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(node.amqpPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    private void publishUntilKilled(NodeProcess node, int life) throws Exception {
        Connection connection = factory(node).newConnection();
        Channel channel = connection.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, null);
        channel.confirmSelect();
        ConcurrentNavigableMap<Long, String> unconfirmed = new ConcurrentSkipListMap<>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    var done = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
                    synchronized (confirmed) {
                        confirmed.addAll(done.values());
                        done.clear();
                        confirmed.notifyAll();
                    }
                },
                (tag, multiple) -> {});
        int before;
        synchronized (confirmed) {
            before = confirmed.size();
        }
        Thread killer = Thread.ofVirtual().start(() -> {
            try {
                synchronized (confirmed) {
                    while (confirmed.size() < before + CONFIRMED_MIN) {
                        confirmed.wait();
                    }
                }
                node.kill();
            } catch (InterruptedException _) { // The test has failed.
                Thread.currentThread().interrupt();
            }
        });
        try {
            for (int number = 0; connection.isOpen(); number++) {
                String body = life + "-" + number;
                synchronized (confirmed) {
                    while (unconfirmed.size() >= UNCONFIRMED_MAX && connection.isOpen()) {
                        confirmed.wait(100);
                    }
                }
                unconfirmed.put(channel.getNextPublishSeqNo(), body);
                channel.basicPublish(
                        "", QUEUE, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | com.rabbitmq.client.AlreadyClosedException _) { // Killed, as it should be.
        }
        killer.join();
        connection.abort();
    }
}
