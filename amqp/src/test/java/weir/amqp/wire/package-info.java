/** Tests of what the bytes mean, alone and beside those of RabbitMQ's own client. */
@NullMarked
package weir.amqp.wire;

import org.jspecify.annotations.NullMarked;
