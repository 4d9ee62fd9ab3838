package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import weir.server.ManagementClient.Answer;

/** RabbitMQ's management API over HTTP, and what its Java client sees of that. */
class ManagementSystemTest {
    private static final int SECONDS_MAX = 30;
    private static final JsonNode NOTHING_YET = MissingNode.getInstance();

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

    /** Of the test that runs: a name for whatever it makes. */
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

    private static ConnectionFactory factory() {
        return TestServer.rabbit(server.amqpPort());
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        connection = factory().newConnection("of " + name);
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private void publish(String queue, int count) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < count; i++) {
            channel.basicPublish(
                    "",
                    queue,
                    MessageProperties.PERSISTENT_TEXT_PLAIN,
                    Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    private static List<String> names(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each -> each.path("name").asString())
                .toList();
    }

    private static JsonNode named(JsonNode list, String name) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(each -> each.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + list));
    }

    // ---- Who asks

    @Test
    void whoDoesNotSayWhoHeIsIsAskedForIt() throws Exception {
        Answer answer = ManagementClient.exchange(
                HttpRequest.newBuilder(api.uri("/overview")).build());
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.response().headers().firstValue("www-authenticate"))
                .hasValue("Basic realm=\"RabbitMQ Management\"");
        assertThat(answer.body().path("error").asString()).isEqualTo("not_authorized");
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        Answer answer = api.as("guest", "wrong").send("GET", "/whoami", "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body().path("error").asString()).isEqualTo("not_authorized");
    }

    @Test
    void tagsSayWhatAUserMayAskFor() throws Exception {
        for (String tag : List.of("", "management", "policymaker", "monitoring", "administrator")) {
            api.put("/users/tagged-" + tag, "{\"password\":\"secret\",\"tags\":\"" + tag + "\"}");
            api.put("/permissions/%2F/tagged-" + tag, "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        }
        assertThat(statuses("/overview")).containsExactly(401, 200, 200, 200, 200);
        assertThat(statuses("/queues/%2F")).containsExactly(401, 200, 200, 200, 200);
        assertThat(statuses("/policies/%2F")).containsExactly(401, 401, 200, 401, 200);
        assertThat(statuses("/nodes")).containsExactly(401, 401, 401, 200, 200);
        assertThat(statuses("/users")).containsExactly(401, 401, 401, 401, 200);
        assertThat(api.as("tagged-", "secret").send("GET", "/overview", "").body())
                .hasToString("{\"error\":\"not_authorised\",\"reason\":\"Not management user\"}");
        assertThat(api.as("tagged-monitoring", "secret")
                        .send("GET", "/users", "")
                        .body())
                .hasToString("{\"error\":\"not_authorised\",\"reason\":\"Not administrator user\"}");
    }

    private static List<Integer> statuses(String path) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (String tag : List.of("", "management", "policymaker", "monitoring", "administrator")) {
            statuses.add(api.as("tagged-" + tag, "secret").send("GET", path, "").status());
        }
        return statuses;
    }

    @Test
    void pageOfAnotherSiteIsRefused() throws Exception {
        assertThat(api.send("GET", "/overview", "", "Origin", "http://elsewhere.example")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void userWithoutPermissionsInAVirtualHostSeesNothingOfIt() throws Exception {
        api.put("/vhosts/" + name, "");
        api.put("/users/outsider", "{\"password\":\"secret\",\"tags\":\"management\"}");
        ManagementClient outsider = api.as("outsider", "secret");
        assertThat(outsider.send("GET", "/queues/" + name, "").status()).isEqualTo(404);
        assertThat(outsider.put("/queues/" + name + "/q", "{}")).isEqualTo(404);
        assertThat(names(outsider.get("/vhosts"))).isEmpty();
        assertThat(outsider.get("/queues")).isEmpty();
    }

    @Test
    void whatIsNotAllowedToItsUserIsNotDone() throws Exception {
        api.put("/users/reader", "{\"password\":\"secret\",\"tags\":\"management\"}");
        api.put("/permissions/%2F/reader", "{\"configure\":\"\",\"write\":\"\",\"read\":\".*\"}");
        Answer answer = api.as("reader", "secret").send("PUT", "/queues/%2F/" + name, "{\"durable\":true}");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).hasToString("{\"error\":\"not_authorised\",\"reason\":\"Access refused.\"}");
        assertThat(names(api.get("/queues/%2F"))).doesNotContain(name);
    }

    // ---- The whole

    @Test
    void overviewCountsWhatThereIs() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        publish(name, 3);
        JsonNode overview = api.get("/overview");
        assertThat(overview.path("rabbitmq_version").asString()).isEqualTo("4.3.0");
        assertThat(overview.path("product_name").asString()).isEqualTo("RabbitMQ");
        assertThat(overview.path("object_totals").path("queues").asInt()).isPositive();
        assertThat(overview.path("object_totals").path("exchanges").asInt()).isGreaterThanOrEqualTo(7);
        assertThat(overview.path("listeners").get(0).path("port").asInt()).isEqualTo(server.amqpPort());
        assertThat(overview.path("listeners").get(1).path("port").asInt()).isEqualTo(server.managementPort());
        assertThat(overview.path("node").asString())
                .isEqualTo(api.get("/nodes").get(0).path("name").asString());
        assertThat(names(overview.path("exchange_types"))).contains("topic", "x-delayed-message");
        assertThat(overview.path("queue_totals")
                        .path("messages_details")
                        .path("rate")
                        .isNumber())
                .isTrue();
    }

    @Test
    void whoamiSaysTags() throws Exception {
        assertThat(api.get("/whoami"))
                .hasToString("{\"name\":\"guest\",\"tags\":[\"administrator\"],\"is_internal_user\":true}");
    }

    @ParameterizedTest
    @CsvSource({
        "/health/checks/alarms, 200",
        "/health/checks/local-alarms, 200",
        "/health/checks/virtual-hosts, 200",
        "/health/checks/node-is-quorum-critical, 200",
        "/health/checks/ready-to-serve-clients, 200",
        "/health/checks/port-listener/1, 503",
        "/health/checks/protocol-listener/amqp091, 200",
        "/health/checks/protocol-listener/stomp, 503",
        "/aliveness-test/%2F, 200",
        "/aliveness-test/none, 404",
        "/feature-flags, 200",
        "/deprecated-features/used, 200",
        "/global-parameters, 200",
        "/parameters, 200",
        "/nothing-of-the-kind, 404",
    })
    void checksAndListsAnswer(String path, int status) throws Exception {
        assertThat(api.send("GET", path, "").status()).isEqualTo(status);
    }

    @Test
    void portListenerFindsBoth() throws Exception {
        assertThat(api.get("/health/checks/port-listener/" + server.amqpPort())
                        .path("status")
                        .asString())
                .isEqualTo("ok");
        assertThat(api.get("/health/checks/port-listener/" + server.managementPort())
                        .path("status")
                        .asString())
                .isEqualTo("ok");
    }

    @Test
    void addressThatHasNoSuchMethodSaysWhich() throws Exception {
        Answer answer = api.send("POST", "/queues/%2F", "{}");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.response().headers().firstValue("allow")).hasValue("HEAD, OPTIONS, GET");
    }

    // ---- Virtual hosts, users, permissions

    @Test
    void virtualHostCanBeMadeUsedAndDeleted() throws Exception {
        assertThat(api.put("/vhosts/" + name, "{\"description\":\"mine\",\"tags\":\"a,b\"}"))
                .isEqualTo(201);
        assertThat(api.put("/vhosts/" + name, "{\"description\":\"mine\",\"tags\":[\"a\",\"b\"]}"))
                .isEqualTo(204);
        JsonNode host = api.get("/vhosts/" + name);
        assertThat(host.path("description").asString()).isEqualTo("mine");
        assertThat(host.path("tags")).hasToString("[\"a\",\"b\"]");
        ConnectionFactory inside = factory();
        inside.setVirtualHost(name);
        try (Connection there = inside.newConnection();
                Channel on = there.createChannel()) { // Whoever makes one may use it.
            on.queueDeclare("q", true, false, false, null);
        }
        assertThat(names(api.get("/queues/" + name))).containsExactly("q");
        assertThat(api.get("/vhosts/" + name + "/permissions")
                        .get(0)
                        .path("user")
                        .asString())
                .isEqualTo("guest");
        assertThat(api.delete("/vhosts/" + name)).isEqualTo(204);
        assertThat(api.send("GET", "/vhosts/" + name, "").status()).isEqualTo(404);
        assertThat(api.delete("/vhosts/%2F")).isEqualTo(412);
    }

    @Test
    void userCanBeMadeAndLogsIn() throws Exception {
        assertThat(api.put("/users/walter", "{\"password\":\"secret\",\"tags\":\"management,monitoring\"}"))
                .isEqualTo(201);
        assertThat(api.put("/users/walter", "{\"password\":\"secret2\",\"tags\":[\"management\"]}"))
                .isEqualTo(204);
        assertThat(api.put("/permissions/%2F/walter", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}"))
                .isEqualTo(201);
        assertThat(api.get("/permissions/%2F/walter"))
                .hasToString(
                        "{\"user\":\"walter\",\"vhost\":\"/\",\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        JsonNode walter = api.get("/users/walter");
        assertThat(walter.path("tags")).hasToString("[\"management\"]");
        assertThat(walter.path("hashing_algorithm").asString()).isEqualTo("rabbit_password_hashing_sha256");
        // A user of the same hash has the same password.
        String hash = walter.path("password_hash").asString();
        assertThat(api.put("/users/wilma", "{\"password_hash\":\"" + hash + "\",\"tags\":\"management\"}"))
                .isEqualTo(201);
        assertThat(api.as("wilma", "secret2").get("/whoami").path("name").asString())
                .isEqualTo("wilma");
        ConnectionFactory factory = factory();
        factory.setUsername("walter");
        factory.setPassword("secret2");
        factory.newConnection().close();
        assertThat(api.post("/users/bulk-delete", "{\"users\":[\"walter\",\"wilma\"]}")
                        .status())
                .isEqualTo(204);
        assertThatThrownBy(factory::newConnection).isInstanceOf(AuthenticationFailureException.class);
        assertThat(names(api.get("/users"))).contains("guest").doesNotContain("walter", "wilma");
    }

    @Test
    void userNeedsTags() throws Exception {
        Answer answer = api.send("PUT", "/users/untagged", "{\"password\":\"secret\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).hasToString("{\"error\":\"bad_request\",\"reason\":\"tags_not_present\"}");
    }

    @Test
    void topicPermissionIsSetShownAndCleared() throws Exception {
        assertThat(api.put(
                        "/topic-permissions/%2F/guest",
                        "{\"exchange\":\"" + name + "\",\"write\":\"^a\",\"read\":\".*\"}"))
                .isEqualTo(201);
        assertThat(api.get("/topic-permissions/%2F/guest")
                        .get(0)
                        .path("exchange")
                        .asString())
                .isEqualTo(name);
        channel.exchangeDeclare(name, "topic", true);
        Answer refused = api.post(
                "/exchanges/%2F/" + name + "/publish",
                "{\"routing_key\":\"b\",\"payload\":\"x\",\"payload_encoding\":\"string\",\"properties\":{}}");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(api.delete("/topic-permissions/%2F/guest/" + name)).isEqualTo(204);
        assertThat(api.send("GET", "/topic-permissions/%2F/guest", "").status()).isEqualTo(404);
    }

    // ---- Queues

    @Test
    void queueMadeHereIsThereForClientsAndTheOtherWayRound() throws Exception {
        assertThat(api.put(
                        "/queues/%2F/" + name,
                        "{\"durable\":true,\"arguments\":{\"x-message-ttl\":60000,\"x-queue-type\":\"quorum\"}}"))
                .isEqualTo(201);
        channel.queueDeclare(name, true, false, false, Map.of("x-message-ttl", 60_000, "x-queue-type", "quorum"));
        assertThat(api.put(
                        "/queues/%2F/" + name,
                        "{\"durable\":true,\"arguments\":{\"x-message-ttl\":60000,\"x-queue-type\":\"quorum\"}}"))
                .isEqualTo(204);
        Answer other = api.send(
                "PUT", "/queues/%2F/" + name, "{\"durable\":\"true\",\"arguments\":{\"x-queue-type\":\"quorum\"}}");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.body().path("reason").asString())
                .startsWith("inequivalent arg 'x-message-ttl' for queue '" + name + "' in vhost '/': received none");
        JsonNode queue = api.get("/queues/%2F/" + name);
        assertThat(queue.path("type").asString()).isEqualTo("quorum");
        assertThat(queue.path("delivery_limit").asInt()).isEqualTo(20);
        assertThat(queue.path("arguments").path("x-message-ttl").asInt()).isEqualTo(60_000);
        assertThat(queue.path("state").asString()).isEqualTo("running");
        assertThat(api.delete("/queues/%2F/" + name)).isEqualTo(204);
        assertThat(api.send("GET", "/queues/%2F/" + name, "").status()).isEqualTo(404);
    }

    @Test
    void queueSaysHowManyMessagesAreReadyAndHeld() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        publish(name, 5);
        GetResponse held = channel.basicGet(name, false);
        assertThat(held).isNotNull();
        JsonNode queue = api.get("/queues/%2F/" + name);
        assertThat(queue.path("messages").asInt()).isEqualTo(5);
        assertThat(queue.path("messages_ready").asInt()).isEqualTo(4);
        assertThat(queue.path("messages_unacknowledged").asInt()).isEqualTo(1);
        assertThat(api.get("/vhosts/%2F").path("messages").asInt()).isGreaterThanOrEqualTo(5);
        assertThat(api.delete("/queues/%2F/" + name + "?if-empty=true")).isEqualTo(400);
        assertThat(api.delete("/queues/%2F/" + name + "/contents")).isEqualTo(204);
        assertThat(api.get("/queues/%2F/" + name).path("messages_ready").asInt())
                .isZero();
        channel.basicConsume(name, false, (_, _) -> {}, _ -> {});
        assertThat(api.get("/queues/%2F/" + name).path("consumers").asInt()).isEqualTo(1);
        assertThat(api.delete("/queues/%2F/" + name + "?if-unused=true")).isEqualTo(400);
    }

    @Test
    void queuesComeInPagesSortedAndCut() throws Exception {
        api.put("/vhosts/" + name, "");
        for (int i = 0; i < 12; i++) {
            api.put("/queues/" + name + "/q%2F" + i, "{\"durable\":true}");
        }
        JsonNode page = api.get("/queues/" + name + "?page=2&page_size=5&pagination=true&name=&use_regex=false");
        assertThat(page.path("page").asInt()).isEqualTo(2);
        assertThat(page.path("page_size").asInt()).isEqualTo(5);
        assertThat(page.path("page_count").asInt()).isEqualTo(3);
        assertThat(page.path("item_count").asInt()).isEqualTo(5);
        assertThat(page.path("total_count").asInt()).isEqualTo(12);
        assertThat(page.path("filtered_count").asInt()).isEqualTo(12);
        assertThat(page.path("items").get(0).path("messages").isNumber()).isTrue();
        JsonNode filtered =
                api.get("/queues/" + name + "?page=1&name=%5Eq.1&use_regex=true&sort=name&sort_reverse=true");
        assertThat(names(filtered.path("items"))).containsExactly("q/11", "q/10", "q/1");
        assertThat(api.get("/queues/" + name + "?columns=name&page=2&page_size=11")
                        .path("items"))
                .hasToString("[{\"name\":\"q/9\"}]");
        assertThat(api.get("/queues/" + name + "?disable_stats=true").get(0).has("messages"))
                .isFalse();
        assertThat(api.get("/queues/" + name + "?disable_stats=true&enable_queue_totals=true")
                        .get(0)
                        .path("messages")
                        .isNumber())
                .isTrue();
        assertThat(api.send("GET", "/queues/" + name + "?page=9", "")
                        .body()
                        .path("error")
                        .asString())
                .isEqualTo("page_out_of_range");
        assertThat(api.send("GET", "/queues/" + name + "?page=1&page_size=501", "")
                        .status())
                .isEqualTo(400);
        assertThat(api.get("/queues/" + name + "/q%2F3").path("name").asString())
                .isEqualTo("q/3");
    }

    // ---- Messages

    @Test
    void messagePublishedHereArrivesWithItsProperties() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        Answer answer = api.post("/exchanges/%2F/amq.default/publish", """
                {"routing_key": "%s", "payload": "aGVsbG8=", "payload_encoding": "base64",
                 "properties": {"delivery_mode": 2, "content_type": "text/plain", "priority": 3,
                                "headers": {"n": 7, "who": "me", "deep": {"list": [1, true, "x"]}}}}
                """.formatted(name));
        assertThat(answer.body()).hasToString("{\"routed\":true}");
        GetResponse got = channel.basicGet(name, true);
        assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo("hello");
        AMQP.BasicProperties properties = got.getProps();
        assertThat(properties.getContentType()).isEqualTo("text/plain");
        assertThat(properties.getPriority()).isEqualTo(3);
        assertThat(properties.getHeaders()).containsEntry("n", 7L);
        assertThat(properties.getHeaders().get("deep")).hasToString("{list=[1, true, x]}");
    }

    @Test
    void messageThatGoesNowhereIsSaidNotToBeRouted() throws Exception {
        String body =
                "{\"routing_key\":\"nowhere\",\"payload\":\"x\",\"payload_encoding\":\"string\",\"properties\":{}}";
        assertThat(api.post("/exchanges/%2F/amq.direct/publish", body).body()).hasToString("{\"routed\":false}");
        assertThat(api.post("/exchanges/%2F/none/publish", body).status()).isEqualTo(404);
        Answer incomplete = api.post("/exchanges/%2F/amq.direct/publish", "{\"payload\":\"x\"}");
        assertThat(incomplete.status()).isEqualTo(400);
        assertThat(incomplete.body().path("reason").asString()).isEqualTo("[{key_missing,routing_key}]");
    }

    @Test
    void messagesAreShownAndStayOrGo() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        publish(name, 3);
        String address = "/queues/%2F/" + name + "/get";
        JsonNode shown = api.post(address, "{\"count\":2,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}")
                .body();
        assertThat(shown).hasSize(2);
        assertThat(shown.get(0).path("payload").asString()).isEqualTo("0");
        assertThat(shown.get(0).path("payload_encoding").asString()).isEqualTo("string");
        assertThat(shown.get(0).path("message_count").asInt()).isEqualTo(2);
        assertThat(shown.get(0).path("routing_key").asString()).isEqualTo(name);
        assertThat(shown.get(0).path("properties").path("delivery_mode").asInt())
                .isEqualTo(2);
        JsonNode taken = api.post(
                        address,
                        "{\"count\":\"2\",\"ackmode\":\"ack_requeue_false\",\"encoding\":\"base64\",\"truncate\":1}")
                .body();
        assertThat(taken.get(0).path("payload").asString()).isEqualTo("MA==");
        assertThat(taken.get(0).path("redelivered").asBoolean()).isTrue();
        assertThat(api.get("/queues/%2F/" + name).path("messages").asInt()).isEqualTo(1);
        assertThat(api.post(address, "{\"count\":1,\"ackmode\":\"perhaps\",\"encoding\":\"auto\"}")
                        .status())
                .isEqualTo(400);
    }

    // ---- Exchanges and bindings

    @Test
    void exchangeIsMadeBoundUnboundAndDeleted() throws Exception {
        assertThat(api.put("/exchanges/%2F/" + name, "{\"type\":\"topic\",\"durable\":true}"))
                .isEqualTo(201);
        assertThat(api.put("/exchanges/%2F/" + name, "{\"type\":\"topic\",\"durable\":true}"))
                .isEqualTo(204);
        Answer other = api.send("PUT", "/exchanges/%2F/" + name, "{\"type\":\"direct\",\"durable\":true}");
        assertThat(other.body().path("reason").asString())
                .isEqualTo("inequivalent arg 'type' for exchange '" + name
                        + "' in vhost '/': received 'direct' but current is 'topic'");
        channel.queueDeclare(name, true, false, false, null);
        String between = "/bindings/%2F/e/" + name + "/q/" + name;
        Answer bound = api.post(between, "{\"routing_key\":\"a.*\",\"arguments\":{\"n\":1}}");
        assertThat(bound.status()).isEqualTo(201);
        String location = bound.response().headers().firstValue("location").orElseThrow();
        JsonNode binding = api.get("/bindings/%2F/e/" + name + "/q/" + location);
        assertThat(binding.path("routing_key").asString()).isEqualTo("a.*");
        assertThat(binding.path("arguments").path("n").asInt()).isEqualTo(1);
        assertThat(binding.path("destination_type").asString()).isEqualTo("queue");
        api.post(between, "");
        assertThat(api.get("/queues/%2F/" + name + "/bindings")).hasSize(3);
        assertThat(api.get("/exchanges/%2F/" + name + "/bindings/source")).hasSize(2);
        assertThat(api.delete("/exchanges/%2F/" + name + "?if-unused=true")).isEqualTo(400);
        assertThat(api.delete(between + "/~")).isEqualTo(204);
        assertThat(api.delete("/bindings/%2F/e/" + name + "/q/" + location)).isEqualTo(204);
        assertThat(api.delete(between + "/~")).isEqualTo(404);
        assertThat(api.get(between)).isEmpty();
        api.post("/bindings/%2F/e/" + name + "/e/amq.fanout", "{\"routing_key\":\"#\"}");
        assertThat(api.get("/exchanges/%2F/amq.fanout/bindings/destination")
                        .get(0)
                        .path("source")
                        .asString())
                .isEqualTo(name);
        assertThat(api.delete("/exchanges/%2F/" + name)).isEqualTo(204);
        assertThat(api.delete("/exchanges/%2F/amq.fanout")).isEqualTo(401);
        assertThat(named(api.get("/exchanges"), "").path("type").asString()).isEqualTo("direct");
    }

    @Test
    void bindingsListsTheDefaultExchangesToo() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        JsonNode all = api.get("/bindings/%2F");
        assertThat(StreamSupport.stream(all.spliterator(), false))
                .anyMatch(each -> each.path("source").asString().isEmpty()
                        && each.path("destination").asString().equals(name)
                        && each.path("properties_key").asString().equals(name));
    }

    // ---- Policies

    @Test
    void policyIsSetShownAndCleared() throws Exception {
        assertThat(api.put(
                        "/policies/%2F/" + name,
                        "{\"pattern\":\"^" + name
                                + "\",\"definition\":{\"max-length\":7},\"apply-to\":\"queues\",\"priority\":3}"))
                .isEqualTo(201);
        assertThat(api.get("/policies/%2F/" + name))
                .hasToString("{\"vhost\":\"/\",\"name\":\"" + name + "\",\"pattern\":\"^" + name
                        + "\",\"apply-to\":\"queues\",\"definition\":{\"max-length\":7},\"priority\":3}");
        api.put("/queues/%2F/" + name, "{\"durable\":true}");
        JsonNode queue = api.get("/queues/%2F/" + name);
        assertThat(queue.path("policy").asString()).isEqualTo(name);
        assertThat(queue.path("effective_policy_definition").path("max-length").asInt())
                .isEqualTo(7);
        Answer unknown =
                api.send("PUT", "/policies/%2F/" + name, "{\"pattern\":\".*\",\"definition\":{\"no-such-key\":1}}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(api.put(
                        "/operator-policies/%2F/" + name,
                        "{\"pattern\":\"^" + name + "\",\"definition\":{\"max-length\":5},\"apply-to\":\"queues\"}"))
                .isEqualTo(201);
        assertThat(api.get("/queues/%2F/" + name)
                        .path("effective_policy_definition")
                        .path("max-length")
                        .asInt())
                .isEqualTo(5);
        assertThat(named(api.get("/parameters/operator_policy"), name)
                        .path("value")
                        .path("definition")
                        .path("max-length")
                        .asInt())
                .isEqualTo(5);
        assertThat(api.delete("/operator-policies/%2F/" + name)).isEqualTo(204);
        assertThat(api.delete("/policies/%2F/" + name)).isEqualTo(204);
        assertThat(api.delete("/policies/%2F/" + name)).isEqualTo(404);
    }

    // ---- Who is connected

    private JsonNode connectionOfThisTest() throws Exception {
        return StreamSupport.stream(api.get("/connections").spliterator(), false)
                .filter(each -> each.path("user_provided_name").asString().equals("of " + name))
                .findFirst()
                .orElseThrow();
    }

    private static String encoded(JsonNode named) {
        return URLEncoder.encode(named.path("name").asString(), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    @Test
    void connectionsChannelsAndConsumersAreListed() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        channel.confirmSelect();
        channel.basicQos(7);
        channel.basicConsume(name, false, "tag-of-" + name, (_, _) -> {}, _ -> {});
        JsonNode here = connectionOfThisTest();
        assertThat(here.path("user").asString()).isEqualTo("guest");
        assertThat(here.path("vhost").asString()).isEqualTo("/");
        assertThat(here.path("state").asString()).isEqualTo("running");
        assertThat(here.path("port").asInt()).isEqualTo(server.amqpPort());
        assertThat(here.path("channels").asInt()).isEqualTo(1);
        assertThat(here.path("name").asString())
                .isEqualTo("127.0.0.1:" + here.path("peer_port").asInt() + " -> 127.0.0.1:" + server.amqpPort());
        assertThat(here.path("client_properties")
                        .path("capabilities")
                        .path("publisher_confirms")
                        .asBoolean())
                .isTrue();
        JsonNode on = api.get("/connections/" + encoded(here) + "/channels").get(0);
        assertThat(on.path("confirm").asBoolean()).isTrue();
        assertThat(on.path("prefetch_count").asInt()).isEqualTo(7);
        assertThat(on.path("consumer_count").asInt()).isEqualTo(1);
        assertThat(api.get("/channels/" + encoded(on))
                        .path("consumer_details")
                        .get(0)
                        .path("prefetch_count")
                        .asInt())
                .isEqualTo(7);
        assertThat(StreamSupport.stream(api.get("/consumers/%2F").spliterator(), false))
                .anyMatch(each -> each.path("consumer_tag").asString().equals("tag-of-" + name)
                        && each.path("queue").path("name").asString().equals(name));
        assertThat(api.get("/queues/%2F/" + name)
                        .path("consumer_details")
                        .get(0)
                        .path("consumer_tag")
                        .asString())
                .isEqualTo("tag-of-" + name);
        JsonNode consumer =
                api.get("/queues/%2F/" + name).path("consumer_details").get(0);
        assertThat(consumer.path("active").asBoolean()).isTrue();
        assertThat(consumer.path("activity_status").asString()).isEqualTo("up");
        assertThat(consumer.path("exclusive").asBoolean(true)).isFalse();
        assertThat(consumer.path("consumer_timeout").asInt()).isEqualTo(1_800_000);
        assertThat(on.path("messages_unconfirmed").isInt()).isTrue();
        JsonNode totals = api.get("/overview").path("object_totals");
        assertThat(totals.path("connections").asInt()).isPositive();
        assertThat(totals.path("consumers").asInt()).isPositive();
    }

    @Test
    void readersOfStreamsAreListedAndCountedAndStreamsAreNotTakenFrom() throws Exception {
        channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "stream"));
        publish(name, 3);
        channel.basicQos(3);
        CountDownLatch all = new CountDownLatch(3);
        channel.basicConsume(
                name,
                false,
                "tag-of-" + name,
                false,
                false,
                Map.of("x-stream-offset", "first"),
                (_, _) -> all.countDown(),
                _ -> {});
        assertThat(all.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        JsonNode stream = api.get("/queues/%2F/" + name);
        assertThat(stream.path("type").asString()).isEqualTo("stream");
        assertThat(stream.path("messages").asInt()).isEqualTo(3);
        assertThat(stream.path("consumers").asInt()).isEqualTo(1);
        assertThat(stream.path("consumer_details").get(0).path("prefetch_count").asInt())
                .isEqualTo(3);
        assertThat(stream.path("message_stats").path("deliver").asInt()).isEqualTo(3);
        Answer taken = api.post(
                "/queues/%2F/" + name + "/get", "{\"count\":1,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}");
        assertThat(taken.status()).isEqualTo(400);
        assertThat(taken.body().path("reason").asString()).contains("basic.get not supported by stream queues");
    }

    @Test
    void consumersSayWhichOfThemIsServedAndWithWhichArguments() throws Exception {
        channel.queueDeclare(name, true, false, false, Map.of("x-single-active-consumer", true));
        channel.queueDeclare("stream-" + name, true, false, false, Map.of("x-queue-type", "stream"));
        channel.basicQos(1);
        CompletableFuture<String> served = new CompletableFuture<>();
        channel.basicConsume(name, false, "first", (tag, _) -> served.complete(tag), _ -> {});
        publish(name, 1);
        assertThat(served.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("first");
        channel.basicConsume(name, false, "second", false, false, Map.of("x-priority", -5), (_, _) -> {}, _ -> {});
        channel.basicConsume("stream-" + name, false, "reader", false, true, Map.of(), (_, _) -> {}, _ -> {});
        JsonNode all = api.get("/consumers/%2F?columns=consumer_tag,active,activity_status,exclusive,arguments");
        assertThat(tagged(all, "first"))
                .hasToString("{\"consumer_tag\":\"first\",\"exclusive\":false,\"active\":true,"
                        + "\"activity_status\":\"single_active\",\"arguments\":{}}");
        assertThat(tagged(all, "second"))
                .hasToString("{\"consumer_tag\":\"second\",\"exclusive\":false,\"active\":false,"
                        + "\"activity_status\":\"waiting\",\"arguments\":{\"x-priority\":-5}}");
        assertThat(tagged(all, "reader"))
                .hasToString("{\"consumer_tag\":\"reader\",\"exclusive\":true,\"active\":true,"
                        + "\"activity_status\":\"up\",\"arguments\":{}}");
    }

    private static JsonNode tagged(JsonNode consumers, String tag) {
        return StreamSupport.stream(consumers.spliterator(), false)
                .filter(each -> each.path("consumer_tag").asString().equals(tag))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + tag + " in " + consumers));
    }

    /** Without one of these rabbitmqadmin cannot read the answer, whatever it was asked for. */
    @Test
    void nodesSayWhatToolsCannotDoWithout() throws Exception {
        JsonNode node = api.get("/nodes").get(0);
        for (String each : List.of(
                "uptime",
                "run_queue",
                "processors",
                "os_pid",
                "fd_total",
                "proc_total",
                "mem_limit",
                "mem_alarm",
                "disk_free_limit",
                "disk_free_alarm",
                "rates_mode",
                "enabled_plugins",
                "being_drained")) {
            assertThat(node.has(each)).as(each).isTrue();
        }
        assertThat(node.path("fd_total").asInt()).isPositive();
    }

    @Test
    void usersSeeTheirOwnConnectionsOnly() throws Exception {
        api.put("/users/lonely", "{\"password\":\"secret\",\"tags\":\"management\"}");
        ManagementClient lonely = api.as("lonely", "secret");
        assertThat(lonely.get("/connections")).isEmpty();
        assertThat(lonely.send("DELETE", "/connections/" + encoded(connectionOfThisTest()), "")
                        .status())
                .isEqualTo(401);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void connectionIsClosedWithItsReason() throws Exception {
        CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
        connection.addShutdownListener(closed::complete);
        Answer answer =
                api.send("DELETE", "/connections/" + encoded(connectionOfThisTest()), "", "X-Reason", "for a test");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(closed.get(SECONDS_MAX, TimeUnit.SECONDS)).hasMessageContaining("CONNECTION_FORCED - for a test");
    }

    @Test
    void whatGoesThroughAQueueIsCountedAndItsRateShown() throws Exception {
        channel.queueDeclare(name, true, false, false, null);
        publish(name, 20);
        channel.basicGet(name, true);
        channel.basicConsume(name, true, (_, _) -> {}, _ -> {});
        JsonNode stats = NOTHING_YET;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (stats.path("publish_details").path("rate").asDouble() == 0 && System.nanoTime() < end) {
            stats = api.get("/queues/%2F/" + name).path("message_stats");
        }
        assertThat(stats.path("publish").asInt()).isEqualTo(20);
        assertThat(stats.path("publish_details").path("rate").asDouble()).isPositive();
        assertThat(stats.path("get_no_ack").asInt()).isEqualTo(1);
        assertThat(stats.path("deliver_get").asInt()).isEqualTo(20);
        assertThat(stats.path("deliver_get_details").path("rate").asDouble()).isPositive();
        assertThat(api.get("/overview").path("message_stats").path("confirm").asInt())
                .isGreaterThanOrEqualTo(20);
    }

    @Test
    void limitsAreSetShownAndCleared() throws Exception {
        api.put("/vhosts/" + name, "");
        assertThat(api.put("/vhost-limits/" + name + "/max-queues", "{\"value\":5}"))
                .isEqualTo(204);
        assertThat(api.get("/vhost-limits/" + name))
                .hasToString("[{\"vhost\":\"" + name + "\",\"value\":{\"max-queues\":5}}]");
        assertThat(api.delete("/vhost-limits/" + name + "/max-queues")).isEqualTo(204);
        assertThat(api.get("/vhost-limits/" + name)).isEmpty();
        api.put("/users/limited", "{\"password\":\"secret\",\"tags\":\"management\"}");
        assertThat(api.put("/user-limits/limited/max-channels", "{\"value\":5}"))
                .isEqualTo(204);
        assertThat(api.as("limited", "secret").get("/user-limits/limited"))
                .hasToString("[{\"user\":\"limited\",\"value\":{\"max-channels\":5}}]");
        assertThat(api.put("/user-limits/limited/max-anything", "{\"value\":5}"))
                .isEqualTo(400);
    }

    // ---- Definitions

    @Test
    void definitionsOfOneServerCanBeReadByAnother(@TempDir Path elsewhere) throws Exception {
        api.put("/vhosts/" + name, "{\"description\":\"moved\"}");
        api.put("/users/mover", "{\"password\":\"secret\",\"tags\":\"administrator\"}");
        api.put("/permissions/" + name + "/mover", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        api.put("/queues/" + name + "/q", "{\"durable\":true,\"arguments\":{\"x-max-length\":9}}");
        api.put("/exchanges/" + name + "/e", "{\"type\":\"headers\",\"durable\":true}");
        api.post(
                "/bindings/" + name + "/e/e/q/q",
                "{\"routing_key\":\"k\",\"arguments\":{\"x-match\":\"any\",\"a\":1}}");
        api.put(
                "/policies/" + name + "/p",
                "{\"pattern\":\"^x\",\"definition\":{\"message-ttl\":1000},\"apply-to\":\"queues\"}");
        String definitions = api.send("GET", "/definitions", "").response().body();
        try (WeirServer other = TestServer.start(elsewhere)) {
            ManagementClient there = ManagementClient.guest(other);
            assertThat(there.post("/definitions", definitions).status()).isEqualTo(204);
            assertThat(there.post("/definitions", definitions).status()).isEqualTo(204); // Once more changes nothing.
            ManagementClient mover = there.as("mover", "secret");
            assertThat(mover.get("/queues/" + name + "/q")
                            .path("arguments")
                            .path("x-max-length")
                            .asInt())
                    .isEqualTo(9);
            assertThat(mover.get("/exchanges/" + name + "/e/bindings/source")
                            .get(0)
                            .path("arguments"))
                    .hasToString("{\"a\":1,\"x-match\":\"any\"}");
            assertThat(mover.get("/policies/" + name + "/p")
                            .path("definition")
                            .path("message-ttl")
                            .asInt())
                    .isEqualTo(1000);
            JsonNode one = mover.get("/definitions/" + name);
            assertThat(one.path("rabbitmq_definition_format").asString()).isEqualTo("single_virtual_host");
            mover.put("/vhosts/copy", "");
            assertThat(mover.post("/definitions/copy", one.toString()).status()).isEqualTo(204);
            assertThat(names(mover.get("/queues/copy"))).containsExactly("q");
        }
        api.delete("/users/mover");
        api.delete("/vhosts/" + name);
    }

    /** As RabbitMQ 4.3 writes it, but for names and hashes. */
    @Test
    void definitionFileOfRabbitMqIsTaken() throws Exception {
        String hash = api.get("/auth/hash_password/swordfish").path("ok").asString();
        String file = """
                {"rabbit_version": "4.3.0", "rabbitmq_version": "4.3.0", "product_name": "RabbitMQ",
                 "product_version": "4.3.0", "rabbitmq_definition_format": "cluster",
                 "original_cluster_name": "rabbit@old", "explanation": "Definitions of cluster 'rabbit@old'",
                 "users": [{"name": "captain", "password_hash": "%s",
                            "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ["administrator"], "limits": {}}],
                 "vhosts": [{"name": "sea", "description": "", "tags": [], "default_queue_type": "quorum",
                             "metadata": {"description": "", "tags": [], "default_queue_type": "quorum"}, "limits": []}],
                 "permissions": [{"user": "captain", "vhost": "sea", "configure": ".*", "write": ".*", "read": ".*"}],
                 "topic_permissions": [{"user": "captain", "vhost": "sea", "exchange": "amq.topic", "write": "^a", "read": ".*"}],
                 "parameters": [{"vhost": "sea", "component": "operator_policy", "name": "op",
                                 "value": {"pattern": ".*", "apply-to": "queues", "priority": 1, "definition": {"max-length": 100}}},
                                {"vhost": "sea", "component": "vhost-limits", "name": "limits", "value": {"max-queues": 50}}],
                 "global_parameters": [{"name": "cluster_name", "value": "rabbit@old"}],
                 "policies": [{"vhost": "sea", "name": "ttl", "pattern": "^t", "apply-to": "classic_queues", "priority": 0,
                               "definition": {"message-ttl": 5000}}],
                 "queues": [{"name": "fish", "vhost": "sea", "type": "quorum", "durable": true, "auto_delete": false,
                             "arguments": {"x-queue-type": "quorum", "x-delivery-limit": 5}}],
                 "exchanges": [{"name": "waves", "vhost": "sea", "type": "direct", "durable": true, "auto_delete": false,
                                "internal": false, "arguments": {}}],
                 "bindings": [{"source": "waves", "vhost": "sea", "destination": "fish", "destination_type": "queue",
                               "routing_key": "net", "arguments": {}}]}
                """.formatted(hash);
        Answer answer = api.post("/definitions", file);
        assertThat(answer.body().toString()).isEqualTo("null");
        assertThat(answer.status()).isEqualTo(204);
        ManagementClient captain = api.as("captain", "swordfish");
        assertThat(captain.get("/queues/sea/fish").path("delivery_limit").asInt())
                .isEqualTo(5);
        assertThat(captain.get("/queues/sea/fish").path("operator_policy").asString())
                .isEqualTo("op");
        assertThat(captain.post(
                                "/exchanges/sea/waves/publish",
                                "{\"routing_key\":\"net\",\"payload\":\"x\",\"payload_encoding\":\"string\",\"properties\":{}}")
                        .body())
                .hasToString("{\"routed\":true}");
        Answer broken = api.post("/definitions", "{\"queues\":[{\"name\":\"q\",\"vhost\":\"none\"}]}");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.body().path("reason").asString()).isEqualTo("queues 'q': virtual host 'none' does not exist");
    }

    /** As files of RabbitMQ's have them, from queues that a client had its server name. */
    @Test
    void whatOnlyAServerNamesIsLeftOutOfAnImport() throws Exception {
        String file = """
                {"queues": [{"name": "amq.gen-x", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {}},
                            {"name": "%1$s", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {}}],
                 "exchanges": [{"name": "amq.rabbitmq.other", "vhost": "/", "type": "topic", "durable": true,
                                "auto_delete": false, "internal": true, "arguments": {}}],
                 "bindings": [{"source": "amq.direct", "vhost": "/", "destination": "amq.gen-x",
                               "destination_type": "queue", "routing_key": "a", "arguments": {}},
                              {"source": "amq.direct", "vhost": "/", "destination": "%1$s",
                               "destination_type": "queue", "routing_key": "b", "arguments": {}}]}
                """.formatted(name);
        Answer answer = api.post("/definitions", file);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(names(answer.body().path("left_out"))).containsExactly("amq.gen-x", "amq.rabbitmq.other");
        assertThat(names(api.get("/queues/%2F"))).contains(name).doesNotContain("amq.gen-x");
        assertThat(names(api.get("/exchanges/%2F"))).doesNotContain("amq.rabbitmq.other");
        assertThat(api.get("/bindings/%2F/e/amq.direct/q/" + name)).hasSize(1);
    }

    /** Those who are somebody would have to wait for them. */
    @Test
    void largeRequestOfNobodyIsAnsweredBeforeItIsRead() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.managementPort())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS_MAX));
            socket.getOutputStream()
                    .write("POST /api/definitions HTTP/1.1\r\nHost: weir\r\nContent-Length: 1000000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            assertThat(line).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void streamAndItsConsumersAreShownAndItsMessagesAreNotToBeGot() throws Exception {
        channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "stream"));
        publish(name, 3);
        CompletableFuture<Void> three = new CompletableFuture<>();
        channel.basicQos(10);
        String tag = channel.basicConsume(
                name,
                false,
                Map.of("x-stream-offset", "first"),
                (_, delivery) -> {
                    if (delivery.getEnvelope().getDeliveryTag() == 3) {
                        three.complete(null);
                    }
                },
                _ -> {});
        three.get(SECONDS_MAX, TimeUnit.SECONDS);
        JsonNode queue = api.get("/queues/%2F/" + name);
        assertThat(queue.path("consumer_details").path(0).path("consumer_tag").asString())
                .isEqualTo(tag);
        assertThat(queue.path("message_stats").path("deliver").asInt()).isEqualTo(3);
        Answer answer = api.post(
                "/queues/%2F/" + name + "/get", "{\"count\":1,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("reason").asString())
                .startsWith("540 NOT_IMPLEMENTED - basic.get not supported by stream queues");
    }
}
