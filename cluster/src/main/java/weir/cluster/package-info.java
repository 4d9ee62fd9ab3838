/**
 * One node of Weir: the catalog and the shards that it has replicas of, and the {@link weir.core.broker.Broker} that the
 * fronts use.
 *
 * <p>{@code replication} is what is asked of a replication engine, {@code ratis} the one that answers, {@code shard} and
 * {@code catalog} what stands behind a log: machine, store, and the leader's side that batches commands into entries.
 *
 * <p>Not here: what commands mean (that is {@code core}), file formats ({@code storage}), and every wire protocol.
 */
@NullMarked
package weir.cluster;

import org.jspecify.annotations.NullMarked;
