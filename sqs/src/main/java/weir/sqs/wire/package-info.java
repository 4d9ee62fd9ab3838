/**
 * SQS on the wire: AWS's shapes, and the two protocols that carry them.
 *
 * <p>A request in either protocol is read into the same small tree ({@link weir.sqs.wire.Fields}), led by the shapes of
 * {@link weir.sqs.wire.Operation}; a result tree is written back as JSON or XML, and {@link weir.sqs.wire.SqsError} is the
 * one table of error codes. A test holds shapes, names and codes against the model that AWS publishes.
 *
 * <p>Not here: what an action means, HTTP, and anything of the queue engine.
 */
@NullMarked
package weir.sqs.wire;

import org.jspecify.annotations.NullMarked;
