package weir.cluster;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.cluster.forming.Forming;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Joining;
import weir.cluster.placement.Node;
import weir.cluster.placement.NodeState;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.Member;
import weir.core.Edition;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;

/** Lets other nodes in, by way of the catalog. */
final class Entrance implements Forming.Admission {
    private final Broker catalog;
    private final Definitions definitions;
    private final Replicas replicas;
    private final RatisEngine engine;

    Entrance(Broker catalog, Replicas replicas, RatisEngine engine) {
        this.catalog = catalog;
        this.definitions = Definitions.of(catalog);
        this.replicas = replicas;
        this.engine = engine;
    }

    @Override
    public void heard(Member member) {
        engine.know(member);
    }

    @Override
    public int edition() {
        return replicas.catalog().machine().edition().next();
    }

    @Override
    public Optional<String> refusal(Member returning) {
        return Joining.refusal(definitions.nodes(), returning);
    }

    @Override
    public Optional<String> admit(Member joining, String rack, SortedMap<String, String> fronts, int newest)
            throws IOException, InterruptedException {
        try {
            catalog.catchUp();
            Optional<String> refusal = refusal(joining);
            if (refusal.isPresent()) {
                return refusal;
            }
            boolean member = replicas.catalogLog().members().stream().anyMatch(there -> there.node() == joining.node());
            if (member) {
                return Optional.of("node " + joining.node()
                        + " is a member, but the one that asks has an empty data directory; if what it had is lost: weir"
                        + " cluster remove " + joining.node()
                        + " --force, and start it with a number that was never used");
            }
            // One that is there already stays.
            catalog.change(Node.joining(joining.voting(!votersAreEnough()), rack, fronts, newest)
                    .define());
            if (edition() > newest) { // It was announced meanwhile, by who did not see this node yet.
                catalog.change(new CatalogCommand.Undefine(Node.KIND, Integer.toString(joining.node())));
                return Edition.refusal("the cluster", edition(), Edition.OLDEST, newest);
            }
            return Optional.empty();
        } catch (OutcomeUnknownException e) {
            throw new IOException("the catalog does not answer: " + e.getMessage(), e);
        }
    }

    /** Two nodes that join at once through different ones may both be given a vote; one voter more does no harm. */
    private boolean votersAreEnough() {
        Map<Integer, Member> members = new TreeMap<>();
        replicas.catalogLog().members().forEach(member -> members.put(member.node(), member));
        long voters = definitions.nodes().stream()
                .filter(node -> node.state() != NodeState.REMOVED)
                .filter(node -> {
                    Member there = members.get(node.number());
                    return there == null ? node.votes() : there.votes();
                })
                .count();
        return voters >= ClusterLimits.CATALOG_VOTERS_MAX;
    }

    @Override
    public boolean listens(Member admitted) {
        return catalog.definition(Node.KIND, Integer.toString(admitted.node()))
                .map(Node::of)
                .filter(node -> !node.votes())
                .isPresent();
    }
}
