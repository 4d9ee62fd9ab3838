/**
 * What is peculiar to streams: queues that are read by offset, from which reading takes nothing. Where a consumer begins, which
 * messages it wants, and what a message looks like with its offset.
 *
 * <p>Pure: nothing in here waits, or asks the broker anything but how far a stream reaches. Not here: how a consumer is served
 * ({@code weir.amqp.session}), what a stream is declared with ({@code weir.amqp.queue}), and what is kept of it for how long, which is
 * the core's.
 */
@NullMarked
package weir.amqp.stream;

import org.jspecify.annotations.NullMarked;
