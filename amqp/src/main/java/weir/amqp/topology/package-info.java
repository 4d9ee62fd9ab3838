/**
 * Virtual hosts, exchanges, bindings, users, permissions and policies: what stands between a publisher and the queues.
 *
 * <p>All of it is definitions of the catalog, which every node follows. {@link weir.amqp.topology.TopologyIndex} is a view of
 * them in memory, changed by the thread that applies the catalog's log and read without a lock; {@link
 * weir.amqp.topology.Router} answers from it which queues a message goes to, and asks nobody. What changes the catalog ({@code
 * Exchanges}, {@code Bindings}, {@code VirtualHosts}, {@code Users}, {@code Permissions}, {@code Policies}) refuses with
 * RabbitMQ's codes and texts. A definition names another by the index at which that was made, so nothing that is left of an
 * exchange, a queue or a user ever belongs to its namesake.
 *
 * <p>Not here: the queues themselves, messages, connections, and how a pattern is matched ({@code match}).
 */
@NullMarked
package weir.amqp.topology;

import org.jspecify.annotations.NullMarked;
