package weir.sqs.sns.delivery;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import weir.core.DeduplicationScope;
import weir.core.Ordering;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.sqs.action.QueueNames;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.Topic;
import weir.sqs.wire.SnsError;

/**
 * The queues in which messages wait for their delivery: one for each FIFO topic and each HTTP subscription, made when the
 * first message comes. Their names have a colon, which no name of SQS may have, and an id that is never used twice. Each has one
 * partition: a FIFO topic's numbers are those of its messages' places there.
 */
public final class InternalQueues {
    static final String PREFIX = QueueNames.SNS_PREFIX;
    private static final String TOPIC = PREFIX + "topic:";
    private static final String SUBSCRIPTION = PREFIX + "subscription:";

    /** The label with the topic's name or the subscription's ARN. */
    private static final String OWNER = "sns:owner";

    private static final QueueSettings OF_SUBSCRIPTION = QueueSettings.DEFAULT
            .change()
            .retention(DeliveryLimits.RETENTION)
            .lease(DeliveryLimits.HTTP_LEASE)
            .build();

    private static final QueueSettings OF_TOPIC = QueueSettings.DEFAULT
            .change()
            .ordering(Ordering.GROUP)
            .retention(DeliveryLimits.RETENTION)
            .lease(DeliveryLimits.FORWARD_LEASE)
            .build();

    private final Broker broker;
    /** Has a permit if a queue was made here that nobody may be delivering from yet. */
    private final Semaphore news = new Semaphore(0);

    public InternalQueues(Broker broker) {
        this.broker = broker;
    }

    /** Waits until a queue is made here, or the time is over. */
    void awaitNews(Duration patience) throws InterruptedException {
        var _ = news.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        news.drainPermits();
    }

    /** What a FIFO topic's messages are appended to; it deduplicates as the topic now says. */
    public Queue ofTopic(Topic topic) throws OutcomeUnknownException, InterruptedException {
        QueueSettings settings = topic.deduplicatesByGroup()
                ? OF_TOPIC.change().deduplicationScope(DeduplicationScope.GROUP).build()
                : OF_TOPIC;
        Queue queue = orCreate(TOPIC + topic.incarnation(), topic.name(), settings);
        return queue.settings().deduplicationScope() == settings.deduplicationScope()
                ? queue
                : changed(broker.change(
                        new CatalogCommand.UpdateQueue(queue.name(), queue.revision(), settings, queue.labels())));
    }

    /** What an HTTP subscription's messages are appended to. */
    Queue ofSubscription(Subscription subscription) throws OutcomeUnknownException, InterruptedException {
        return orCreate(nameOf(subscription), subscription.arn(), OF_SUBSCRIPTION);
    }

    private static String nameOf(Subscription subscription) {
        return SUBSCRIPTION + subscription.id() + ":" + subscription.created();
    }

    /** Whether the queue is that of this very subscription, not of an earlier one to the same endpoint. */
    static boolean isOf(Queue queue, Subscription subscription) {
        return queue.name().equals(nameOf(subscription));
    }

    private Queue orCreate(String name, String owner, QueueSettings settings)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = broker.find(name).orElse(null);
        if (queue != null) {
            return queue;
        }
        SortedMap<String, String> labels = new TreeMap<>(Map.of(OWNER, owner));
        Queue made = changed(broker.change(new CatalogCommand.CreateQueue(name, settings, labels)));
        news.release();
        return made;
    }

    private static Queue changed(CatalogReply reply) {
        return switch (reply) {
            case CatalogReply.Created(Queue queue, boolean _) -> queue;
            case CatalogReply.Updated(Queue queue) -> queue;
            case CatalogReply.Refused(CatalogRefusal reason) ->
                throw SnsError.THROTTLED.because("The topic's queue cannot be had at this moment: " + reason + ".");
            case CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("a change of a queue was answered with " + reply);
        };
    }

    /** Forgets a queue that nobody needs any more. That it is gone already is as good. */
    void delete(Queue queue) throws OutcomeUnknownException, InterruptedException {
        broker.change(new CatalogCommand.DeleteQueue(queue.name()));
    }

    static boolean isOfTopic(Queue queue) {
        return queue.name().startsWith(TOPIC);
    }

    static boolean isOfSubscription(Queue queue) {
        return queue.name().startsWith(SUBSCRIPTION);
    }

    /** The topic's name, or the subscription's ARN. */
    static @Nullable String ownerOf(Queue queue) {
        return queue.labels().get(OWNER);
    }

    /** Whether the queue is that of this very topic, not of an earlier one of the same name. */
    static boolean isOf(Queue queue, Topic topic) {
        return queue.name().equals(TOPIC + topic.incarnation());
    }
}
