/**
 * The bytes of AMQP 0-9-1: frames, methods, field tables, content headers, and the errors that malformed ones earn.
 *
 * <p>Written by hand after the published specification, with all of RabbitMQ's extensions. Bodies and content headers are
 * slices of what was read; a content header is opened only as far as somebody asks. Whatever arrives, the only way out is
 * a value or an {@link weir.amqp.wire.AmqpException}, and what a frame may make us allocate is bounded by its size.
 *
 * <p>Not here: which method may come when, what any of them does, and how long anybody waits for it.
 */
@NullMarked
package weir.amqp.wire;

import org.jspecify.annotations.NullMarked;
