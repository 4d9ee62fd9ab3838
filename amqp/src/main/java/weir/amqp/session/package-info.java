/**
 * Connections and channels: who is there, what they may do next, what they hold.
 *
 * <p>One virtual thread reads a connection, one writes it; a channel's publishes and settlements gather in bounded queues
 * and go to the broker together. Whatever a client does wrong ends its channel or its connection with RabbitMQ's code and
 * text, and disturbs nobody else. What a connection held goes back to its place when it ends.
 *
 * <p>Not here: bytes (see {@code weir.amqp.wire}), routing, and the meaning of queue arguments.
 */
@NullMarked
package weir.amqp.session;

import org.jspecify.annotations.NullMarked;
