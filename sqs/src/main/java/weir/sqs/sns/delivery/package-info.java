/**
 * How a published message reaches the subscribers: {@link weir.sqs.sns.delivery.Distributor} puts it into the queues of those
 * that want it, and {@link weir.sqs.sns.delivery.Deliveries} does what has to wait: it forwards what is published to FIFO
 * topics, and sends to HTTP endpoints.
 *
 * <p>What waits, waits in queues of the engine that no client sees ({@link weir.sqs.sns.delivery.InternalQueues}), so it
 * survives a restart, and every step may be repeated. One virtual thread for each such queue is parked in {@link
 * weir.core.broker.Broker#receive} most of its life.
 *
 * <p>Not here: what a request to publish may look like ({@link weir.sqs.sns.publish}), and who may publish.
 */
@NullMarked
package weir.sqs.sns.delivery;

import org.jspecify.annotations.NullMarked;
