/**
 * What Weir asks of a replication engine: one durable, totally ordered log for each group, and a state machine behind it.
 *
 * <p>A caller proposes bytes to a {@link weir.cluster.replication.ReplicatedLog}; once a majority has them on disk every
 * {@link weir.cluster.replication.Replica} of the group is given them, in the same order, on one thread. A replica makes
 * checkpoints of its own and says so, whereupon the log before them may be forgotten; after a restart it is given what
 * followed its last one.
 *
 * <p>Not here: any engine (that is {@code weir.cluster.ratis}, and nobody else sees its classes), what the bytes mean, how
 * commands are batched into entries, and what a checkpoint holds.
 */
@NullMarked
package weir.cluster.replication;

import org.jspecify.annotations.NullMarked;
