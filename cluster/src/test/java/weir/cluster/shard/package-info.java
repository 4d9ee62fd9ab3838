/**
 * A shard under crashes, in simulation, and its leader's side under threads.
 *
 * <p>Not here: the machine's commands one by one, which {@code core} tests, and files one by one, which {@code storage}
 * does.
 */
@NullMarked
package weir.cluster.shard;

import org.jspecify.annotations.NullMarked;
