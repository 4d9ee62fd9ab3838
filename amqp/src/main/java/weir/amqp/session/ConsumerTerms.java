package weir.amqp.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.FieldTable;

/**
 * What a consumer was promised.
 *
 * @param tag by which its client knows it
 * @param queue as it was when the consumer began
 * @param noAck deliveries are done when they are sent
 * @param exclusive nobody else may consume from the queue
 * @param priority higher ones are served first
 * @param prefetch deliveries that may be unsettled at a time; 0 for no limit
 * @param timeout how long a delivery may be unsettled, as its client said; zero for no limit, null if it did not say
 * @param arguments all that its client gave, for whoever looks
 */
record ConsumerTerms(
        String tag,
        AmqpQueue queue,
        boolean noAck,
        boolean exclusive,
        int priority,
        int prefetch,
        @Nullable Duration timeout,
        FieldTable arguments) {
    long queueId() {
        return queue.queue().id();
    }
}
