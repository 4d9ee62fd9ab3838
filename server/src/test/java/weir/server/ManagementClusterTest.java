package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static weir.server.AmqpNodes.publish;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.NetworkConnection;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What operators see of three nodes that are one broker, whichever they ask; and the limits that hold for all together. */
class ManagementClusterTest {
    private static final int SECONDS_MAX = 60;

    @RegisterExtension
    static final AmqpNodes CLUSTER = new AmqpNodes();

    private static ManagementClient.Answer answer(int node, String path) throws Exception {
        URI address = URI.create(CLUSTER.process(node).adminUrl() + "/api/v1/rabbitmq/" + path);
        return ManagementClient.exchange(HttpRequest.newBuilder(address).build());
    }

    private static JsonNode asked(int node, String path) throws Exception {
        ManagementClient.Answer answer = answer(node, path);
        assertThat(answer.status()).as(path).isEqualTo(200);
        return answer.body();
    }

    @Test
    void clientsOfAllNodesAreListedAndCountedAtAny() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(CLUSTER.name(), true, false, false, null);
        Connection two = CLUSTER.connect(2);
        two.createChannel().basicConsume(CLUSTER.name(), false, "tag-of-" + CLUSTER.name(), (_, _) -> {}, _ -> {});
        publish(one, "", CLUSTER.name(), "by one");
        publish(CLUSTER.channel(3), "", CLUSTER.name(), "by three");
        int port = ((NetworkConnection) two).getLocalPort();
        for (int node = 1; node <= AmqpNodes.NODES; node++) {
            JsonNode there = asked(node, "queues/%2F/" + CLUSTER.name());
            assertThat(there.path("consumers").asInt()).isEqualTo(1);
            assertThat(there.path("message_stats").path("publish").asInt()).isEqualTo(2);
            assertThat(there.path("consumer_details")
                            .get(0)
                            .path("consumer_tag")
                            .asString())
                    .isEqualTo("tag-of-" + CLUSTER.name());
            assertThat(asked(node, "queues/%2F?name=" + CLUSTER.name() + "&page=1")
                            .path("items")
                            .get(0)
                            .path("consumers")
                            .asInt())
                    .isEqualTo(1);
            assertThat(asked(node, "consumers/%2F").toString()).contains("tag-of-" + CLUSTER.name());
            assertThat(asked(node, "channels").toString()).contains("\"peer_port\":" + port);
            assertThat(CLUSTER.process(node).weir("rabbitmqctl", "list_connections", "peer_port"))
                    .contains(Integer.toString(port));
            assertThat(asked(node, "overview")
                            .path("object_totals")
                            .path("connections")
                            .asInt())
                    .isGreaterThanOrEqualTo(3);
            assertThat(asked(node, "nodes").findValues("uptime")).hasSize(AmqpNodes.NODES);
        }
    }

    @Test
    void aConnectionIsClosedThroughAnyNode() throws Exception {
        Connection two = CLUSTER.connect(2);
        CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
        two.addShutdownListener(closed::complete);
        int port = ((NetworkConnection) two).getLocalPort();
        String name = StreamSupport.stream(asked(1, "connections").spliterator(), false)
                .filter(each -> each.path("peer_port").asInt() == port)
                .findFirst()
                .orElseThrow()
                .path("name")
                .asString();
        CLUSTER.process(3).weir("rabbitmqctl", "close_connection", name, "for a test");
        assertThat(closed.get(SECONDS_MAX, TimeUnit.SECONDS)).hasMessageContaining("CONNECTION_FORCED - for a test");
    }

    @Test
    void whatWasPublishedToAnExchangeIsCountedAtAllNodes() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.exchangeDeclare(CLUSTER.name(), "fanout", true);
        one.queueDeclare(CLUSTER.name(), true, false, false, null);
        one.queueDeclare(CLUSTER.name() + "-2", true, false, false, null);
        one.queueBind(CLUSTER.name(), CLUSTER.name(), "");
        one.queueBind(CLUSTER.name() + "-2", CLUSTER.name(), "");
        CLUSTER.process(3)
                .await(
                        CLUSTER.name() + "\t" + CLUSTER.name() + "-2",
                        "rabbitmqctl",
                        "list_bindings",
                        "source_name",
                        "destination_name");
        publish(one, CLUSTER.name(), "", "by one");
        publish(CLUSTER.channel(3), CLUSTER.name(), "", "by three");
        for (int node = 1; node <= AmqpNodes.NODES; node++) {
            JsonNode stats = asked(node, "exchanges/%2F/" + CLUSTER.name()).path("message_stats");
            assertThat(stats.path("publish_in").asInt()).isEqualTo(2);
            assertThat(stats.path("publish_out").asInt()).isEqualTo(4);
            assertThat(asked(node, "exchanges/%2F?page=1&name=" + CLUSTER.name())
                            .path("items")
                            .get(0)
                            .path("message_stats")
                            .path("publish_out")
                            .asInt())
                    .isEqualTo(4);
        }
    }

    @Test
    void limitsOfAUserAndAVirtualHostHoldForAllNodesTogether() throws Exception {
        String limit = "{\"max-connections\":2,\"max-channels\":3}";
        CLUSTER.process(1).weir("rabbitmqctl", "set_user_limits", "guest", limit);
        try {
            for (int node = 2; node <= AmqpNodes.NODES; node++) {
                for (String each : List.of("max-connections", "max-channels")) { // Set one after the other.
                    CLUSTER.process(node).await(each, "rabbitmqctl", "list_user_limits", "--user", "guest");
                }
            }
            Connection one = CLUSTER.connect(1);
            Connection two = CLUSTER.connect(2);
            assertThatThrownBy(() -> CLUSTER.connect(3))
                    .hasStackTraceContaining("user connection limit (2) is reached");
            one.createChannel();
            one.createChannel();
            two.createChannel();
            assertThatThrownBy(two::createChannel)
                    .hasStackTraceContaining("has reached the maximum allowed user limit of 3");
        } finally {
            CLUSTER.disconnectAll();
            CLUSTER.process(1).weir("rabbitmqctl", "clear_user_limits", "guest", "all");
        }
        CLUSTER.process(1).weir("rabbitmqctl", "set_vhost_limits", "-p", "/", "{\"max-connections\":1}");
        try {
            CLUSTER.connect(2);
            assertThatThrownBy(() -> CLUSTER.connect(1)).hasStackTraceContaining("connection limit (1) is reached");
        } finally {
            CLUSTER.process(1).weir("rabbitmqctl", "clear_vhost_limits", "-p", "/");
        }
    }

    @Test
    void anAlarmOfOneNodeIsSeenAtAllAndIsLocalAtThatOneAlone() throws Exception {
        CLUSTER.process(2)
                .weir("rabbitmqctl", "eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).");
        try {
            for (int node = 1; node <= AmqpNodes.NODES; node++) {
                ManagementClient.Answer alarms = answer(node, "health/checks/alarms");
                assertThat(alarms.status()).isEqualTo(503);
                assertThat(alarms.body().path("alarms"))
                        .hasToString("[{\"node\":\"weir@node-2\",\"resource\":\"memory\"}]");
                assertThat(answer(node, "health/checks/local-alarms").status()).isEqualTo(node == 2 ? 503 : 200);
            }
        } finally {
            CLUSTER.process(2)
                    .weir("rabbitmqctl", "eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()}).");
        }
        assertThat(answer(1, "health/checks/alarms").status()).isEqualTo(200);
    }

    @Test
    void aNodeThatDoesNotAnswerIsLeftOutOfListsAndStillIsANode() throws Exception {
        CLUSTER.connect(1);
        CLUSTER.process(3).signal("STOP");
        try {
            assertThat(asked(1, "connections").toString()).contains("\"node\":\"weir@node-1\"");
            assertThat(asked(1, "overview")
                            .path("object_totals")
                            .path("connections")
                            .asInt())
                    .isPositive();
            JsonNode silent = StreamSupport.stream(asked(1, "nodes").spliterator(), false)
                    .filter(each -> each.path("name").asString().equals("weir@node-3"))
                    .findFirst()
                    .orElseThrow();
            assertThat(silent.path("running").asBoolean(true)).isFalse();
        } finally {
            CLUSTER.process(3).signal("CONT");
        }
        CLUSTER.process(1).await("All is well.", "cluster", "status");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (asked(1, "nodes").findValues("uptime").size() < AmqpNodes.NODES) { // It is asked again after a while.
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }
}
