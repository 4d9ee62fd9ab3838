package weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterRefusal;
import weir.core.codec.Formats;

class ClusterRoutesTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String CLUSTER = "/api/v1/cluster";

    /** Remembers what it was asked for, and refuses what concerns node 9 or shard 9. */
    private static final class Remembering implements ClusterControl {
        @Override
        public String editions() {
            return "Edition 1.";
        }

        final List<ClusterAction> actions = new ArrayList<>();

        @Override
        public ClusterOverview overview() {
            return new ClusterOverview(
                    2,
                    OptionalInt.of(1),
                    3,
                    Duration.ofMinutes(10),
                    List.of(new ClusterOverview.NodeView(3, "h3:7100", "", "active", false, 40_900, 0, 0, 1, 17)),
                    List.of(new ClusterOverview.GroupView(
                            "2",
                            OptionalInt.empty(),
                            OptionalInt.of(3),
                            List.of(new ClusterOverview.ReplicaView(3, "silent", -1, -1, null)),
                            2_048,
                            -1,
                            "placed when the cluster was founded",
                            "shard 2 has no leader")),
                    List.of("shard 2 has no leader"));
        }

        @Override
        public ClusterAnswer manage(ClusterAction action) {
            actions.add(action);
            return switch (action) {
                case ClusterAction.Drain(int node)
                when node == 9 -> new ClusterAnswer.Refused(ClusterRefusal.NO_SUCH_NODE, "there is no node 9");
                case ClusterAction.Transfer(int shard, int _)
                when shard == 9 -> new ClusterAnswer.Refused(ClusterRefusal.NO_SUCH_SHARD, "there is no shard 9");
                case ClusterAction.Remove(int _, boolean force)
                when !force -> new ClusterAnswer.Refused(ClusterRefusal.NOT_NOW, "drain it first");
                case ClusterAction.Undrain(int node)
                when node == 9 -> new ClusterAnswer.Refused(ClusterRefusal.NO_LEADER, "no majority");
                case ClusterAction.Drain _,
                        ClusterAction.Undrain _,
                        ClusterAction.Remove _,
                        ClusterAction.Rebalance _,
                        ClusterAction.Transfer _ -> new ClusterAnswer.Done(List.of("done", "more follows"));
            };
        }
    }

    private record Answer(int status, JsonNode body) {
        String error() {
            return status + " " + body.path("code").asString("(none)");
        }
    }

    private static AdminServer server(@Nullable ClusterControl control) {
        return new AdminServer(
                new MemoryBroker(),
                Formats.PLAIN,
                new AdminSettings("127.0.0.1", 0, "test", "111111111111"),
                InstantSource.system(),
                null,
                control,
                () -> true,
                null);
    }

    @AfterAll
    static void stopClient() {
        CLIENT.close();
    }

    /** Sends JSON written with single quotes. */
    private static Answer send(AdminServer server, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JsonMapper.shared().readTree(response.body()));
    }

    @Test
    void singleNodeSaysThatItIsAlone() throws Exception {
        try (AdminServer server = server(null)) {
            Answer status = send(server, "GET", CLUSTER, "");
            assertThat(status.status()).isEqualTo(200);
            assertThat(status.body().path("clustered").asBoolean(true)).isFalse();
            assertThat(status.body().path("message").asString()).contains("single node");
            assertThat(send(server, "POST", CLUSTER + "/nodes/2/drain", "{}").error())
                    .isEqualTo("409 NOT_A_CLUSTER");
        }
    }

    @Test
    void statusLeavesOutWhatIsNotKnown() throws Exception {
        try (AdminServer server = server(new Remembering())) {
            JsonNode status = send(server, "GET", CLUSTER, "").body();
            assertThat(status.path("catalogLeader").asInt()).isEqualTo(1);
            assertThat(status.path("replaceAfter").asString()).isEqualTo("10m");
            assertThat(status.at("/nodes/0/since").asString()).isEqualTo("40s");
            assertThat(status.at("/nodes/0/alive").asBoolean(true)).isFalse();
            assertThat(status.at("/groups/0").has("leader")).isFalse();
            assertThat(status.at("/groups/0/preferred").asInt()).isEqualTo(3);
            assertThat(status.at("/groups/0/replicas/0").has("lag")).isFalse();
            assertThat(status.at("/troubles/0").asString()).isEqualTo("shard 2 has no leader");
        }
    }

    @Test
    void wishesArePassedOnAsTheyWereMeant() throws Exception {
        Remembering control = new Remembering();
        try (AdminServer server = server(control)) {
            Answer drained = send(server, "POST", CLUSTER + "/nodes/3/drain", "{}");
            assertThat(drained.body().at("/messages/1").asString()).isEqualTo("more follows");
            send(server, "POST", CLUSTER + "/nodes/3/add", "");
            send(server, "POST", CLUSTER + "/nodes/3/remove", "{'force':true}");
            send(server, "POST", CLUSTER + "/rebalance", "{'dryRun':true}");
            send(server, "POST", CLUSTER + "/rebalance", "");
            send(server, "POST", CLUSTER + "/shards/0/transfer", "{'node':2}");
            assertThat(control.actions)
                    .containsExactly(
                            new ClusterAction.Drain(3),
                            new ClusterAction.Undrain(3),
                            new ClusterAction.Remove(3, true),
                            new ClusterAction.Rebalance(true),
                            new ClusterAction.Rebalance(false),
                            new ClusterAction.Transfer(0, 2));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST   | /nodes/9/drain      | {}               | 404 NO_SUCH_NODE
            POST   | /nodes/9/add        | {}               | 503 NO_LEADER
            POST   | /nodes/3/remove     | {}               | 409 NOT_NOW
            POST   | /shards/9/transfer  | {'node':1}       | 404 NO_SUCH_SHARD
            POST   | /shards/1/transfer  | {}               | 400 INVALID_REQUEST
            POST   | /nodes/x/drain      | {}               | 400 INVALID_REQUEST
            POST   | /nodes/3/remove     | {'forced':true}  | 400 INVALID_REQUEST
            GET    | /nodes/3/drain      | ``               | 405 METHOD_NOT_ALLOWED
            POST   | /nodes/3/paint      | {}               | 404 NOT_FOUND
            GET    | /nodes              | ``               | 404 NOT_FOUND
            DELETE | ``                  | ``               | 405 METHOD_NOT_ALLOWED""")
    void whatCannotBeIsRefused(String method, String path, String body, String error) throws Exception {
        try (AdminServer server = server(new Remembering())) {
            assertThat(send(server, method, CLUSTER + path, body).error()).isEqualTo(error);
        }
    }
}
