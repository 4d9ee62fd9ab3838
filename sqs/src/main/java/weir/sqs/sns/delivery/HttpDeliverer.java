package weir.sqs.sns.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.Ordering;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.CorruptDataException;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.sqs.action.QueueArns;
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
    private static final Logger LOG = LoggerFactory.getLogger(HttpDeliverer.class);

    private final Broker broker;
    private final QueueArns queues;
    private final Topics topics;
    private final Subscriptions subscriptions;
    private final InternalQueues internal;
    private final MessageForms forms;
    private final HttpPoster poster;
    private final ExecutorService threads;
    private final DeliveryCounts counts;
    private final Queue queue;
    private final WaitingLetters waiting = new WaitingLetters();
    /** Whether the endpoint did not answer in time when last tried. Then it is sent one message at a time until it does. */
    private boolean hanging;

    HttpDeliverer(
            Broker broker,
            QueueArns queues,
            Topics topics,
            Subscriptions subscriptions,
            InternalQueues internal,
            MessageForms forms,
            HttpPoster poster,
            ExecutorService threads,
            DeliveryCounts counts,
            Queue queue) {
        this.broker = broker;
        this.queues = queues;
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
        int room = hanging ? 1 : Math.min(1 + poster.furtherRoom(), DeliveryLimits.HTTP_IN_FLIGHT_OF_ONE);
        int most = perSecond == null ? room : Math.min(perSecond, room);
        var acquire = new Command.Acquire(queue.partition(0), most, Command.Acquire.QUEUE_DEFAULT);
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
        List<Delivery> sent = new ArrayList<>();
        List<Future<HttpPoster.Result>> results = new ArrayList<>();
        List<Delivery> letters = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (waiting.has(delivery.leased().lease().position())) {
                letters.add(delivery);
            } else {
                HttpPermits.Kind kind = hanging
                        ? HttpPermits.Kind.HANGING
                        : sent.isEmpty() ? HttpPermits.Kind.FIRST : HttpPermits.Kind.FURTHER;
                sent.add(delivery);
                results.add(threads.submit(() -> post(recipient, delivery, kind)));
            }
        }
        List<Delivery> taken = new ArrayList<>();
        List<Delivery> failed = new ArrayList<>();
        List<Delivery> refused = new ArrayList<>();
        List<Delivery> notSent = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            HttpPoster.Result result = result(results.get(i));
            switch (result) {
                case TAKEN -> taken.add(sent.get(i));
                case FAILED, HUNG -> failed.add(sent.get(i));
                case REFUSED -> refused.add(sent.get(i));
                case NOT_SENT -> notSent.add(sent.get(i));
            }
            if (result != HttpPoster.Result.NOT_SENT) {
                hanging = result == HttpPoster.Result.HUNG;
            }
        }
        counts.delivered(taken.size());
        acknowledge(taken);
        for (Delivery delivery : notSent) {
            giveBack(delivery, DeliveryLimits.AFTER_ERROR, false);
        }
        List<Delivery> dropped = new ArrayList<>();
        for (Delivery delivery : failed) {
            Optional<Duration> pause = new RetrySchedule(recipient.policy)
                    .afterFailure(delivery.leased().attempts());
            if (pause.isPresent()) {
                giveBack(delivery, pause.get(), true);
            } else {
                giveUp(recipient, delivery, dropped);
            }
        }
        for (Delivery delivery : refused) {
            giveUp(recipient, delivery, dropped);
        }
        for (Delivery delivery : letters) {
            Position position = delivery.leased().lease().position();
            if (waiting.hasToWait(position)) {
                giveBack(delivery, waiting.pause(position), false);
            } else {
                giveUp(recipient, delivery, dropped);
            }
        }
        acknowledge(dropped);
    }

    private void acknowledge(List<Delivery> deliveries) throws OutcomeUnknownException, InterruptedException {
        if (!deliveries.isEmpty()) {
            List<LeaseId> done =
                    deliveries.stream().map(each -> each.leased().lease()).toList();
            broker.submit(new Command.Acknowledge(queue.partition(0), done, true));
        }
    }

    private HttpPoster.Result post(Recipient recipient, Delivery delivery, HttpPermits.Kind kind)
            throws OutcomeUnknownException, InterruptedException {
        Message stored = MessageCodec.decode(delivery.payload());
        Notification notification = Notification.in(stored);
        if (notification.type() == Notification.Type.SUBSCRIPTION_CONFIRMATION && !recipient.subscription.pending()) {
            return HttpPoster.Result.TAKEN; // There is nothing to confirm any more.
        }
        Message shown = forms.shown(stored, delivery.leased().envelope().variant(), notification.endpoint());
        return poster.post(recipient.subscription, notification, shown, recipient.policy.contentType(), kind);
    }

    /** Whatever is wrong with one message is no reason to send the others of its batch again. */
    private HttpPoster.Result result(Future<HttpPoster.Result> result) throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case OutcomeUnknownException unknown -> {
                    LOG.info("a delivery from {} waits: {}", queue.name(), unknown.getMessage());
                    yield HttpPoster.Result.NOT_SENT;
                }
                case InterruptedException _ -> throw new InterruptedException("the delivery was interrupted");
                case null, default -> {
                    LOG.error("a bug, or a damaged message, met while delivering from {}", queue.name(), e.getCause());
                    yield HttpPoster.Result.FAILED;
                }
            };
        }
    }

    private void giveUp(Recipient recipient, Delivery delivery, List<Delivery> dropped)
            throws OutcomeUnknownException, InterruptedException {
        if (!deadLetter(recipient, delivery)) {
            counts.dropped(recipient.subscription, "its endpoint would not take it");
            waiting.remove(delivery.leased().lease().position());
            dropped.add(delivery);
        }
    }

    /** @param counted whether it was tried */
    private void giveBack(Delivery delivery, Duration pause, boolean counted)
            throws OutcomeUnknownException, InterruptedException {
        broker.submit(new Command.Release(
                queue.partition(0), List.of(delivery.leased().lease()), pause.toMillis(), counted));
    }

    /** Only notifications are worth keeping, as on AWS: nobody could do anything with a confirmation. */
    private boolean deadLetter(Recipient recipient, Delivery delivery)
            throws OutcomeUnknownException, InterruptedException {
        String arn = recipient.subscription.deadLetterArn();
        Queue letters = arn == null ? null : queues.find(arn).orElse(null);
        if (letters == null || !isNotification(delivery)) {
            return false;
        }
        if (letters.settings().ordering() == Ordering.GROUP
                && delivery.leased().envelope().group() == null) {
            return false; // It would come back at once, again and again, and be sent each time.
        }
        broker.submit(
                new Command.Move(queue.partition(0), List.of(delivery.leased().lease()), letters.name()));
        if (waiting.offered(delivery.leased().lease().position())) {
            counts.deadLettered(1);
        }
        return true;
    }

    /** Not so if it cannot be read, which is why it was given up. */
    private static boolean isNotification(Delivery delivery) {
        try {
            return Notification.in(MessageCodec.decode(delivery.payload())).type() == Notification.Type.NOTIFICATION;
        } catch (CorruptDataException _) {
            return false;
        }
    }
}
