/**
 * Any node serves any client: the way from a node that was asked to the node that leads.
 *
 * <p>{@link weir.cluster.forward.ShardRouter} is a shard wherever it is: it asks the leader's side in this process if this
 * node leads, else the node that does, and goes on to the next when leadership has moved. {@link
 * weir.cluster.forward.ShardService} is the other end. What may be sent a second time when the first outcome is unknown is
 * written down in {@link weir.cluster.forward.Repeatable}.
 *
 * <p>Not here: the leader's side itself ({@code weir.cluster.shard}), how bytes get to another node ({@code
 * weir.cluster.peer}), changes of the catalog ({@code weir.cluster.catalog}), and who leads and why ({@code
 * weir.cluster.placement}).
 */
@NullMarked
package weir.cluster.forward;

import org.jspecify.annotations.NullMarked;
