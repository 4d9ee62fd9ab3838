package weir.cluster.placement;

import java.util.List;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.cluster.ClusterAction;

/** What travels as {@link weir.cluster.peer.PeerRequest#REPLICAS}. A case is retired, never removed. */
sealed interface PlacementRequest {
    /** How are your replicas? Answered with a {@link NodeReport}. */
    record Report() implements PlacementRequest {}

    /** Something to do. The answer is empty: it was done, or has begun. */
    sealed interface Order extends PlacementRequest {
        GroupId group();

        /**
         * Of the definition that this follows from. A node that has carried out an order of a later one refuses this: a
         * conductor that leads no longer cannot undo what the next has done.
         */
        long revision();
    }

    record Open(GroupId group, long revision) implements Order {}

    record Drop(GroupId group, long revision) implements Order {}

    record ChangeMembers(GroupId group, long revision, List<Member> members, int preferred) implements Order {
        public ChangeMembers {
            members = List.copyOf(members);
        }
    }

    record TransferLeadership(GroupId group, long revision, int node) implements Order {}

    /** To the node that leads the catalog; answered with a {@link weir.core.cluster.ClusterOverview}. */
    record Overview() implements PlacementRequest {}

    /** To the node that leads the catalog; answered with a {@link weir.core.cluster.ClusterAnswer}. */
    record Manage(ClusterAction action) implements PlacementRequest {}
}
