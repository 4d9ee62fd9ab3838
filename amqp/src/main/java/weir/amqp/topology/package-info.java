/**
 * Virtual hosts, exchanges, bindings, permissions and policies: what stands between a publisher and the queues.
 *
 * <p>All of it is definitions of the catalog, which every node follows; the router is a view of them in memory, and
 * answers which queues a message goes to without asking anybody.
 *
 * <p>Not here: the queues themselves, messages, and connections.
 */
@NullMarked
package weir.amqp.topology;

import org.jspecify.annotations.NullMarked;
