package weir.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.message.AmqpFormat;
import weir.amqp.queue.Queues;
import weir.amqp.topology.PasswordHash;
import weir.amqp.topology.Topology;
import weir.amqp.topology.TopologySettings;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.FieldTable;
import weir.cluster.ClusterNode;
import weir.cluster.NodeSettings;
import weir.core.Limits;
import weir.core.codec.Formats;

/**
 * What an operator changes while clients are there: policies, limits, the end of virtual hosts and users. RabbitMQ's Java client
 * against a real node; the changes are made as another node would make them.
 */
class LiveChangesTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private static AmqpServer server;

    @SuppressWarnings("NullAway.Init")
    private static Topology operator;

    @BeforeAll
    static void start() throws Exception {
        node = ClusterNode.alone(NodeSettings.alone(data, 2), InstantSource.system(), (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
        AmqpSettings usual = AmqpSettings.DEFAULT;
        AmqpSettings settings = new AmqpSettings(
                usual.host(),
                0,
                usual.connectionsMax(),
                usual.channelsMax(),
                usual.frameMax(),
                usual.heartbeat(),
                usual.messageBytesMax(),
                usual.consumerTimeout(),
                usual.product(),
                usual.version(),
                usual.cluster(),
                usual.account(),
                usual.auth(),
                usual.mechanisms(),
                Optional.empty());
        Formats formats = Formats.of(List.of(new AmqpFormat()));
        server = AmqpServer.start(settings, node, node.neighbours(), formats, InstantSource.system());
        operator = Topology.follow(
                node,
                new WeirNames(),
                new TopologySettings(settings.account(), Set.of("guest"), Queues.policyKeys()),
                new Random(1));
    }

    @AfterAll
    static void stop() {
        server.close();
        node.close();
    }

    private static Connection connect(String host, String user) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.port());
        factory.setVirtualHost(host);
        factory.setUsername(user);
        factory.setPassword(user);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static VirtualHost host(String name, String... users) throws Exception {
        VirtualHost host = operator.virtualHosts().put(name, "", Set.of(), "");
        for (String user : users) {
            if (operator.users().find(user).isEmpty()) {
                operator.users().put(user, PasswordHash.of(user), Set.of());
            }
            operator.permissions().set(host, user, ".*", ".*", ".*");
        }
        return host;
    }

    private static void policy(VirtualHost host, String name, String pattern, Map<String, Object> definition)
            throws Exception {
        operator.policies().set(host, false, name, pattern, "all", 0, FieldTable.of(definition));
    }

    private static VirtualHost defaultHost() throws Exception {
        return operator.virtualHosts().find("/").orElseThrow();
    }

    private static void publish(Channel channel, String exchange, String key, int count) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < count; i++) {
            byte[] body = ("message " + i).getBytes(StandardCharsets.UTF_8);
            channel.basicPublish(exchange, key, MessageProperties.PERSISTENT_BASIC, body);
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    /** Why a connection or a channel was closed, by what a call threw. */
    private static ShutdownSignalException signal(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                return signal;
            }
        }
        throw new AssertionError("nothing was closed", thrown);
    }

    private static void assertClosed(int code, String text, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(thrown -> {
            switch (signal(thrown).getReason()) {
                case AMQP.Connection.Close close -> {
                    assertThat(close.getReplyText()).isEqualTo(text);
                    assertThat(close.getReplyCode()).isEqualTo(code);
                }
                case AMQP.Channel.Close close -> {
                    assertThat(close.getReplyText()).isEqualTo(text);
                    assertThat(close.getReplyCode()).isEqualTo(code);
                }
                case null, default -> throw new AssertionError(thrown);
            }
        });
    }

    // ---- Policies

    @Test
    void aPolicyTakesEffectOnAQueueThatIsThereAndEndsWithItself() throws Exception {
        try (Connection connection = connect("/", "guest")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("live", true, false, false, null);
            channel.queueDeclare("live-dead", true, false, false, null);
            publish(channel, "", "live", 5);
            policy(defaultHost(), "live", "^live$", Map.of("max-length", 2));
            await("the queue is as short as the policy says", () -> channel.messageCount("live") == 2);
            policy(
                    defaultHost(),
                    "live",
                    "^live$",
                    Map.of("dead-letter-exchange", "", "dead-letter-routing-key", "live-dead"));
            await("its dead letters go where the policy says", () -> {
                publish(channel, "", "live", 1);
                channel.basicReject(
                        channel.basicGet("live", false).getEnvelope().getDeliveryTag(), false);
                return channel.messageCount("live-dead") > 0;
            });
            operator.policies().clear(defaultHost(), false, "live");
            policy(defaultHost(), "brief", "^live$", Map.of("message-ttl", 1));
            await("what it holds is too old", () -> channel.messageCount("live") == 0);
            operator.policies().clear(defaultHost(), false, "brief");
            await(
                    "the policy is out of force",
                    () -> node.find("live").orElseThrow().settings().retention().equals(Limits.RETENTION_MAX));
        }
    }

    @Test
    void anOperatorsPolicyMakesWhatWasDeclaredSmallerAndAnArgumentStaysIfItIsSmaller() throws Exception {
        try (Connection connection = connect("/", "guest")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("bounded", true, false, false, Map.of("x-max-length", 4));
            channel.queueDeclare("bounded-less", true, false, false, Map.of("x-max-length", 1));
            publish(channel, "", "bounded", 4);
            operator.policies()
                    .set(
                            defaultHost(),
                            true,
                            "bounds",
                            "^bounded",
                            "queues",
                            0,
                            FieldTable.of(Map.of("max-length", 3)));
            await("the lower number holds", () -> channel.messageCount("bounded") == 3);
            publish(channel, "", "bounded-less", 2);
            assertThat(channel.messageCount("bounded-less")).isEqualTo(1);
        }
    }

    @Test
    void aQueueExpiresByPolicyUnlessSomebodyConsumes() throws Exception {
        try (Connection connection = connect("/", "guest")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("expires-unused", true, false, false, null);
            channel.queueDeclare("expires-used", true, false, false, null);
            channel.basicConsume("expires-used", (_, _) -> {}, _ -> {});
            policy(defaultHost(), "expires", "^expires-", Map.of("expires", 100));
            await("the unused one is deleted", () -> node.find("expires-unused").isEmpty());
            assertThat(node.find("expires-used")).isPresent();
        }
    }

    @Test
    void anAlternateExchangeIsNamedByPolicy() throws Exception {
        try (Connection connection = connect("/", "guest")) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("nowhere", "direct", true);
            channel.exchangeDeclare("other", "fanout", true);
            channel.queueDeclare("caught", true, false, false, null);
            channel.queueBind("caught", "other", "");
            policy(defaultHost(), "alternate", "^nowhere$", Map.of("alternate-exchange", "other"));
            publish(channel, "nowhere", "k", 1);
            assertThat(channel.messageCount("caught")).isEqualTo(1);
        }
    }

    // ---- Limits

    @Test
    void aVirtualHostHasSoManyConnectionsAndQueues() throws Exception {
        VirtualHost host = operator.virtualHosts().limit(host("small", "guest"), 1, 1);
        try (Connection connection = connect("small", "guest")) {
            Channel channel = connection.createChannel();
            assertClosed(
                    530,
                    "NOT_ALLOWED - access to vhost 'small' refused for user 'guest': connection limit (1) is reached",
                    () -> connect("small", "guest"));
            channel.queueDeclare("only", true, false, false, null);
            channel.queueDeclare("only", true, false, false, null);
            assertClosed(
                    406,
                    "PRECONDITION_FAILED - cannot declare queue 'more': queue limit in vhost 'small' (1) is reached",
                    () -> channel.queueDeclare("more", true, false, false, null));
        }
        operator.virtualHosts().limit(host, 0, VirtualHost.UNLIMITED);
        assertThatThrownBy(() -> connect("small", "guest")).isInstanceOf(IOException.class);
        operator.virtualHosts().limit(host, VirtualHost.UNLIMITED, VirtualHost.UNLIMITED);
        try (Connection connection = connect("small", "guest")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("more", true, false, false, null);
        }
    }

    @Test
    void aUserHasSoManyConnectionsAndChannels() throws Exception {
        host("/", "bounded");
        operator.users().limit("bounded", 1, 2);
        Connection connection = connect("/", "bounded");
        assertClosed(
                530,
                "NOT_ALLOWED - connection refused for user 'bounded': user connection limit (1) is reached",
                () -> connect("/", "bounded"));
        Channel first = connection.createChannel();
        connection.createChannel();
        first.close();
        connection.createChannel();
        assertClosed(
                530,
                "NOT_ALLOWED - number of channels opened for user 'bounded' has reached the maximum allowed user limit of 2",
                connection::createChannel);
        await("there is room again", () -> {
            try (Connection again = connect("/", "bounded")) {
                return again.createChannel() != null;
            } catch (IOException _) {
                return false;
            }
        });
    }

    // ---- Ends

    /** What the client is told. */
    private static CompletableFuture<ShutdownSignalException> end(Connection connection) {
        CompletableFuture<ShutdownSignalException> end = new CompletableFuture<>();
        connection.addShutdownListener(end::complete);
        return end;
    }

    private static String told(CompletableFuture<ShutdownSignalException> end) throws Exception {
        AMQP.Connection.Close close =
                (AMQP.Connection.Close) end.get(SECONDS_MAX, TimeUnit.SECONDS).getReason();
        return close.getReplyCode() + " " + close.getReplyText();
    }

    @Test
    void aVirtualHostThatIsDeletedTakesItsConnectionsAndAllThatIsInItWithIt() throws Exception {
        VirtualHost host = host("doomed", "guest");
        Connection connection = connect("doomed", "guest");
        Connection elsewhere = connect("/", "guest");
        CompletableFuture<ShutdownSignalException> end = end(connection);
        Channel channel = connection.createChannel();
        channel.queueDeclare("q", true, false, false, null);
        channel.queueDeclare("sac", true, false, false, Map.of("x-single-active-consumer", true));
        channel.exchangeDeclare("x", "direct", true);
        channel.queueBind("q", "x", "k");
        publish(channel, "x", "k", 1);
        operator.virtualHosts().delete(host);
        assertThat(told(end)).isEqualTo("320 CONNECTION_FORCED - vhost 'doomed' is deleted");
        assertThat(node.find("//doomed/q")).isEmpty();
        assertThat(elsewhere.isOpen()).isTrue();
        assertClosed(530, "NOT_ALLOWED - vhost doomed not found", () -> connect("doomed", "guest"));
        host("doomed", "guest");
        try (Connection again = connect("doomed", "guest")) {
            Channel fresh = again.createChannel();
            assertClosed(404, "NOT_FOUND - no queue 'q' in vhost 'doomed'", () -> fresh.queueDeclarePassive("q"));
        }
        elsewhere.close();
    }

    @Test
    void aUserWhoIsDeletedIsToldSo() throws Exception {
        host("/", "leaving");
        CompletableFuture<ShutdownSignalException> end = end(connect("/", "leaving"));
        operator.users().delete("leaving");
        assertThat(told(end)).isEqualTo("320 CONNECTION_FORCED - user 'leaving' is deleted");
    }
}
