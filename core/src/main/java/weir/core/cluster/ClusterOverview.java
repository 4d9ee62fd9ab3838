package weir.core.cluster;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A cluster at a moment.
 *
 * @param seenBy the node that it was seen from
 * @param catalogLeader the node that leads the catalog and places replicas
 * @param replicasWanted of each shard
 * @param replaceAfter how long a node may be silent before its replicas are made anew on others
 * @param groups the catalog, then the shards
 * @param troubles a sentence for whatever is not as it should be, the worst first; empty if all is well
 */
public record ClusterOverview(
        int seenBy,
        OptionalInt catalogLeader,
        int replicasWanted,
        Duration replaceAfter,
        List<NodeView> nodes,
        List<GroupView> groups,
        List<String> troubles) {
    /** What is not known. */
    public static final long UNKNOWN = -1;

    public ClusterOverview {
        nodes = List.copyOf(nodes);
        groups = List.copyOf(groups);
        troubles = List.copyOf(troubles);
    }

    /**
     * @param address of its cluster listener
     * @param state active, draining or removed
     * @param forMillis for how long it has been alive, or silent, as far as the one who looks knows
     * @param leaders shards that it leads
     * @param replicas of shards that are on it
     */
    public record NodeView(
            int number,
            String address,
            String rack,
            String state,
            boolean alive,
            long forMillis,
            long joinedAtMillis,
            int leaders,
            int replicas,
            long bytes) {}

    /**
     * @param name {@code catalog}, or the shard's number
     * @param preferred the node that is to lead if it can; none for the catalog
     * @param bytesPerSecond of entries, over the last minute or so, or {@link #UNKNOWN}, as for the catalog
     * @param commandsPerSecond in them
     * @param why what its placement was changed for last
     * @param trouble null if all is well
     */
    public record GroupView(
            String name,
            OptionalInt leader,
            OptionalInt preferred,
            List<ReplicaView> replicas,
            long bytesPerSecond,
            long commandsPerSecond,
            String why,
            @Nullable String trouble) {
        public GroupView {
            replicas = List.copyOf(replicas);
        }
    }

    /**
     * @param role leader, follower, listener (follows without a vote), coming (not yet a member), leaving (not wanted any more), silent, damaged
     * @param lag entries that it lacks of the leader's, or {@link #UNKNOWN}
     * @param bytes on its disk, or {@link #UNKNOWN}
     */
    public record ReplicaView(
            int node,
            String role,
            long lag,
            long bytes,
            @Nullable String trouble) {}
}
