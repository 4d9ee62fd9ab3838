package weir.cluster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import weir.cluster.forming.Address;
import weir.cluster.ratis.ClusterTls;
import weir.cluster.replication.Member;
import weir.core.Check;
import weir.core.Edition;

/**
 * What a node is told at its start.
 *
 * @param data its directory; made if absent. The caller holds it for itself
 * @param shards of a cluster that is founded now; one that is there keeps its own
 * @param checkpointBytes entries of a shard that cause its next checkpoint
 * @param number this node's, from 1 on
 * @param cluster how it meets others; none for a node that is alone
 * @param edition the newest that it takes part in; below that of the release to be able to go back to an older one
 */
public record NodeSettings(
        Path data, int shards, long checkpointBytes, int number, Optional<Cluster> cluster, int edition) {
    public NodeSettings {
        Check.inRange("edition", edition, Edition.OLDEST, Edition.NEWEST);
    }

    /** One that takes part in all that its release knows. */
    public NodeSettings(Path data, int shards, long checkpointBytes, int number, Optional<Cluster> cluster) {
        this(data, shards, checkpointBytes, number, cluster, Edition.NEWEST);
    }

    /**
     * @param self as the others reach this node
     * @param bind where it listens for them
     * @param seeds where to look for the cluster
     * @param tls none: whoever reaches the port is taken for a node
     * @param rack empty if nothing is known
     * @param replicas of a shard
     * @param replaceAfter a node that was silent for so long is given up
     * @param scrubEvery the rest between two rounds of looking for damage
     * @param fronts the address of each front for clients, by the front's name
     */
    public record Cluster(
            Member self,
            InetSocketAddress bind,
            List<Address> seeds,
            Optional<ClusterTls> tls,
            String rack,
            int replicas,
            Duration replaceAfter,
            Duration scrubEvery,
            SortedMap<String, String> fronts) {}

    /** A node that is alone. */
    public static NodeSettings alone(Path data, int shards) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return new NodeSettings(data, shards, ClusterLimits.checkpointBytes(shards, heapBytes), 1, Optional.empty());
    }

    /** The same, for a node of a cluster with so many shards. */
    NodeSettings sharedBy(int clusterShards) {
        long bytes = ClusterLimits.checkpointBytes(
                clusterShards, Runtime.getRuntime().maxMemory());
        return new NodeSettings(data, clusterShards, bytes, number, cluster, edition);
    }

    Member self() {
        return cluster.map(Cluster::self).orElseGet(() -> new Member(number, "", 0));
    }
}
