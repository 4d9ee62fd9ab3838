/**
 * Copies of a node's data while it runs, and a new cluster from such copies when the others are lost.
 *
 * <p>A copy is files alone: checkpoints, which are immutable, and the logs after them. {@link weir.cluster.restore.Backup}
 * makes one beside a running server, in an order in which nothing can be missing; {@link weir.cluster.restore.Restore} reads
 * one, or several of one cluster, applies what the logs hold to the checkpoints by the real state machines, and writes a data
 * directory of a node that is alone, under a new name. Neither talks to a server.
 *
 * <p>Not here: how a replica is made anew from the other members of its group ({@code weir.cluster.checkpoint}).
 */
@NullMarked
package weir.cluster.restore;

import org.jspecify.annotations.NullMarked;
