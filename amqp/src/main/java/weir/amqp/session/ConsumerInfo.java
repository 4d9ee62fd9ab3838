package weir.amqp.session;

import weir.amqp.queue.AmqpQueue;

/**
 * A consumer as it was a moment ago.
 *
 * @param queue as it was when the consumer began
 * @param priority higher ones are served first
 * @param prefetch 0 for no limit
 */
public record ConsumerInfo(String tag, AmqpQueue queue, boolean ackRequired, int priority, int prefetch) {}
