package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The figures that pollers read from the management API: KEDA, Telegraf, Zabbix, exporters for Prometheus. */
class ManagementFiguresTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    @SuppressWarnings("NullAway.Init")
    private static ManagementClient api;

    @BeforeAll
    static void ask() {
        api = ManagementClient.guest(WEIR.server());
    }

    @BeforeEach
    void confirm() throws Exception {
        WEIR.channel().confirmSelect();
    }

    private void publish(String exchange, String key, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            WEIR.channel().basicPublish(exchange, key, MessageProperties.PERSISTENT_TEXT_PLAIN, new byte[1_000]);
        }
        WEIR.channel().waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
    }

    /** Asks again until the answer is as it should be; the last answer if it never is. */
    private static JsonNode until(Callable<JsonNode> asking, Predicate<JsonNode> as) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AmqpAtServer.SECONDS_MAX);
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
        WEIR.channel().queueDeclare(WEIR.name(), true, false, false, null);
        String queue = "/queues/%2F/" + WEIR.name();
        assertThat(rate(api.get(queue), "messages")).isZero(); // Nobody has asked before.
        api.get("/overview");
        api.get("/vhosts");
        publish("", WEIR.name(), 200);
        JsonNode grown = until(() -> api.get(queue), each -> rate(each, "messages_ready") > 0);
        assertThat(rate(grown, "messages")).isPositive();
        assertThat(rate(grown, "messages_unacknowledged")).isZero();
        JsonNode all = until(() -> api.get("/overview").path("queue_totals"), each -> rate(each, "messages_ready") > 0);
        assertThat(rate(all, "messages")).isPositive();
        assertThat(rate(api.get("/vhosts/%2F"), "messages")).isPositive();
        WEIR.channel().queuePurge(WEIR.name());
        assertThat(rate(until(() -> api.get(queue), each -> rate(each, "messages") < 0), "messages"))
                .isNegative();
    }

    @Test
    void howAQueueWentOverTimeIsShownToWhoAsks() throws Exception {
        WEIR.channel().queueDeclare(WEIR.name(), true, false, false, null);
        String queue = "/queues/%2F/" + WEIR.name();
        String range = "?lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5";
        assertThat(api.get(queue).path("messages_details").has("samples")).isFalse(); // Nobody has asked for them.
        api.get(queue + range);
        api.get("/overview" + range);
        long before =
                api.get("/overview").path("queue_totals").path("messages_ready").asLong();
        publish("", WEIR.name(), 100);
        until( // All queues are counted again only after a while.
                () -> api.get("/overview").path("queue_totals"),
                each -> each.path("messages_ready").asLong() == before + 100);
        WEIR.advance(Duration.ofSeconds(20));
        JsonNode grown = api.get(queue + range);
        assertRises(grown.path("messages_details"), 100);
        assertRises(grown.path("message_stats").path("publish_details"), 100);
        JsonNode all = api.get("/overview" + range);
        assertRises(all.path("queue_totals").path("messages_ready_details"), 100);
        assertRises(all.path("message_stats").path("confirm_details"), 100);
        assertThat(all.path("churn_rates")
                        .path("queue_declared_details")
                        .path("samples")
                        .size())
                .isGreaterThan(1);
        assertThat(api.get("/queues?page=1&name=" + WEIR.name() + "&lengths_age=5&lengths_incr=5")
                        .path("items")
                        .get(0)
                        .path("messages_details")
                        .path("samples")
                        .size())
                .isBetween(1, 2);
        assertThat(api.send("GET", queue + "?lengths_age=long&lengths_incr=5", "")
                        .status())
                .isEqualTo(400);
    }

    /** From the newest to the oldest they fall, by that much in 20 seconds, as it rose. */
    private static void assertRises(JsonNode details, long by) {
        JsonNode samples = details.path("samples");
        assertThat(samples.size()).as("%s", details).isBetween(4, 6);
        for (int i = 1; i < samples.size(); i++) {
            JsonNode newer = samples.get(i - 1);
            JsonNode older = samples.get(i);
            assertThat(newer.path("timestamp").asLong()
                            - older.path("timestamp").asLong())
                    .isEqualTo(5_000);
            assertThat(newer.path("sample").asLong())
                    .isGreaterThan(older.path("sample").asLong());
        }
        assertThat(details.path("avg_rate").asDouble()).isBetween(by / 40.0, by / 15.0);
        assertThat(details.path("avg").asDouble()).isPositive();
        assertThat(details.has("rate")).isTrue();
    }

    @Test
    void whatComesAndGoesIsCounted() throws Exception {
        JsonNode before = api.get("/overview").path("churn_rates");
        try (Connection connection = WEIR.factory().newConnection()) {
            Channel on = connection.createChannel();
            on.queueDeclare(WEIR.name(), true, false, false, null);
            on.queueDeclare(WEIR.name(), true, false, false, null);
            on.queueDelete(WEIR.name());
            connection.createChannel().queueDeclare(); // Which is deleted with it.
        }
        JsonNode after = until(
                () -> api.get("/overview").path("churn_rates"),
                each -> more(before, each, "queue_deleted") == 2 && more(before, each, "connection_closed") == 1);
        assertThat(more(before, after, "connection_created")).isEqualTo(1);
        assertThat(more(before, after, "connection_closed")).isEqualTo(1);
        assertThat(more(before, after, "channel_created")).isEqualTo(2);
        assertThat(more(before, after, "channel_closed")).isEqualTo(2);
        assertThat(more(before, after, "queue_declared")).isEqualTo(3);
        assertThat(more(before, after, "queue_created")).isEqualTo(2);
        assertThat(more(before, after, "queue_deleted")).isEqualTo(2);
        assertThat(after.path("queue_deleted_details").path("rate").isNumber()).isTrue();
    }

    private static long more(JsonNode before, JsonNode after, String what) {
        return after.path(what).asLong() - before.path(what).asLong();
    }

    @Test
    void aVirtualHostSaysWhatHasGoneThroughIt() throws Exception {
        assertThat(api.send("PUT", "/vhosts/counted", "{}").status()).isEqualTo(201);
        assertThat(api.get("/vhosts/counted").has("message_stats")).isFalse();
        ConnectionFactory factory = WEIR.factory();
        factory.setVirtualHost("counted");
        try (Connection connection = factory.newConnection()) {
            Channel on = connection.createChannel();
            String queue = on.queueDeclare().getQueue();
            on.confirmSelect();
            for (int i = 0; i < 3; i++) {
                on.basicPublish("", queue, null, new byte[1]);
            }
            on.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
            on.basicGet(queue, true);
        }
        JsonNode stats = api.get("/vhosts/counted").path("message_stats");
        assertThat(stats.path("publish").asLong()).isEqualTo(3);
        assertThat(stats.path("confirm").asLong()).isEqualTo(3);
        assertThat(stats.path("get_no_ack").asLong()).isEqualTo(1);
        assertThat(stats.path("deliver_get").asLong()).isEqualTo(1);
        JsonNode listed = StreamSupport.stream(api.get("/vhosts").spliterator(), false)
                .filter(each -> each.path("name").asString().equals("counted"))
                .findFirst()
                .orElseThrow();
        assertThat(listed.path("message_stats").path("publish").asLong()).isEqualTo(3);
    }

    @Test
    void anExchangeSaysWhatCameInAndWhatWentOut() throws Exception {
        WEIR.channel().exchangeDeclare(WEIR.name(), "fanout", true);
        assertThat(api.get("/exchanges/%2F/" + WEIR.name()).has("message_stats"))
                .isFalse();
        for (String each : List.of("one-", "two-", "three-")) {
            WEIR.channel().queueDeclare(each + WEIR.name(), true, false, false, null);
            WEIR.channel().queueBind(each + WEIR.name(), WEIR.name(), "");
        }
        publish(WEIR.name(), "", 10);
        JsonNode stats = until(
                () -> api.get("/exchanges/%2F/" + WEIR.name()).path("message_stats"),
                each -> rate(each, "publish_out") > 0);
        assertThat(stats.path("publish_in").asInt()).isEqualTo(10);
        assertThat(stats.path("publish_out").asInt()).isEqualTo(30);
        assertThat(rate(stats, "publish_in")).isPositive();
        JsonNode sorted = api.get("/exchanges/%2F?sort=message_stats.publish_out&columns=name");
        assertThat(sorted.get(sorted.size() - 1).path("name").asString())
                .isIn(WEIR.name(), ""); // Or what others have published to.
        assertThat(api.get("/exchanges/%2F/" + WEIR.name() + "?disable_stats=true")
                        .has("message_stats"))
                .isFalse();
    }

    @Test
    void whatGoesNowhereIsCountedAsDroppedOrReturned() throws Exception {
        String channels = "/channels?columns=connection_details.name,message_stats";
        publish("amq.direct", WEIR.name(), 3);
        WEIR.channel()
                .basicPublish("amq.direct", WEIR.name(), true, MessageProperties.PERSISTENT_TEXT_PLAIN, new byte[1]);
        WEIR.channel().waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
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
        WEIR.channel().queueDeclare(WEIR.name(), true, false, false, null);
        publish("", WEIR.name(), 20);
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
                .filter(each -> each.path("user_provided_name").asString().equals(WEIR.name()))
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
