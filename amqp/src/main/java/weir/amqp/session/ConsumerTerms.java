package weir.amqp.session;

import java.time.Duration;

/**
 * What a consumer was promised.
 *
 * @param tag by which its client knows it
 * @param queueId the queue's, which its namesake would not have
 * @param shownQueue as messages name the queue
 * @param noAck deliveries are done when they are sent
 * @param exclusive no other consumer may be there
 * @param priority higher ones are served first
 * @param singleActive whether the queue has one active consumer at a time
 * @param prefetch deliveries that may be unsettled at a time; 0 for no limit
 * @param timeout how long a delivery may be unsettled; zero for no limit
 */
record ConsumerTerms(
        String tag,
        long queueId,
        String shownQueue,
        boolean noAck,
        boolean exclusive,
        int priority,
        boolean singleActive,
        int prefetch,
        Duration timeout) {}
