package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir rabbitmqctl} as client libraries' test suites call it, beside RabbitMQ's Java client. */
class RabbitmqctlTest {
    private static final int GARBAGE_BYTES = 16 * 1024 * 1024;
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

    private int ctl(String... words) {
        ran = Ran.at(
                server,
                Stream.concat(Stream.of("rabbitmqctl"), Stream.of(words)).toArray(String[]::new));
        return ran.exitCode();
    }

    private void done(String... words) {
        assertThat(ctl(words)).as(ran.err()).isZero();
    }

    @BeforeEach
    void clean() {
        done("start_app");
    }

    private static ConnectionFactory factory(String user, String host) {
        ConnectionFactory factory = TestServer.rabbit(server.amqpPort());
        factory.setUsername(user);
        factory.setPassword(user);
        factory.setVirtualHost(host);
        return factory;
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    private static CompletableFuture<String> end(Connection connection) {
        CompletableFuture<String> end = new CompletableFuture<>();
        connection.addShutdownListener(signal -> end.complete(
                signal.getReason() instanceof AMQP.Connection.Close close
                        ? close.getReplyCode() + " " + close.getReplyText()
                        : String.valueOf(signal.getMessage())));
        return end;
    }

    // ---- Users and virtual hosts

    @Test
    void usersAreAddedTaggedAuthenticatedAndDeleted() throws Exception {
        done("add_user", "anne", "anne");
        assertThat(ran.out()).isEqualTo("Adding user \"anne\" ...\n");
        assertThat(ctl("add_user", "anne", "again")).isEqualTo(70);
        assertThat(ran.err()).isEqualTo("Error:\nUser \"anne\" already exists\n");
        done("set_user_tags", "anne", "management", "policymaker");
        done("list_users", "-q");
        assertThat(ran.out()).startsWith("user\ttags\n").contains("anne\t[management, policymaker]\n");
        done("list_users", "--formatter", "json");
        assertThat(ran.out()).contains("{\"user\":\"anne\",\"tags\":[\"management\",\"policymaker\"]}");
        done("authenticate_user", "anne", "anne");
        assertThat(ran.out()).contains("Success");
        assertThat(ctl("authenticate_user", "anne", "wrong")).isEqualTo(65);
        assertThatThrownBy(() -> factory("anne", "/").newConnection()).hasStackTraceContaining("access to vhost");
        done("set_permissions", "-p", "/", "anne", ".*", "", "^r");
        done("list_permissions", "-q", "--no-table-headers");
        assertThat(ran.out()).contains("anne\t.*\t\t^r\n");
        try (Connection connection = factory("anne", "/").newConnection()) {
            assertThat(connection.isOpen()).isTrue();
        }
        done("change_password", "anne", "other");
        assertThat(ctl("authenticate_user", "anne", "anne")).isEqualTo(65);
        done("clear_permissions", "anne");
        done("list_user_permissions", "anne", "-s");
        assertThat(ran.out()).isEmpty();
        done("delete_user", "anne");
        assertThat(ctl("delete_user", "anne")).isEqualTo(67);
        assertThat(ran.err()).isEqualTo("Error:\nUser \"anne\" does not exist\n");
        assertThat(ctl("set_permissions", "anne", "", "", "")).isEqualTo(67);
    }

    @Test
    void topicPermissionsHoldUntilTheyAreCleared() throws Exception {
        done("add_user", "topical", "topical");
        done("set_permissions", "topical", ".*", ".*", ".*");
        done("set_topic_permissions", "topical", "amq.topic", "^a", "^b");
        done("list_topic_permissions", "-q");
        assertThat(ran.out()).contains("topical\tamq.topic\t^a\t^b");
        try (Connection connection = factory("topical", "/").newConnection()) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.basicPublish("amq.topic", "a.b", null, new byte[0]);
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
            channel.basicPublish("amq.topic", "x", null, new byte[0]);
            await("the channel is closed", () -> !channel.isOpen());
            done("clear_topic_permissions", "topical", "amq.topic");
            Channel free = connection.createChannel();
            free.confirmSelect();
            free.basicPublish("amq.topic", "x", null, new byte[0]);
            free.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        }
    }

    @Test
    void aVirtualHostComesWithItsLimitsAndGoesUnderAnOpenConnection() throws Exception {
        done("add_vhost", "v", "--description", "of tests", "--default-queue-type", "quorum");
        assertThat(ctl("set_permissions", "-p", "nowhere", "guest", "", "", "")).isEqualTo(65);
        done("set_permissions", "-p", "v", "guest", ".*", ".*", ".*");
        done("list_vhosts", "name", "description", "default_queue_type", "-q");
        assertThat(ran.out()).contains("v\tof tests\tquorum\n");
        done("set_vhost_limits", "-p", "v", "{\"max-connections\": 1, \"max-queues\": 1}");
        Connection connection = factory("guest", "v").newConnection();
        assertThatThrownBy(() -> factory("guest", "v").newConnection())
                .hasStackTraceContaining("connection limit (1) is reached");
        Channel channel = connection.createChannel();
        channel.queueDeclare("one", true, false, false, null);
        assertThatThrownBy(() -> channel.queueDeclare("two", true, false, false, null))
                .hasStackTraceContaining("queue limit in vhost 'v' (1) is reached");
        done("list_vhost_limits", "-p", "v", "-q");
        assertThat(ran.out()).contains("v\t{").contains("\"max-connections\":1");
        done("clear_vhost_limits", "-p", "v");
        connection.createChannel().queueDeclare("two", true, false, false, null);
        CompletableFuture<String> end = end(connection);
        done("delete_vhost", "v");
        assertThat(end.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("320 CONNECTION_FORCED - vhost 'v' is deleted");
        assertThat(ctl("delete_vhost", "v")).isEqualTo(65);
    }

    @Test
    void limitsOfUsersAreSetAndCleared() throws Exception {
        done("add_user", "few", "few");
        done("set_permissions", "few", ".*", ".*", ".*");
        done("set_user_limits", "few", "{\"max-connections\":1,\"max-channels\":1}");
        Connection connection = factory("few", "/").newConnection();
        assertThatThrownBy(() -> factory("few", "/").newConnection())
                .hasStackTraceContaining("user connection limit (1) is reached");
        done("clear_user_limits", "few", "all");
        factory("few", "/").newConnection().close();
        assertThat(ctl("set_user_limits", "few", "none")).isEqualTo(70);
        connection.close();
    }

    // ---- Policies and queues

    @Test
    void aPolicyIsSetOnALiveQueueListedAndCleared() throws Exception {
        try (Connection connection = factory("guest", "/").newConnection()) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("ruled", true, false, false, Map.of("x-max-length", 9));
            channel.confirmSelect();
            for (int i = 0; i < 5; i++) {
                channel.basicPublish("", "ruled", null, "m".getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
            done("set_policy", "--apply-to", "queues", "--priority", "7", "short", "^ruled$", "{\"max-length\":2}");
            await("the policy is in force", () -> channel.messageCount("ruled") == 2);
            done("list_policies", "-q");
            assertThat(ran.out()).contains("/\tshort\t^ruled$\tqueues\t{\"max-length\":2}\t7\n");
            done("list_queues", "-q", "name", "messages", "policy", "arguments");
            assertThat(ran.out()).contains("ruled\t2\tshort\t[{\"x-max-length\",9}]\n");
            assertThat(ctl("set_policy", "bad", "x", "{\"ha-mode\":\"all\"}")).isEqualTo(70);
            assertThat(ran.err()).contains("\"ha-mode\" is not a recognised policy setting");
            assertThat(ctl("set_policy", "bad", "x", "{")).isEqualTo(70);
            done("set_operator_policy", "cap", "^ruled$", "{\"max-length\":1}");
            await("the operator's is, too", () -> channel.messageCount("ruled") == 1);
            done("clear_operator_policy", "cap");
            done("clear_policy", "short");
            assertThat(ctl("clear_policy", "short")).isEqualTo(70);
            assertThat(ctl("delete_queue", "ruled", "--if-empty")).isEqualTo(64);
            done("purge_queue", "ruled");
            assertThat(channel.messageCount("ruled")).isZero();
            done("list_exchanges", "-q");
            assertThat(ran.out()).contains("amq.topic\ttopic\n");
            channel.queueBind("ruled", "amq.direct", "k");
            done("list_bindings", "-q");
            assertThat(ran.out()).contains("amq.direct\texchange\truled\tqueue\tk\t[]\n");
            done("delete_queue", "ruled");
            assertThat(ran.out()).contains("Queue was successfully deleted with 0 ready messages");
            assertThat(ctl("delete_queue", "ruled")).isEqualTo(64);
        }
    }

    // ---- Connections, alarms, the node

    @Test
    void aConnectionIsFoundByItsNameAndClosed() throws Exception {
        ConnectionFactory factory = factory("guest", "/");
        Connection connection = factory.newConnection("by-name");
        Channel channel = connection.createChannel();
        channel.queueDeclare("consumed", true, false, false, null);
        channel.basicConsume("consumed", (_, _) -> {}, _ -> {});
        CompletableFuture<String> end = end(connection);
        await("the connection is listed", () -> {
            done("list_connections", "-q", "pid", "peer_port", "client_properties");
            return ran.out().contains("\"connection_name\",\"by-name\"");
        });
        String line = ran.out()
                .lines()
                .filter(each -> each.contains("by-name"))
                .findFirst()
                .orElseThrow();
        String[] columns = line.split("\t", -1);
        assertThat(Integer.parseInt(columns[1])).isPositive();
        done("list_channels", "-q");
        assertThat(ran.out()).contains("guest\t1\t0");
        done("list_consumers", "-q");
        assertThat(ran.out()).contains("consumed\t");
        done("close_connection", columns[0], "closed by a test");
        assertThat(end.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("320 CONNECTION_FORCED - closed by a test");
        Connection another = factory.newConnection();
        CompletableFuture<String> all = end(another);
        await("all are closed", () -> {
            done("close_all_connections", "--global", "all of them");
            return all.isDone();
        });
        assertThat(all.get()).isEqualTo("320 CONNECTION_FORCED - all of them");
    }

    @Test
    void anAlarmBlocksWhoPublishesUntilItIsCleared() throws Exception {
        done("eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).");
        assertThat(ran.out()).isEqualTo("ok\n");
        try (Connection connection = factory("guest", "/").newConnection()) {
            CompletableFuture<String> blocked = new CompletableFuture<>();
            CompletableFuture<Void> unblocked = new CompletableFuture<>();
            connection.addBlockedListener(blocked::complete, () -> unblocked.complete(null));
            Channel channel = connection.createChannel();
            channel.basicPublish("", "nowhere", null, new byte[0]);
            assertThat(blocked.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("low on memory");
            done("status");
            assertThat(ran.out()).contains("memory alarm");
            assertThat(ManagementClient.guest(server)
                            .send("GET", "/health/checks/local-alarms", "")
                            .body()
                            .path("alarms")
                            .get(0)
                            .path("resource")
                            .asString())
                    .isEqualTo("memory");
            done("eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()}).");
            unblocked.get(SECONDS_MAX, TimeUnit.SECONDS);
        }
        done("set_vm_memory_high_watermark", "0.000000001");
        done("status");
        assertThat(ran.out()).contains("memory alarm");
        done("set_vm_memory_high_watermark", "1.0");
        done("status");
        assertThat(ran.out()).doesNotContain("memory alarm");
    }

    @Test
    void theAppIsStoppedAndStarted() throws Exception {
        Connection connection = factory("guest", "/").newConnection();
        CompletableFuture<String> end = end(connection);
        done("stop_app");
        assertThat(end.get(SECONDS_MAX, TimeUnit.SECONDS))
                .isEqualTo("320 CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
        assertThatThrownBy(() -> factory("guest", "/").newConnection()).isInstanceOf(IOException.class);
        done("start_app");
        done("await_startup");
        done("ping");
        assertThat(ran.out()).contains("Ping succeeded");
        factory("guest", "/").newConnection().close();
    }

    /** What the Java client's own suite asks of the firehose, and what else it says. */
    @Test
    void theFirehoseCopiesWhatIsPublishedAndHandedOutWhileItIsOn() throws Exception {
        try (Connection connection = factory("guest", "/").newConnection()) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("traced-exchange", "fanout", false, true, null);
            String queue = channel.queueDeclare().getQueue();
            String firehose = channel.queueDeclare().getQueue();
            channel.queueBind(queue, "traced-exchange", "");
            channel.queueBind(firehose, "amq.rabbitmq.trace", "#");
            publishAndGet(channel, queue, "not traced");
            done("trace_on");
            assertThat(ran.out()).isEqualTo("Starting tracing for vhost \"/\" ...\nTrace enabled for vhost /\n");
            publishAndGet(channel, queue, "traced");
            done("trace_off");
            publishAndGet(channel, queue, "not traced");

            GetResponse publish = channel.basicGet(firehose, true);
            GetResponse deliver = channel.basicGet(firehose, true);
            assertThat(publish.getEnvelope().getRoutingKey()).isEqualTo("publish.traced-exchange");
            assertThat(deliver.getEnvelope().getRoutingKey()).isEqualTo("deliver." + queue);
            assertThat(channel.basicGet(firehose, true)).isNull();
            for (GetResponse each : List.of(publish, deliver)) {
                Map<String, Object> headers = each.getProps().getHeaders();
                assertThat(headers.get("exchange_name")).hasToString("traced-exchange");
                assertThat(headers.get("routing_keys")).hasToString("[traced]");
                assertThat(headers.get("vhost")).hasToString("/");
                assertThat(headers.get("user")).hasToString("guest");
                assertThat(headers.get("channel")).isEqualTo(channel.getChannelNumber());
                assertThat(headers.get("connection")).asString().endsWith(" -> 127.0.0.1:" + server.amqpPort());
                assertThat(headers.get("properties")).asString().contains("content_type=text/plain");
                assertThat(new String(each.getBody(), StandardCharsets.UTF_8)).isEqualTo("traced");
            }
            assertThat(publish.getProps().getHeaders().get("routed_queues")).hasToString("[" + queue + "]");
            assertThat(deliver.getProps().getHeaders()).containsEntry("redelivered", 0);
        }
    }

    private static void publishAndGet(Channel channel, String queue, String key) throws Exception {
        byte[] body = key.getBytes(StandardCharsets.UTF_8);
        channel.basicPublish("traced-exchange", key, MessageProperties.TEXT_PLAIN, body);
        assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
    }

    /** An alarm that nobody ends would keep publishers waiting for good. */
    @Test
    void memoryThatNobodyNeedsRaisesNoAlarm() throws Exception {
        Runtime runtime = Runtime.getRuntime();
        runtime.gc();
        long room = runtime.totalMemory() - runtime.freeMemory() + 4L * GARBAGE_BYTES;
        long made = 0;
        for (int i = 0; i < 8; i++) {
            made += new byte[GARBAGE_BYTES].length;
        }
        done("set_vm_memory_high_watermark", "absolute", Long.toString(room));
        assertThat(made).isPositive();
        assertThat(ManagementClient.guest(server)
                        .send("GET", "/health/checks/local-alarms", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void healthChecksSeeWhatAnOperatorHasDone() throws Exception {
        ManagementClient api = ManagementClient.guest(server);
        done("eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).");
        try {
            ManagementClient.Answer alarms = api.send("GET", "/health/checks/local-alarms", "");
            assertThat(alarms.status()).isEqualTo(503);
            assertThat(alarms.body().path("alarms").path(0).path("resource").asString())
                    .isEqualTo("memory");
            assertThat(api.get("/nodes").path(0).path("mem_alarm").asBoolean()).isTrue();
        } finally {
            done("eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()}).");
        }
        assertThat(api.get("/health/checks/alarms").path("status").asString()).isEqualTo("ok");
        String port = "/health/checks/port-listener/" + server.amqpPort();
        assertThat(api.send("GET", port, "").status()).isEqualTo(200);
        done("stop_app");
        assertThat(api.send("GET", port, "").status()).isEqualTo(503);
        assertThat(api.send("GET", "/health/checks/is-in-service", "").status()).isEqualTo(503);
        done("start_app");
        assertThat(api.send("GET", "/health/checks/is-in-service", "").status()).isEqualTo(200);
    }

    @Test
    void whatIsEvaluatedHoldsForConnectionsAfterIt() throws Exception {
        done("eval", "application:set_env(rabbit, channel_max, 3).");
        try (Connection connection = factory("guest", "/").newConnection()) {
            assertThat(connection.getChannelMax()).isEqualTo(3);
        } finally {
            done("eval", "application:set_env(rabbit, channel_max, 2047).");
        }
        done("eval", "application:set_env(rabbit, loopback_users, []).");
        done("eval", "application:set_env(rabbit, loopback_users, [<<\"guest\">>]).");
        done("eval", "{ok, V} = application:get_env(rabbit, loopback_users), V.");
        assertThat(ran.out()).isEqualTo("[<<\"guest\">>]\n");
        assertThat(ctl("eval", "1 + 1.")).isEqualTo(65);
        assertThat(ran.err()).contains("this node is not written in Erlang");
    }

    @Test
    void whatCannotBeIsSaidWithRabbitsExitCodes() {
        assertThat(ctl("no_such_thing")).isEqualTo(64);
        assertThat(ctl("add_user")).isEqualTo(64);
        assertThat(ctl("list_queues", "colour")).isEqualTo(64);
        assertThat(ctl("list_queues", "--colour")).isEqualTo(64);
        assertThat(ctl("list_queues", "-p", "nowhere")).isEqualTo(65);
        assertThat(ctl("trace_on", "-p", "nowhere")).isEqualTo(65);
        Ran nobody = Ran.weir("rabbitmqctl", "--server", "http://127.0.0.1:1", "list_queues");
        assertThat(nobody.exitCode()).isEqualTo(69);
        assertThat(nobody.err()).contains("unable to perform an operation on node");
    }
}
