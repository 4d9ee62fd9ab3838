/** Tests of how messages are stored and shown. */
@NullMarked
package weir.amqp.message;

import org.jspecify.annotations.NullMarked;
