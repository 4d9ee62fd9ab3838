package weir.amqp.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;

/**
 * What a consumer was promised.
 *
 * @param tag by which its client knows it
 * @param queue as it was when the consumer began
 * @param noAck deliveries are done when they are sent
 * @param priority higher ones are served first
 * @param prefetch deliveries that may be unsettled at a time; 0 for no limit
 * @param timeout how long a delivery may be unsettled, as its client said; zero for no limit, null if it did not say
 */
record ConsumerTerms(
        String tag,
        AmqpQueue queue,
        boolean noAck,
        int priority,
        int prefetch,
        @Nullable Duration timeout) {
    long queueId() {
        return queue.queue().id();
    }
}
