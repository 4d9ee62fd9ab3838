package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
                .get("/nodes/{node}", Access.MONITORING, this::show)
                .get("/nodes/{node}/memory", Access.MONITORING, this::memory);
    }

    private List<ClusterOverview.NodeView> others() throws InterruptedException {
        ClusterControl cluster = management.cluster();
        return cluster == null
                ? List.of()
                : cluster.overview().nodes().stream()
                        .filter(node -> node.number() != management.settings().node())
                        .toList();
    }

    private List<Facts> all() throws InterruptedException {
        List<Facts> all = new ArrayList<>();
        all.add(NodeFacts.own(management));
        Map<Integer, Facts> said = nodes.nodes();
        for (ClusterOverview.NodeView node : others()) {
            Facts known = said.get(node.number());
            all.add(known != null ? known : NodeFacts.identity(ManagementSettings.nodeName(node.number()), false));
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

    private Answer memory(Call call) throws Failure, InterruptedException {
        int number = number(call.path("node"));
        Facts memory =
                nodes.memory(number).orElseThrow(() -> Failure.unavailable(call.path("node") + " does not answer"));
        return Answer.of(new Facts().with("memory", memory));
    }

    private int number(String name) throws Failure, InterruptedException {
        if (name.equals(management.settings().nodeName())) {
            return management.settings().node();
        }
        for (ClusterOverview.NodeView node : others()) {
            if (ManagementSettings.nodeName(node.number()).equals(name)) {
                return node.number();
            }
        }
        throw Failure.notFound();
    }
}
