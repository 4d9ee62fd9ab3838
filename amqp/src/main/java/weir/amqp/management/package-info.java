/**
 * RabbitMQ's management API: what its tools ask for under {@code /api/}, and change there.
 *
 * <p>{@code Dispatcher} takes requests from HTTP; {@code ManagementApi} finds their routes, {@code Callers} who asks, {@code Access}
 * whether he may; then one class for each resource answers, in RabbitMQ's names and shapes. What is changed is changed through the topology and the queues,
 * with the same checks as for a client that speaks AMQP. {@code Listing} sorts, cuts and pages what is listed.
 *
 * <p>Not here: Weir's own admin API, which knows every front's queues; what any of the words mean; and metrics.
 */
@NullMarked
package weir.amqp.management;

import org.jspecify.annotations.NullMarked;
