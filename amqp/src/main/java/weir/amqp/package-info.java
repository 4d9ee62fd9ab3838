/**
 * AMQP 0-9-1 with RabbitMQ's extensions: what an application written for RabbitMQ finds behind port 5672.
 *
 * <p>From the socket inwards: {@code wire} (frames, methods, tables), {@code session} (connections, channels,
 * consumers), {@code topology} (virtual hosts, exchanges, bindings, permissions), {@code queue} (what AMQP says of
 * queues in Weir's words), {@code message} (how a message is stored, and what other fronts see of it).
 *
 * <p>Not here: queues themselves, their order, leases and dead letters, which are the core's and every protocol's; and
 * other fronts, of which nothing here knows.
 */
@NullMarked
package weir.amqp;

import org.jspecify.annotations.NullMarked;
