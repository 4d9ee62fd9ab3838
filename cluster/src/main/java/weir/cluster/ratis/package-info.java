/**
 * The replication engine: Apache Ratis behind {@link weir.cluster.replication}. The only package that imports Ratis.
 *
 * <p>{@link weir.cluster.ratis.RatisEngine} runs one Raft group for each log; {@link weir.cluster.ratis.RatisSettings} holds
 * every key that is set, with its reason. Where Ratis does not do what is promised, it is made good here: entries larger than
 * its write buffer travel in pieces ({@link weir.cluster.ratis.Piece}), the torn end of a log is told from a damaged one
 * before Ratis reads it ({@link weir.cluster.ratis.LogFiles}), and a node without a cluster port runs without network code
 * ({@link weir.cluster.ratis.LocalRpc}).
 *
 * <p>Not here: what entries mean, batching, checkpoints, and which groups there are.
 */
@NullMarked
package weir.cluster.ratis;

import org.jspecify.annotations.NullMarked;
