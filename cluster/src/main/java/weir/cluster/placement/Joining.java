package weir.cluster.placement;

import java.util.List;
import java.util.Optional;
import weir.cluster.replication.Member;

/** Who may become a member, or come back. */
public final class Joining {
    private Joining() {}

    /**
     * Why that node cannot be a member; empty if it can, or is one.
     *
     * @param nodes all that are defined, the removed ones among them
     */
    public static Optional<String> refusal(List<Node> nodes, Member joining) {
        Optional<Node> known =
                nodes.stream().filter(node -> node.number() == joining.node()).findFirst();
        if (known.isPresent()) {
            return known.get().state() == NodeState.REMOVED
                    ? Optional.of("node " + joining.node() + " was removed from this cluster, and what is in its data"
                            + " directory is outdated; to bring the machine back, give it a number that was never used"
                            + " (WEIR_NODE_ID) and an empty data directory")
                    : Optional.empty();
        }
        long members =
                nodes.stream().filter(node -> node.state() != NodeState.REMOVED).count();
        return members < PlacementLimits.NODES_MAX
                ? Optional.empty()
                : Optional.of("the cluster has " + members + " nodes, allowed is " + PlacementLimits.NODES_MAX
                        + "; remove one first (weir cluster drain N, then weir cluster remove N)");
    }
}
