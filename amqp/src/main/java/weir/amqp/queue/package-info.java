/**
 * AMQP's queues in Weir's words: names, arguments, equivalence, and what follows when a message or a queue expires.
 *
 * <p>An AMQP queue is a queue of the core's, with settings where the core has them and labels where only AMQP knows what
 * they mean. So every front sees the same queue, and RabbitMQ's clients get back what they declared.
 *
 * <p>Not here: exchanges and bindings, consumers, and the machine that keeps a queue's messages.
 */
@NullMarked
package weir.amqp.queue;

import org.jspecify.annotations.NullMarked;
