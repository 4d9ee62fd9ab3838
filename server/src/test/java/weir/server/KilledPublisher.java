package weir.server;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/**
 * Publishes to one queue, life after life of a server that is killed (SIGKILL) in the middle of it, and remembers what was
 * confirmed. Its monitor guards that, and what its test remembers beside it.
 */
final class KilledPublisher {
    static final int KILLS = Integer.getInteger("kills", 3);
    /** Confirmed in each life before it ends, and whatever else is counted. */
    static final int ENOUGH = 2_000;

    private static final int UNCONFIRMED_MAX = 500;

    private final String queue;
    private final Set<String> confirmed = new TreeSet<>();

    KilledPublisher(String queue) {
        this.queue = queue;
    }

    /** When it has ended. */
    Set<String> confirmed() {
        return confirmed;
    }

    static Connection connect(NodeProcess node) throws Exception {
        return TestServer.rabbit(node.amqpPort()).newConnection();
    }

    /** Something was heard, which may be what is waited for. */
    synchronized void note(Runnable what) {
        what.run();
        notifyAll();
    }

    /**
     * Returns when the server is no more.
     *
     * @param also what has to be, beside that enough is confirmed
     */
    void publishUntilKilled(
            NodeProcess node, Connection connection, int life, Map<String, Object> arguments, BooleanSupplier also)
            throws Exception {
        Channel channel = connection.createChannel();
        channel.queueDeclare(queue, true, false, false, arguments);
        channel.confirmSelect();
        ConcurrentNavigableMap<Long, String> unconfirmed = new ConcurrentSkipListMap<>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    var done = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
                    note(() -> {
                        confirmed.addAll(done.values());
                        done.clear();
                    });
                },
                (tag, multiple) -> {});
        Thread killer = Thread.ofVirtual().start(() -> killWhenEnough(node, also));
        try {
            for (int number = 0; connection.isOpen(); number++) {
                synchronized (this) {
                    while (unconfirmed.size() >= UNCONFIRMED_MAX && connection.isOpen()) {
                        wait(100);
                    }
                }
                String body = life + "-" + number;
                unconfirmed.put(channel.getNextPublishSeqNo(), body);
                channel.basicPublish(
                        "", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | AlreadyClosedException _) { // Killed, as it should be.
        }
        killer.join();
        connection.abort();
    }

    private synchronized void killWhenEnough(NodeProcess node, BooleanSupplier also) {
        try {
            int before = confirmed.size();
            while (confirmed.size() < before + ENOUGH || !also.getAsBoolean()) {
                wait();
            }
            node.kill();
        } catch (InterruptedException _) { // The test has failed.
            Thread.currentThread().interrupt();
        }
    }
}
