/**
 * A shard on one node: {@link weir.cluster.shard.ShardReplica} applies its log to the machine and the store and makes
 * checkpoints, whether the node leads or follows; {@link weir.cluster.shard.ShardLeader} is the side that callers see. Each
 * time that the node leads there is a new {@link weir.cluster.shard.Leadership}, which turns commands into entries, keeps the
 * receivers that wait, and sends on what departs; nothing of it is replicated, and nothing outlasts it.
 *
 * <p>Threads: the engine's thread applies; while the node leads, one platform thread writes entries and a virtual one is the
 * courier; callers are virtual threads that block. The replica's lock guards machine and store, so that a status or a peek can look in between entries.
 */
@NullMarked
package weir.cluster.shard;

import org.jspecify.annotations.NullMarked;
