/**
 * How a message that came by AMQP is stored, and what it looks like to the other fronts.
 *
 * <p>The content header stays as it came, so that an AMQP consumer gets back exactly what was published; only a reader of
 * another protocol pays for a conversion. What the shard has to know (expiry, delay, group) is copied into the envelope
 * when the message is published.
 *
 * <p>Not here: how the bytes came over a socket, and where a message goes.
 */
@NullMarked
package weir.amqp.message;

import org.jspecify.annotations.NullMarked;
