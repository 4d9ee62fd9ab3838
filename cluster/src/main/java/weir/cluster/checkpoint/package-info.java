/**
 * When a replica's store makes a checkpoint, on which thread, and what happens when the disk does not take it; and how a
 * checkpoint comes to another node, whose log does not go back far enough: {@link weir.cluster.checkpoint.CheckpointSource}
 * on the side that has it, {@link weir.cluster.checkpoint.CheckpointFetch} on the other.
 *
 * <p>Not here: what a checkpoint holds and how it is written and taken in, which is {@code storage}'s, and what becomes of
 * damaged replicas ({@code weir.cluster.damage}).
 */
@NullMarked
package weir.cluster.checkpoint;

import org.jspecify.annotations.NullMarked;
