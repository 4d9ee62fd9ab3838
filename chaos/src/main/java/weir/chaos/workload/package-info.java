/**
 * The clients: what they send, how they treat what they receive, and how each protocol is spoken.
 *
 * <p>A protocol comes in by a {@link weir.chaos.workload.Front}; producers and consumers know no other. A client behaves as
 * one behind a list of addresses does: it stays with a node until that one fails it, then goes to the next.
 *
 * <p>Not here: judging what comes back.
 */
@NullMarked
package weir.chaos.workload;

import org.jspecify.annotations.NullMarked;
