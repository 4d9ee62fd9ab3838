/**
 * A shard on one node: {@link weir.cluster.shard.ShardReplica} applies its log to the machine and the store and makes
 * checkpoints; {@link weir.cluster.shard.ShardLeader} turns commands into entries and keeps the receivers that wait.
 *
 * <p>Threads: the engine's thread applies; one platform thread for each shard writes entries; callers are virtual threads
 * that block. The replica's lock guards machine and store, so that a status or a peek can look in between entries.
 */
@NullMarked
package weir.cluster.shard;

import org.jspecify.annotations.NullMarked;
