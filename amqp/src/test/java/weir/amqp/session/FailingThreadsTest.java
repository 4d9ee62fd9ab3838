package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.AmqpServer;
import weir.amqp.AmqpSettings;
import weir.amqp.Delegating;
import weir.core.Batch;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.Outcome;
import weir.core.broker.PublishOutcome;
import weir.core.catalog.Queue;
import weir.core.codec.Formats;
import weir.core.shard.Command;

/** A client whose channel has lost a thread is told so: it would wait for ever for what nobody does. */
@Timeout(60)
class FailingThreadsTest {
    @TempDir
    Path data;

    static AmqpSettings settings() {
        AmqpSettings usual = AmqpSettings.DEFAULT;
        return new AmqpSettings(
                usual.host(),
                0,
                10,
                10,
                usual.frameMax(),
                Duration.ZERO,
                usual.messageBytesMax(),
                usual.consumerTimeout(),
                usual.product(),
                usual.version(),
                usual.cluster(),
                usual.account(),
                false,
                Set.of(AmqpSettings.Mechanism.PLAIN),
                Optional.empty());
    }

    private interface Doing {
        void in(Channel channel) throws Exception;
    }

    private static void endsWith541(RealNode real, Delegating broker, Doing what) throws Exception {
        try (AmqpServer server = AmqpServer.start(
                settings(), broker, real.node.neighbours(), Formats.of(List.of()), InstantSource.system())) {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setHost("127.0.0.1");
            factory.setPort(server.port());
            factory.setAutomaticRecoveryEnabled(false);
            Connection connection = factory.newConnection();
            CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
            connection.addShutdownListener(ended::complete);
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", true, false, false, null);
            what.in(channel);
            ShutdownSignalException end = ended.get(30, TimeUnit.SECONDS);
            assertThat(end.getReason())
                    .isInstanceOfSatisfying(AMQP.Connection.Close.class, close -> assertThat(close.getReplyCode())
                            .isEqualTo(541));
        }
    }

    @Test
    void whoPublishesIsTold() throws Exception {
        try (RealNode real = new RealNode(data)) {
            endsWith541(
                    real,
                    new Delegating(real.node) {
                        @Override
                        public List<PublishOutcome> publish(Queue queue, List<Batch> batches) {
                            throw new StackOverflowError("as the test wants it");
                        }
                    },
                    channel -> {
                        channel.confirmSelect();
                        channel.basicPublish("", "q", null, "x".getBytes(StandardCharsets.UTF_8));
                    });
        }
    }

    @Test
    void whoReadsAStreamIsTold() throws Exception {
        try (RealNode real = new RealNode(data)) {
            endsWith541(
                    real,
                    new Delegating(real.node) {
                        @Override
                        public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) {
                            throw new StackOverflowError("as the test wants it");
                        }
                    },
                    channel -> {
                        channel.queueDeclare("s", true, false, false, Map.of("x-queue-type", "stream"));
                        channel.basicQos(1);
                        channel.basicConsume("s", false, (_, _) -> {}, _ -> {});
                    });
        }
    }

    @Test
    void whoSettlesIsTold() throws Exception {
        try (RealNode real = new RealNode(data)) {
            endsWith541(
                    real,
                    new Delegating(real.node) {
                        @Override
                        public List<Outcome> submitAll(List<? extends Command.OfPartition> commands)
                                throws InterruptedException {
                            if (commands.getFirst() instanceof Command.Acknowledge) {
                                throw new StackOverflowError("as the test wants it");
                            }
                            return super.submitAll(commands);
                        }
                    },
                    channel -> {
                        channel.basicPublish("", "q", null, "x".getBytes(StandardCharsets.UTF_8));
                        channel.basicConsume("q", true, (_, _) -> {}, _ -> {});
                    });
        }
    }
}
