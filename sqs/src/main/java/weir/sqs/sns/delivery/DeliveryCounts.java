package weir.sqs.sns.delivery;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.sqs.sns.Subscription;

/** What became of messages on their way to subscribers, since the server started. Safe for use by any number of threads. */
public final class DeliveryCounts {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryCounts.class);

    private final LongAdder delivered = new LongAdder();
    private final LongAdder deadLettered = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());

    /** Put into a subscriber's queue, or taken by its endpoint. */
    public long delivered() {
        return delivered.sum();
    }

    /** Put into a subscription's dead-letter queue instead. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** Given up, as neither the subscriber nor a dead-letter queue would have them. */
    public long dropped() {
        return dropped.sum();
    }

    void delivered(int messages) {
        delivered.add(messages);
    }

    void deadLettered(int messages) {
        deadLettered.add(messages);
    }

    /** A line now and then: a subscription that nobody can reach would fill the log. */
    void dropped(Subscription subscription, String reason) {
        dropped.increment();
        long now = System.nanoTime();
        long next = nextLogNanos.get();
        if (now - next >= 0 && nextLogNanos.compareAndSet(next, now + DeliveryLimits.LOG_PERIOD.toNanos())) {
            LOG.warn(
                    "a message for {} was dropped ({}); {} in all since the start. A RedrivePolicy of the subscription"
                            + " would keep them.",
                    subscription.arn(),
                    reason,
                    dropped.sum());
        }
    }
}
