package weir.cluster.placement;

import java.util.List;
import java.util.Optional;
import weir.cluster.replication.GroupId;

/**
 * What a node tells the others of itself.
 *
 * @param shortOfRoom whether its disk is nearly full, so that others had better lead
 */
public record NodeReport(int node, boolean shortOfRoom, List<ReplicaReport> replicas) {
    public NodeReport {
        replicas = List.copyOf(replicas);
    }

    Optional<ReplicaReport> of(GroupId group) {
        return replicas.stream()
                .filter(replica -> replica.state().group().equals(group))
                .findFirst();
    }
}
