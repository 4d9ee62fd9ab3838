/**
 * Connections: frames become requests, each is answered by the {@link weir.kafka.session.Handler} for its key, in the order in which they came.
 *
 * <p>Not here: what any of the requests means.
 */
@NullMarked
package weir.kafka.session;

import org.jspecify.annotations.NullMarked;
