package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that manage what RabbitMQ's clients use, with RabbitMQ's Java client to see it. */
class AmqpCommandsTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    private Ran ran = new Ran(0, "", "");

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private int weir(String... words) {
        ran = Ran.at(server, words);
        return ran.exitCode();
    }

    private void done(String... words) {
        assertThat(weir(words)).as(ran.err()).isZero();
    }

    private static Connection connect(String user, String password, String host) throws Exception {
        ConnectionFactory factory = TestServer.rabbit(server.amqpPort());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setVirtualHost(host);
        return factory.newConnection();
    }

    @Test
    void aUserIsLetInWhereHeIsPermitted() throws Exception {
        done("user", "password", "bob", "secret");
        done("vhost", "create", "shop", "--description", "of the shop");
        assertThatThrownBy(() -> connect("bob", "secret", "shop")).hasStackTraceContaining("access to vhost 'shop'");
        done("permission", "set", "bob", "--vhost", "shop", "--configure", "^bob", "--write", ".*");
        try (Connection connection = connect("bob", "secret", "shop")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("bob-1", true, false, false, null);
            assertThatThrownBy(() -> channel.queueDeclare("other", true, false, false, null))
                    .hasStackTraceContaining("access to queue 'other' in vhost 'shop' refused for user 'bob'");
        }
        done("permission", "list", "bob");
        assertThat(ran.out()).contains("^bob");
        done("user", "tags", "bob", "monitoring");
        done("user", "password", "bob", "changed");
        assertThatThrownBy(() -> connect("bob", "secret", "shop")).hasStackTraceContaining("ACCESS_REFUSED");
        done("rabbitmqctl", "list_users", "-q");
        assertThat(ran.out()).contains("bob\t[monitoring]");
        done("vhost", "limit", "shop", "--connections", "0");
        assertThatThrownBy(() -> connect("bob", "changed", "shop")).hasStackTraceContaining("connection limit (0)");
        done("vhost", "list");
        assertThat(ran.out()).contains("of the shop");
        done("vhost", "limit", "shop", "--connections", "-1");
        done("user", "limit", "bob", "--channels", "0");
        Connection without = connect("bob", "changed", "shop");
        assertThatThrownBy(without::createChannel).hasStackTraceContaining("user limit of 0");
        done("permission", "clear", "bob", "--vhost", "shop");
        done("vhost", "delete", "shop");
        assertThat(weir("vhost", "delete", "shop")).isEqualTo(1);
        done("user", "delete", "bob");
    }

    @Test
    void policiesAreSetListedAndCleared() throws Exception {
        done("policy", "set", "brief", "^brief$", "max-length=1", "overflow=reject-publish", "--priority", "3");
        done("policy", "list");
        assertThat(ran.out()).contains("brief").contains("{\"max-length\":1,\"overflow\":\"reject-publish\"}");
        try (Connection connection = connect("guest", "guest", "/")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("brief", true, false, false, null);
            channel.confirmSelect();
            channel.basicPublish("", "brief", null, new byte[1]);
            assertThat(channel.waitForConfirms(TimeUnit.SECONDS.toMillis(SECONDS_MAX)))
                    .isTrue();
            channel.basicPublish("", "brief", null, new byte[1]);
            assertThat(channel.waitForConfirms(TimeUnit.SECONDS.toMillis(SECONDS_MAX)))
                    .isFalse();
        }
        assertThat(weir("policy", "set", "bad", "x", "ha-mode=all")).isEqualTo(1);
        assertThat(ran.err()).contains("\"ha-mode\" is not a recognised policy setting");
        assertThat(weir("policy", "set", "bad", "x", "max-length")).isEqualTo(2);
        done("policy", "set", "cap", "^brief$", "max-length=1", "--operator");
        done("policy", "list", "--operator");
        assertThat(ran.out()).contains("cap");
        done("policy", "clear", "cap", "--operator");
        done("policy", "clear", "brief");
    }

    @Test
    void aDelayedMessageIsSeenAndCancelled() throws Exception {
        try (Connection connection = connect("guest", "guest", "/")) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("later", "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
            channel.queueDeclare("due", true, false, false, null);
            channel.queueBind("due", "later", "k");
            channel.confirmSelect();
            for (String each : List.of("kept", "cancelled")) {
                channel.basicPublish(
                        "later",
                        "k",
                        new AMQP.BasicProperties.Builder()
                                .headers(Map.of("x-delay", 3_600_000))
                                .build(),
                        each.getBytes(StandardCharsets.UTF_8));
            }
            channel.exchangeDeclare("now", BuiltinExchangeType.FANOUT, true);
            channel.queueBind("due", "now", "");
            channel.basicPublish("now", "", null, "ready".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
            done("peek", "due", "--json");
            assertThat(ran.out()).contains("\"state\" : \"delayed\"").contains("\"deliverAt\"");
            done("queue", "cancel", "due", "0:1");
            assertThat(ran.out()).isEqualTo("1 of 1 are cancelled\n");
            assertThat(weir("queue", "cancel", "due", "0:1", "0:2"))
                    .isEqualTo(1); // It is gone, and the other is ready.
            assertThat(ran.out()).isEqualTo("0 of 2 are cancelled\n");
            done("peek", "due");
            assertThat(ran.out()).contains("kept").contains("ready").doesNotContain("cancelled");
            assertThat(channel.messageCount("due")).isEqualTo(1);
        }
    }
}
