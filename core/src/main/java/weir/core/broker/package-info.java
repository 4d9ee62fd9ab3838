/**
 * The port through which every front end reaches the queue engine, whichever node or shard carries it out.
 *
 * <p>Not here: an implementation. {@code cluster} has the real one.
 */
@NullMarked
package weir.core.broker;

import org.jspecify.annotations.NullMarked;
