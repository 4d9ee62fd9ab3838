/**
 * What the AMQP fronts of one cluster ask each other: of connections and consumers, which are in no log, and direct replies on
 * their way to who waits for them.
 *
 * <p>Not here: messages of queues, which go through the log, and definitions, which each node has. How a question reaches
 * another node is {@link weir.core.broker.Neighbours}'.
 */
@NullMarked
package weir.amqp.nodes;

import org.jspecify.annotations.NullMarked;
