package weir.cluster;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.Edition;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** What a node says of itself in the catalog each time it starts: where it is. The founders also say who holds what. */
final class Registration {
    private final NodeSettings.Cluster own;
    private final int edition;
    private final Identity identity;
    private final Definitions definitions;
    private final IntSupplier agreed;

    /**
     * @param edition the newest that this node takes part in
     * @param agreed the edition that the cluster has come to, or is about to
     */
    Registration(
            NodeSettings.Cluster own, int edition, Identity identity, Definitions definitions, IntSupplier agreed) {
        this.own = own;
        this.edition = edition;
        this.identity = identity;
        this.definitions = definitions;
        this.agreed = agreed;
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
        Optional<String> outgrown = Edition.refusal("the cluster", agreed.getAsInt(), Edition.OLDEST, edition);
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
            boolean named = definitions.nodes().stream().anyMatch(node -> node.number() == founder.node());
            if (founder.node() != own.self().node() && !named) {
                definitions.change(Node.joining(founder, "", new TreeMap<>(), Edition.FIRST)
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
            // If another founder has named it in between, that is what there is, and its own word is still to be said.
            written = now.equals(before.orElse(null))
                    || (definitions.change(now.define()) instanceof CatalogReply.Defined defined && !defined.existed());
        }
    }

    private void placeShards(Identity founded) throws OutcomeUnknownException, InterruptedException {
        for (int shard = 0; shard < founded.shards(); shard++) {
            GroupId group = GroupId.shard(shard);
            int number = shard;
            boolean placed = definitions.placements().stream().anyMatch(placement -> placement.shard() == number);
            if (!placed) {
                List<Integer> nodes =
                        founded.foundersOf(group).stream().map(Member::node).toList();
                definitions.change(new ShardPlacement(
                                shard,
                                nodes,
                                founded.firstLeaderOf(group),
                                false,
                                "as the cluster was founded",
                                Definition.NEW)
                        .define());
            }
        }
    }
}
