package weir.admin;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterOverview.GroupView;
import weir.core.cluster.ClusterOverview.NodeView;
import weir.core.cluster.ClusterOverview.ReplicaView;
import weir.core.text.Durations;

/** How the cluster is, and what an operator may want of it. A server that is alone says so, and takes no wishes. */
final class ClusterRoutes {
    private static final String ALONE =
            "this server is a single node, not a cluster: everything is on it, and nothing is"
                    + " replicated; to form a cluster, give it and others WEIR_CLUSTER_PORT and WEIR_CLUSTER_SEEDS (docs/cluster.md)";

    private final @Nullable ClusterControl control;
    private final Json json;

    /** @param control null if this server is alone */
    ClusterRoutes(@Nullable ClusterControl control, Json json) {
        this.control = control;
        this.json = json;
    }

    void status(ServerRequest request, ServerResponse response) throws InterruptedException {
        new Query(request);
        json.answer(response, 200, control == null ? alone() : view(control.overview(), control.editions()));
    }

    private static Wire.ClusterStatus alone() {
        return new Wire.ClusterStatus(false, ALONE, null, null, null, null, null, List.of(), List.of(), List.of());
    }

    void drain(int node, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        json.read(request, Wire.Nothing.class);
        manage(new ClusterAction.Drain(node), response);
    }

    void add(int node, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        json.read(request, Wire.Nothing.class);
        manage(new ClusterAction.Undrain(node), response);
    }

    void remove(int node, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.RemoveNode body = json.read(request, Wire.RemoveNode.class);
        manage(new ClusterAction.Remove(node, body.force() != null && body.force()), response);
    }

    void rebalance(ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.Rebalance body = json.read(request, Wire.Rebalance.class);
        manage(new ClusterAction.Rebalance(body.dryRun() != null && body.dryRun()), response);
    }

    void transfer(int shard, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.TransferLeader body = json.read(request, Wire.TransferLeader.class);
        if (body.node() == null) {
            throw Failure.invalid("node is missing: the number of the one that is to lead")
                    .thrown();
        }
        manage(new ClusterAction.Transfer(shard, body.node()), response);
    }

    /** Of an address. */
    int number(String what, String text) {
        if (!text.matches("\\d{1,9}")) {
            throw Failure.invalid(what + " is \"" + text + "\", allowed is its number")
                    .thrown();
        }
        return Integer.parseInt(text);
    }

    private void manage(ClusterAction action, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        if (control == null) {
            throw new Failure(409, "NOT_A_CLUSTER", ALONE).thrown();
        }
        switch (control.manage(action)) {
            case ClusterAnswer.Done(List<String> lines) -> json.answer(response, 200, new Wire.ClusterDone(lines));
            case ClusterAnswer.Refused refused -> throw failure(refused).thrown();
        }
    }

    /** Has no default branch on purpose: whoever adds a refusal is asked by the compiler for its code. */
    private static Failure failure(ClusterAnswer.Refused refused) {
        return switch (refused.reason()) {
            case NO_SUCH_NODE -> new Failure(404, "NO_SUCH_NODE", refused.text());
            case NO_SUCH_SHARD -> new Failure(404, "NO_SUCH_SHARD", refused.text());
            case NOT_NOW -> new Failure(409, "NOT_NOW", refused.text());
            case NO_LEADER -> new Failure(503, "NO_LEADER", refused.text());
        };
    }

    // ---- Views

    private static Wire.ClusterStatus view(ClusterOverview overview, String edition) {
        return new Wire.ClusterStatus(
                true,
                null,
                overview.seenBy(),
                number(overview.catalogLeader()),
                overview.replicasWanted(),
                Durations.format(overview.replaceAfter()),
                edition,
                overview.nodes().stream().map(ClusterRoutes::view).toList(),
                overview.groups().stream().map(ClusterRoutes::view).toList(),
                overview.troubles());
    }

    private static Wire.ClusterNodeView view(NodeView node) {
        // Seconds are what the question is known to; more would suggest more.
        Duration since = Duration.ofSeconds(Math.max(0, node.forMillis()) / 1_000);
        return new Wire.ClusterNodeView(
                node.number(),
                node.address(),
                node.rack(),
                node.state(),
                node.alive(),
                Durations.format(since),
                Instant.ofEpochMilli(node.joinedAtMillis()).toString(),
                node.leaders(),
                node.replicas(),
                node.bytes());
    }

    private static Wire.ClusterGroupView view(GroupView group) {
        return new Wire.ClusterGroupView(
                group.name(),
                number(group.leader()),
                number(group.preferred()),
                group.replicas().stream().map(ClusterRoutes::view).toList(),
                known(group.bytesPerSecond()),
                known(group.commandsPerSecond()),
                group.why(),
                group.trouble());
    }

    private static Wire.ClusterReplicaView view(ReplicaView replica) {
        return new Wire.ClusterReplicaView(
                replica.node(), replica.role(), known(replica.lag()), known(replica.bytes()), replica.trouble());
    }

    private static @Nullable Integer number(OptionalInt node) {
        return node.isEmpty() ? null : node.getAsInt();
    }

    private static @Nullable Long known(long number) {
        return number == ClusterOverview.UNKNOWN ? null : number;
    }
}
