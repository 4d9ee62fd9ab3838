package weir.cluster.forward;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import weir.cluster.replication.Member;
import weir.cluster.shard.Shard;
import weir.core.catalog.Queue;

/** What a node knows of the cluster, by its replicas and the catalog. From any thread; answers at once, perhaps outdated. */
public interface ClusterView {
    /** This node's number. */
    int self();

    /** The leader's side of this node's replica; empty if it has none of that shard. */
    Optional<Shard> local(int shard);

    /** The node that leads the shard, as this node's replica knows; empty if it has none, or there is no leader. */
    OptionalInt leader(int shard);

    /** The nodes that the catalog places the shard on, the preferred leader first. */
    List<Integer> replicas(int shard);

    /** Where a node is. */
    Optional<Member> member(int node);

    /** A queue by its id. */
    Optional<Queue> queue(long id);
}
