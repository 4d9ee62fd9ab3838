package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.AmqpServer;
import weir.amqp.Delegating;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.FieldTable;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.Formats;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** How connections and consumers end that wait for something else. */
@Timeout(60)
class EndingTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    Path data;

    /** Its reader waits for an alarm to end, and so hears of nothing. */
    @Test
    void blockedConnectionThatIsClosedEndsThoughItIsBlockedStill() throws Exception {
        try (RealNode real = new RealNode(data);
                ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Front front = real.front(real.node);
            front.topology().found();
            CompletableFuture<Connection> accepted = new CompletableFuture<>();
            Thread serving = Thread.ofVirtual().start(() -> {
                try {
                    Connection connection = new Connection(front, Transport.plain(listening.accept()), 1);
                    accepted.complete(connection);
                    connection.serve();
                } catch (IOException | InterruptedException _) { // It was cut off.
                }
            });
            ConnectionFactory factory = new ConnectionFactory();
            factory.setHost("127.0.0.1");
            factory.setPort(listening.getLocalPort());
            factory.setAutomaticRecoveryEnabled(false);
            com.rabbitmq.client.Connection client = factory.newConnection();
            Channel channel = client.createChannel();
            CountDownLatch blocked = new CountDownLatch(1);
            client.addBlockedListener(new BlockedListener() {
                @Override
                public void handleBlocked(String reason) {
                    blocked.countDown();
                }

                @Override
                public void handleUnblocked() {}
            });
            front.alarms().set(Alarms.Resource.MEMORY);
            channel.basicPublish("", "nowhere", null, "x".getBytes(StandardCharsets.UTF_8));
            assertThat(blocked.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            Connection connection = accepted.get();
            connection.forceClose("as an operator wants it");
            connection.look(System.nanoTime() + 2 * SessionLimits.CLOSE_ANSWER.toNanos());
            assertThat(serving.join(Duration.ofSeconds(SECONDS_MAX))).isTrue();
            client.abort();
        }
    }

    /** Channels, and the connection before them, say several times that consumers are to end. */
    @Test
    void activeConsumerGivesItsTurnAwayHoweverOftenItIsTold() throws Exception {
        try (RealNode real = new RealNode(data)) {
            CountDownLatch giving = new CountDownLatch(1);
            CountDownLatch mayGive = new CountDownLatch(1);
            CountDownLatch given = new CountDownLatch(1);
            var broker = new Delegating(real.node) {
                @Override
                public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
                    if (!(command instanceof Command.Release)) {
                        return super.submit(command);
                    }
                    giving.countDown();
                    mayGive.await();
                    Reply reply = super.submit(command);
                    given.countDown();
                    return reply;
                }
            };
            Front front = real.front(broker);
            AmqpQueue queue = real.declare(front, "q", "x-single-active-consumer", true);
            real.publish(queue, "a");
            CountDownLatch delivered = new CountDownLatch(1);
            Consumer consumer = new Consumer(
                    new ConsumerTerms("tag", queue, false, false, 0, 1, null, FieldTable.EMPTY),
                    front,
                    new Owner(delivered),
                    new Prefetch(),
                    Thread.ofVirtual());
            consumer.start();
            consumer.told();
            assertThat(delivered.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            consumer.beginStop();
            assertThat(giving.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            consumer.beginStop();
            mayGive.countDown();
            consumer.stop();
            assertThat(given.getCount()).isZero();
        }
    }

    /** Else the next one might begin with what comes after it. */
    @Test
    void whatAnActiveConsumerHeldIsReadyBeforeTheNextOneIsActive() throws Exception {
        try (RealNode real = new RealNode(data)) {
            CompletableFuture<Long> readyThen = new CompletableFuture<>();
            var broker = new Delegating(real.node) {
                @Override
                public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
                    if (command instanceof Command.Release) {
                        readyThen.complete(real.node
                                .status(real.node.find("q").orElseThrow())
                                .orElseThrow()
                                .ready());
                    }
                    return super.submit(command);
                }
            };
            try (AmqpServer server = AmqpServer.start(
                    FailingThreadsTest.settings(),
                    broker,
                    real.node.neighbours(),
                    Formats.of(List.of()),
                    InstantSource.system())) {
                ConnectionFactory factory = new ConnectionFactory();
                factory.setHost("127.0.0.1");
                factory.setPort(server.port());
                com.rabbitmq.client.Connection client = factory.newConnection();
                Channel channel = client.createChannel();
                channel.queueDeclare("q", true, false, false, Map.of("x-single-active-consumer", true));
                channel.basicPublish("", "q", null, "x".getBytes(StandardCharsets.UTF_8));
                CountDownLatch delivered = new CountDownLatch(1);
                channel.basicConsume("q", false, (_, _) -> delivered.countDown(), _ -> {});
                assertThat(delivered.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
                client.close();
                assertThat(readyThen.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }

    private record Owner(CountDownLatch delivered) implements Consumer.Owner {
        @Override
        public int bytesWanted() {
            return SessionLimits.RECEIVE_BYTES_MAX;
        }

        @Override
        public boolean isBehind() {
            return false;
        }

        @Override
        public boolean awaitRoom() {
            return true;
        }

        @Override
        public void deliver(Consumer consumer, List<Delivery> deliveries) {
            delivered.countDown();
        }

        @Override
        public void giveBack(Consumer consumer) {}

        @Override
        public void queueGone(Consumer consumer) {
            throw new AssertionError("the queue is there");
        }
    }
}
