/**
 * The SQS front: an HTTP server that speaks Amazon SQS, by JSON and by Query/XML on one port, over the port
 * {@link weir.core.broker.Broker}.
 *
 * <p>A connection is one virtual thread of Helidon's web server: it reads a request whole, within a size, a time and a share
 * of memory ({@link weir.sqs.SqsLimits}), runs its action and writes the answer; no request changes threads.
 *
 * <p>Not here: wire formats ({@link weir.sqs.wire}) and the meaning of the actions ({@link weir.sqs.action}).
 */
@NullMarked
package weir.sqs;

import org.jspecify.annotations.NullMarked;
