package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;

/** The nodes of the cluster. Of one that does not say anything no more is known than whether it runs. */
final class NodeResource implements ApiResource {
    private final Management management;
    private final AllNodes nodes;

    NodeResource(Management management, AllNodes nodes) {
        this.management = management;
        this.nodes = nodes;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/nodes", Access.MONITORING, call -> Answer.of(Listing.of(call, all(), List.of("name"))))
                .get("/nodes/{node}", Access.MONITORING, this::show);
    }

    private List<Facts> all() throws InterruptedException {
        ClusterControl cluster = management.cluster();
        if (cluster == null) {
            return List.of(NodeFacts.own(management));
        }
        List<Facts> all = new ArrayList<>();
        for (ClusterOverview.NodeView node : cluster.overview().nodes()) {
            Facts identity = NodeFacts.identity(ManagementSettings.nodeName(node.number()), node.alive());
            all.add(
                    node.number() == management.settings().node()
                            ? NodeFacts.own(management)
                            : nodes.node(node.number()).orElse(identity));
        }
        return all;
    }

    private Answer show(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        for (Facts node : all()) {
            if (call.path("node").equals(node.get("name"))) {
                return Answer.of(Listing.columns(call, node));
            }
        }
        throw Failure.notFound();
    }
}
