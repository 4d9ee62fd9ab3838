/**
 * The load program behind {@code weir bench}: producers and consumers over HTTP against any SQS endpoint, so that Weir and
 * its peers are measured by the same means.
 *
 * <p>Closed loop: each producer and consumer has one connection and one request under way, and a request's latency is
 * from its first byte to its answer's last. One thread serves all connections and looks no further into an answer than it
 * must, since it runs on the cores of the server it measures. Not here: the engine's own benchmarks, which need no HTTP and live in the
 * {@code bench} module.
 */
@NullMarked
package weir.server.load;

import org.jspecify.annotations.NullMarked;
