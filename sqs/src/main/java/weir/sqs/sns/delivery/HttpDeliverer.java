package weir.sqs.sns.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.Ordering;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.sqs.action.QueueNames;
import weir.sqs.sns.DeliveryPolicy;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.Subscriptions;
import weir.sqs.sns.Topic;
import weir.sqs.sns.Topics;
import weir.sqs.sns.message.MessageForms;
import weir.sqs.sns.message.Notification;

/**
 * Sends what waits in one HTTP subscription's queue to its endpoint. How often a message was tried is counted by its leases,
 * so a restart forgets nothing of that.
 *
 * <p>Used by one thread; the requests are sent by others, of which it awaits the ends.
 */
final class HttpDeliverer implements QueueWorker {
    private final Broker broker;
    private final QueueNames names;
    private final Topics topics;
    private final Subscriptions subscriptions;
    private final InternalQueues internal;
    private final MessageForms forms;
    private final HttpPoster poster;
    private final ExecutorService threads;
    private final DeliveryCounts counts;
    private final Queue queue;

    HttpDeliverer(
            Broker broker,
            QueueNames names,
            Topics topics,
            Subscriptions subscriptions,
            InternalQueues internal,
            MessageForms forms,
            HttpPoster poster,
            ExecutorService threads,
            DeliveryCounts counts,
            Queue queue) {
        this.broker = broker;
        this.names = names;
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.internal = internal;
        this.forms = forms;
        this.poster = poster;
        this.threads = threads;
        this.counts = counts;
        this.queue = queue;
    }

    /** A subscription with its topic: both can be changed, or go, at any time. */
    private record Recipient(Topic topic, Subscription subscription, DeliveryPolicy policy) {}

    @Override
    public boolean work() throws OutcomeUnknownException, InterruptedException {
        Optional<Recipient> before = recipient();
        if (before.isEmpty()) {
            internal.delete(queue);
            return false;
        }
        Integer perSecond = before.get().policy.receivesPerSecond();
        int most = perSecond == null
                ? DeliveryLimits.HTTP_IN_FLIGHT_OF_ONE
                : Math.min(perSecond, DeliveryLimits.HTTP_IN_FLIGHT_OF_ONE);
        var acquire = new Command.Acquire(queue.partitionOf(null), most, Command.Acquire.QUEUE_DEFAULT);
        return switch (broker.receive(acquire, DeliveryLimits.PATIENCE)) {
            case Receipt.Refused _ -> false; // It was deleted.
            case Receipt.Received(var deliveries, boolean _) -> {
                long began = System.nanoTime();
                Optional<Recipient> now = recipient();
                if (now.isPresent() && !deliveries.isEmpty()) {
                    deliver(now.get(), deliveries);
                    if (perSecond != null) {
                        pause(began, deliveries.size(), perSecond);
                    }
                }
                yield true;
            }
        };
    }

    private static void pause(long beganNanos, int sent, int perSecond) throws InterruptedException {
        long due = beganNanos + sent * Duration.ofSeconds(1).toNanos() / perSecond;
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
    }

    private Optional<Recipient> recipient() {
        String arn = InternalQueues.ownerOf(queue);
        Subscription subscription = arn == null
                ? null
                : subscriptions
                        .of(arn)
                        .filter(found -> InternalQueues.isOf(queue, found))
                        .orElse(null);
        Topic topic =
                subscription == null ? null : topics.named(subscription.topic()).orElse(null);
        return subscription == null || topic == null || topic.incarnation() != subscription.incarnation()
                ? Optional.empty()
                : Optional.of(new Recipient(topic, subscription, DeliveryPolicy.of(topic, subscription)));
    }

    private void deliver(Recipient recipient, List<Delivery> deliveries)
            throws OutcomeUnknownException, InterruptedException {
        List<Future<HttpPoster.Result>> results = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            results.add(threads.submit(() -> post(recipient, delivery)));
        }
        List<LeaseId> done = new ArrayList<>();
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery delivery = deliveries.get(i);
            HttpPoster.Result result = result(results.get(i));
            switch (result) {
                case TAKEN -> {
                    counts.delivered(1);
                    done.add(delivery.leased().lease());
                }
                case FAILED, REFUSED -> failed(recipient, delivery, result, done);
                case NOT_SENT -> giveBack(delivery, DeliveryLimits.AFTER_ERROR, false);
            }
        }
        if (!done.isEmpty()) {
            broker.submit(new Command.Acknowledge(queue.partitionOf(null), done, true));
        }
    }

    private HttpPoster.Result post(Recipient recipient, Delivery delivery)
            throws OutcomeUnknownException, InterruptedException {
        Message stored = MessageCodec.decode(delivery.payload());
        Notification notification = Notification.in(stored);
        if (notification.type() == Notification.Type.SUBSCRIPTION_CONFIRMATION && !recipient.subscription.pending()) {
            return HttpPoster.Result.TAKEN; // There is nothing to confirm any more.
        }
        Message shown = forms.shown(stored, delivery.leased().envelope().variant(), notification.endpoint());
        return poster.post(recipient.subscription, notification, shown, recipient.policy.contentType());
    }

    private static HttpPoster.Result result(Future<HttpPoster.Result> result)
            throws OutcomeUnknownException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutcomeUnknownException unknown) {
                throw unknown;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException("the delivery was interrupted");
            }
            throw new IllegalStateException("a delivery failed", e);
        }
    }

    private void failed(Recipient recipient, Delivery delivery, HttpPoster.Result result, List<LeaseId> done)
            throws OutcomeUnknownException, InterruptedException {
        LeaseId lease = delivery.leased().lease();
        Optional<Duration> pause = result == HttpPoster.Result.REFUSED
                ? Optional.empty()
                : new RetrySchedule(recipient.policy)
                        .afterFailure(delivery.leased().attempts());
        if (pause.isPresent()) {
            giveBack(delivery, pause.get(), true);
        } else if (!deadLetter(recipient, delivery)) {
            counts.dropped(recipient.subscription, "its endpoint would not take it");
            done.add(lease);
        }
    }

    /** @param counted whether it was tried */
    private void giveBack(Delivery delivery, Duration pause, boolean counted)
            throws OutcomeUnknownException, InterruptedException {
        broker.submit(new Command.Release(
                queue.partitionOf(null), List.of(delivery.leased().lease()), pause.toMillis(), counted));
    }

    /** Only notifications are worth keeping, as on AWS: nobody could do anything with a confirmation. */
    private boolean deadLetter(Recipient recipient, Delivery delivery)
            throws OutcomeUnknownException, InterruptedException {
        Message stored = MessageCodec.decode(delivery.payload());
        String arn = recipient.subscription.deadLetterArn();
        String name = arn == null ? null : names.nameInArn(arn);
        Queue letters = name == null ? null : broker.find(name).orElse(null);
        if (letters == null || Notification.in(stored).type() != Notification.Type.NOTIFICATION) {
            return false;
        }
        if (letters.settings().ordering() == Ordering.GROUP
                && delivery.leased().envelope().group() == null) {
            return false; // It would come back at once, again and again, and be sent each time.
        }
        broker.submit(new Command.Move(
                queue.partitionOf(null), List.of(delivery.leased().lease()), letters.name()));
        counts.deadLettered(1);
        return true;
    }
}
