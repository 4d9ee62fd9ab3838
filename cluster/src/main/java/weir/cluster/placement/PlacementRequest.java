package weir.cluster.placement;

import java.util.List;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.cluster.ClusterAction;

/** What travels as {@link weir.cluster.peer.PeerRequest#REPLICAS}. A case is retired, never removed. */
sealed interface PlacementRequest {
    /** How are your replicas? Answered with a {@link NodeReport}. */
    record Report() implements PlacementRequest {}

    /** What do your replicas have to do? Answered with a list of {@link ShardLoad}. */
    record Loads() implements PlacementRequest {}

    /** Something to do. The answer is empty: it has begun. */
    sealed interface Order extends PlacementRequest {
        GroupId group();
    }

    /**
     * Always before a replica is added, even if there is one: what was decided before it can do no harm then.
     *
     * @param revision of the definition by which it is wanted
     */
    record Open(GroupId group, long revision) implements Order {}

    /** An order that was decided on what a node has reported, and is not to be carried out if that is outdated. */
    sealed interface Checked extends Order {
        /** {@link ReplicaReport#stamp} of that. */
        long stamp();
    }

    record Drop(GroupId group, long stamp) implements Checked {}

    record ChangeMembers(GroupId group, long stamp, List<Member> members, int preferred) implements Checked {
        public ChangeMembers {
            members = List.copyOf(members);
        }
    }

    record TransferLeadership(GroupId group, long stamp, int node) implements Checked {}

    /** To the node that leads the catalog; answered with a {@link weir.core.cluster.ClusterOverview}. */
    record Overview() implements PlacementRequest {}

    /** To the node that leads the catalog; answered with a {@link weir.core.cluster.ClusterAnswer}. */
    record Manage(ClusterAction action) implements PlacementRequest {}
}
