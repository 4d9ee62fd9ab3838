/**
 * The replicated state machine of one shard: the data plane.
 *
 * <p>Every replica feeds {@link weir.core.shard.ShardMachine} the same entries in the same order and so arrives at the
 * same state. To keep that true, nothing in this package reads a clock, draws a random number, touches a file or socket,
 * logs, or starts a thread: time arrives inside the entry, ids come from offsets, and outputs are returned.
 *
 * <p>Not here: how entries are replicated, where payloads are stored, and every wire format.
 */
@NullMarked
package weir.core.shard;

import org.jspecify.annotations.NullMarked;
