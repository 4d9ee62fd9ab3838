package weir.cluster;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.Edition;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** What a node says of itself in the catalog each time it starts: where it is. The founders also say who holds what. */
final class Registration {
    private final NodeSettings.Cluster own;
    private final int edition;
    private final Identity identity;
    private final Broker catalog;
    private final Definitions definitions;
    private final Replicas replicas;

    /** @param edition the newest that this node takes part in */
    Registration(NodeSettings.Cluster own, int edition, Identity identity, Broker catalog, Replicas replicas) {
        this.own = own;
        this.edition = edition;
        this.identity = identity;
        this.catalog = catalog;
        this.definitions = Definitions.of(catalog);
        this.replicas = replicas;
    }

    /**
     * To be called once this node's catalog knows what was answered before.
     *
     * @throws FormingException if the cluster has come to an edition, or is about to, that this node does not know
     */
    void write() throws OutcomeUnknownException, FormingException, InterruptedException {
        List<Member> founders =
                identity.founders().isEmpty() && definitions.nodes().isEmpty()
                        ? List.of(own.self())
                        : identity.founders();
        nameFounders(founders);
        nameItself();
        int agreed = replicas.catalog().machine().edition().next();
        Optional<String> outgrown = Edition.refusal("the cluster", agreed, Edition.OLDEST, edition);
        if (outgrown.isPresent()) { // Announced while this node came back with an older release than it ended with.
            throw new FormingException(outgrown.get());
        }
        if (founders.stream().anyMatch(founder -> founder.node() == own.self().node())) {
            placeShards(new Identity(
                    identity.cluster(), identity.shards(), own.self().node(), founders));
        }
    }

    /** Who is not there yet is to be known before anybody is judged by who is. */
    private void nameFounders(List<Member> founders) throws OutcomeUnknownException, InterruptedException {
        for (Member founder : founders) {
            if (founder.node() != own.self().node()
                    && catalog.definition(Node.KIND, Integer.toString(founder.node()))
                            .isEmpty()) {
                catalog.change(Node.joining(founder, "", new TreeMap<>(), Edition.FIRST)
                        .define());
            }
        }
    }

    private void nameItself() throws OutcomeUnknownException, InterruptedException {
        boolean written = false;
        for (int tries = 0; tries < ClusterLimits.CHANGES_ANEW && !written; tries++) {
            Optional<Node> before = definitions.nodes().stream()
                    .filter(node -> node.number() == own.self().node())
                    .findFirst();
            Node now = before.map(there -> there.restarted(own.self(), own.rack(), own.fronts(), edition))
                    .orElseGet(() -> Node.joining(
                            own.self().voting(!identity.beginsWithoutVote()), own.rack(), own.fronts(), edition));
            written = now.equals(before.orElse(null)) || catalog.change(now.define()) instanceof CatalogReply.Defined;
        }
    }

    private void placeShards(Identity founded) throws OutcomeUnknownException, InterruptedException {
        for (int shard = 0; shard < founded.shards(); shard++) {
            if (catalog.definition(ShardPlacement.KIND, Integer.toString(shard)).isEmpty()) {
                List<Integer> nodes = founded.foundersOf(GroupId.shard(shard)).stream()
                        .map(Member::node)
                        .toList();
                catalog.change(new ShardPlacement(
                                shard,
                                nodes,
                                founded.firstLeaderOf(GroupId.shard(shard)),
                                false,
                                "as the cluster was founded",
                                Definition.NEW)
                        .define());
            }
        }
    }
}
