/**
 * Calls from one node to another, beside replication and over the same listener: a request of bytes, an answer of bytes.
 *
 * <p>Not here: what is asked (each caller writes its own requests), and the transport, which is {@code weir.cluster.ratis}'s,
 * since it owns the listener and its certificates.
 */
@NullMarked
package weir.cluster.peer;

import org.jspecify.annotations.NullMarked;
