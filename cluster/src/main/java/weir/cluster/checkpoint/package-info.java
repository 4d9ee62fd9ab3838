/**
 * When a replica's store makes a checkpoint, on which thread, and what happens when the disk does not take it.
 *
 * <p>Not here: what a checkpoint holds and how it is written, which is {@code storage}'s.
 */
@NullMarked
package weir.cluster.checkpoint;

import org.jspecify.annotations.NullMarked;
