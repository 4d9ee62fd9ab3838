package weir.core.shard;

import weir.core.PartitionId;

/**
 * Whether a partition may have something to hand out, after an entry that may have changed it. Meant for the leader,
 * whose waiting receivers are not part of the replicated state.
 *
 * @param mayDeliver false only if an acquire would come back empty
 */
public record Readiness(PartitionId partition, boolean mayDeliver) {}
