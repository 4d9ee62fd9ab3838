package weir.core.cluster;

/** What an operator may want of a cluster. Travels between nodes, so a case is retired, never removed. */
public sealed interface ClusterAction {
    /** Take a node's leaders and replicas away, so that it can go. */
    record Drain(int node) implements ClusterAction {}

    /** Give a node that was being drained its share again. */
    record Undrain(int node) implements ClusterAction {}

    /**
     * Let a node be a member no more.
     *
     * @param force even if it still has replicas, as it is dead and will not come back
     */
    record Remove(int node, boolean force) implements ClusterAction {}

    /** Share replicas, bytes and leaders as evenly as can be, also those leaders that the operator chose. */
    record Rebalance(boolean dryRun) implements ClusterAction {}

    /** Let that node lead the shard, and go on to. */
    record Transfer(int shard, int node) implements ClusterAction {}
}
