package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The figures that pollers read from the management API: KEDA, Telegraf, Zabbix, exporters for Prometheus. */
class ManagementFiguresTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private static ManagementClient api;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    private String name = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        api = ManagementClient.guest(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpPort());
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection("of " + name);
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private void publish(String exchange, String key, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            channel.basicPublish(exchange, key, MessageProperties.PERSISTENT_TEXT_PLAIN, new byte[1_000]);
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    /** Asks again until the answer is as it should be; the last answer if it never is. */
    private static JsonNode until(Callable<JsonNode> asking, Predicate<JsonNode> as) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        JsonNode answer = asking.call();
        while (!as.test(answer) && System.nanoTime() < end) {
            answer = asking.call();
        }
        return answer;
    }

    private static double rate(JsonNode of, String name) {
        return of.path(name + "_details").path("rate").asDouble();
    }

    @Test
    void howFastAQueueGrowsIsSaidOfItAndOfItsVirtualHostAndOfAll() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        String queue = "/queues/%2F/" + name;
        assertThat(rate(api.get(queue), "messages")).isZero(); // Nobody has asked before.
        api.get("/overview");
        api.get("/vhosts");
        publish("", name, 200);
        JsonNode grown = until(() -> api.get(queue), each -> rate(each, "messages_ready") > 0);
        assertThat(rate(grown, "messages")).isPositive();
        assertThat(rate(grown, "messages_unacknowledged")).isZero();
        JsonNode all = until(() -> api.get("/overview").path("queue_totals"), each -> rate(each, "messages_ready") > 0);
        assertThat(rate(all, "messages")).isPositive();
        assertThat(rate(api.get("/vhosts/%2F"), "messages")).isPositive();
        channel.queuePurge(name);
        assertThat(rate(until(() -> api.get(queue), each -> rate(each, "messages") < 0), "messages"))
                .isNegative();
    }

    @Test
    void anExchangeSaysWhatCameInAndWhatWentOut() throws Exception {
        channel.exchangeDeclare(name, "fanout", true);
        assertThat(api.get("/exchanges/%2F/" + name).has("message_stats")).isFalse();
        for (String each : List.of("one-", "two-", "three-")) {
            channel.queueDeclare(each + name, true, false, false, null);
            channel.queueBind(each + name, name, "");
        }
        publish(name, "", 10);
        JsonNode stats = until(
                () -> api.get("/exchanges/%2F/" + name).path("message_stats"), each -> rate(each, "publish_out") > 0);
        assertThat(stats.path("publish_in").asInt()).isEqualTo(10);
        assertThat(stats.path("publish_out").asInt()).isEqualTo(30);
        assertThat(rate(stats, "publish_in")).isPositive();
        JsonNode sorted = api.get("/exchanges/%2F?sort=message_stats.publish_out&columns=name");
        assertThat(sorted.get(sorted.size() - 1).path("name").asString())
                .isIn(name, ""); // Or what others have published to.
        assertThat(api.get("/exchanges/%2F/" + name + "?disable_stats=true").has("message_stats"))
                .isFalse();
    }

    @Test
    void whatGoesNowhereIsCountedAsDroppedOrReturned() throws Exception {
        String channels = "/channels?columns=connection_details.name,message_stats";
        publish("amq.direct", name, 3);
        channel.basicPublish("amq.direct", name, true, MessageProperties.PERSISTENT_TEXT_PLAIN, new byte[1]);
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        JsonNode own = StreamSupport.stream(api.get(channels).spliterator(), false)
                .filter(each -> each.path("message_stats").path("publish").asInt() == 4)
                .findFirst()
                .orElseThrow()
                .path("message_stats");
        assertThat(own.path("drop_unroutable").asInt()).isEqualTo(3);
        assertThat(own.path("return_unroutable").asInt()).isEqualTo(1);
    }

    @Test
    void aConnectionSaysWhatItCarriesAndHowItLoggedIn() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        publish("", name, 20);
        JsonNode here = until(this::own, each -> rate(each, "recv_oct") > 0);
        assertThat(here.path("auth_mechanism").asString()).isEqualTo("PLAIN");
        assertThat(here.path("ssl").asBoolean(true)).isFalse();
        assertThat(here.path("recv_oct").asLong()).isBetween(20_000L, 30_000L);
        assertThat(here.path("recv_cnt").asLong()).isPositive();
        assertThat(here.path("send_oct").asLong()).isBetween(500L, 10_000L);
        assertThat(here.path("send_cnt").asLong()).isPositive();
        assertThat(here.path("send_pend").asInt()).isZero();
        assertThat(here.path("send_oct_details").path("rate").isNumber()).isTrue();
    }

    private JsonNode own() throws Exception {
        return StreamSupport.stream(api.get("/connections").spliterator(), false)
                .filter(each -> each.path("user_provided_name").asString().equals("of " + name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNodeSaysWhatItHasLeft() throws Exception {
        JsonNode node = api.get("/nodes").get(0);
        assertThat(node.path("disk_free").asLong())
                .isGreaterThan(node.path("disk_free_limit").asLong());
        assertThat(node.path("disk_free_limit").asLong()).isPositive();
        assertThat(node.path("disk_free_alarm").asBoolean(true)).isFalse();
        assertThat(node.path("gc_num").isNumber()).isTrue();
        for (String each : List.of("mem_used", "disk_free", "fd_used", "sockets_used", "proc_used")) {
            assertThat(node.path(each + "_details").path("rate").isNumber())
                    .as(each)
                    .isTrue();
        }
        JsonNode memory =
                api.get("/nodes/" + node.path("name").asString() + "/memory").path("memory");
        assertThat(memory.path("other_proc").asLong()).isPositive();
        assertThat(memory.path("total").path("erlang").asLong()).isPositive();
        assertThat(memory.path("connection_readers").isNumber()).isTrue();
        assertThat(api.send("GET", "/nodes/nobody/memory", "").status()).isEqualTo(404);
    }

    @Test
    void checksSayWhetherClientsCanCome() throws Exception {
        JsonNode limit = api.get("/health/checks/below-node-connection-limit");
        assertThat(limit.path("status").asString()).isEqualTo("ok");
        assertThat(limit.path("connections").asInt()).isPositive();
        assertThat(api.get("/health/checks/certificate-expiration/1/months")
                        .path("status")
                        .asString())
                .isEqualTo("ok"); // It has none.
        assertThat(api.send("GET", "/health/checks/certificate-expiration/1/moons", "")
                        .status())
                .isEqualTo(400);
    }

    /** As RabbitMQ 3.13 writes it where mirrors, shovels and federation are used: RabbitMQ 4 refuses all of it. */
    @Test
    void whatNothingHereHeedsIsLeftOutOfAnImportAndTheRestIsMade() throws Exception {
        ManagementClient.Answer answer = api.post("/definitions", """
                {"rabbit_version": "3.13.7",
                 "vhosts": [{"name": "old"}],
                 "permissions": [{"user": "guest", "vhost": "old", "configure": ".*", "write": ".*", "read": ".*"}],
                 "parameters": [{"vhost": "old", "component": "shovel", "name": "mover",
                                 "value": {"src-uri": "amqp://", "src-queue": "a", "dest-uri": "amqp://b", "dest-queue": "c"}},
                                {"vhost": "old", "component": "federation-upstream", "name": "up", "value": {"uri": "amqp://up"}},
                                {"vhost": "old", "component": "vhost-limits", "name": "limits", "value": {"max-queues": 9}}],
                 "policies": [{"vhost": "old", "name": "mirrored", "pattern": "^m", "apply-to": "queues", "priority": 0,
                               "definition": {"ha-mode": "all", "ha-sync-mode": "automatic", "max-length": 5}},
                              {"vhost": "old", "name": "federated", "pattern": "^f", "apply-to": "exchanges", "priority": 0,
                               "definition": {"federation-upstream-set": "all"}}],
                 "queues": [{"name": "mine", "vhost": "old", "durable": true, "auto_delete": false, "arguments": {}}]}
                """);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        assertThat(StreamSupport.stream(answer.body().path("left_out").spliterator(), false)
                        .map(each -> each.path("kind").asString() + " "
                                + each.path("name").asString())
                        .toList())
                .containsExactly(
                        "shovel mover",
                        "federation-upstream up",
                        "policy mirrored",
                        "policy mirrored",
                        "policy federated");
        assertThat(api.get("/policies/old"))
                .hasToString("[{\"vhost\":\"old\",\"name\":\"mirrored\",\"pattern\":\"^m\",\"apply-to\":\"queues\","
                        + "\"definition\":{\"max-length\":5},\"priority\":0}]");
        assertThat(api.get("/queues/old/mine").path("policy").asString()).isEqualTo("mirrored");
        assertThat(api.get("/vhost-limits/old").toString()).contains("\"max-queues\":9");
        assertThat(api.post(
                                "/definitions/old",
                                "{\"policies\":[{\"name\":\"p\",\"pattern\":\".*\",\"definition\":{\"max-length\":\"no\"}}]}")
                        .status())
                .isEqualTo(400); // What is known has to be right.
    }
}
