package weir.sqs.sns.delivery;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.sqs.action.MessageIds;
import weir.sqs.action.QueueArns;
import weir.sqs.sns.ConfirmationSender;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.Subscriptions;
import weir.sqs.sns.Topic;
import weir.sqs.sns.Topics;
import weir.sqs.sns.message.Form;
import weir.sqs.sns.message.MessageForms;
import weir.sqs.sns.message.Notification;
import weir.sqs.wire.SnsError;

/**
 * Delivers what has to wait, until it is closed: one virtual thread for each internal queue, found by looking through them now
 * and then, and at once when one is made here. Two servers that deliver from the same queue do each other no harm: a message
 * is leased to one of them.
 */
public final class Deliveries implements ConfirmationSender, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    /** Queues read from the catalog at a time. */
    private static final int PAGE = 1_000;

    private final Broker broker;
    private final QueueArns queues;
    private final Topics topics;
    private final Subscriptions subscriptions;
    private final Distributor distributor;
    private final InternalQueues internal;
    private final MessageForms forms;
    private final MessageIds ids;
    private final DeliveryCounts counts;
    private final InstantSource clock;
    private final boolean http;
    private final HttpPoster poster = new HttpPoster();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Thread> workers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param http whether anything is sent to HTTP endpoints */
    public Deliveries(
            Broker broker,
            QueueArns queues,
            Topics topics,
            Subscriptions subscriptions,
            Distributor distributor,
            InternalQueues internal,
            MessageForms forms,
            MessageIds ids,
            DeliveryCounts counts,
            InstantSource clock,
            boolean http) {
        this.broker = broker;
        this.queues = queues;
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.distributor = distributor;
        this.internal = internal;
        this.forms = forms;
        this.ids = ids;
        this.counts = counts;
        this.clock = clock;
        this.http = http;
    }

    public void start() {
        threads.execute(this::scan);
    }

    @Override
    public boolean sendsHttp() {
        return http;
    }

    private void scan() {
        try {
            while (!closed) {
                scanOnce();
                internal.awaitNews(DeliveryLimits.SCAN_PERIOD);
            }
        } catch (InterruptedException _) { // The server is stopping.
        }
    }

    private void scanOnce() {
        try {
            startWorkers();
        } catch (RuntimeException e) { // It must not be the end of all later deliveries.
            if (!closed) {
                LOG.error("a bug, met while looking for what is to be delivered", e);
            }
        }
    }

    private void startWorkers() {
        String after = "";
        List<Queue> page;
        do {
            page = broker.list(InternalQueues.PREFIX, after, PAGE);
            for (Queue queue : page) {
                after = queue.name();
                if (!workers.containsKey(queue.name())) {
                    startWorker(queue);
                }
            }
        } while (page.size() == PAGE);
    }

    private void startWorker(Queue queue) {
        QueueWorker worker;
        if (InternalQueues.isOfTopic(queue)) {
            worker = new FifoForwarder(broker, topics, distributor, internal, ids, queue);
        } else if (!InternalQueues.isOfSubscription(queue)) {
            return;
        } else if (http) {
            worker = new HttpDeliverer(
                    broker, queues, topics, subscriptions, internal, forms, poster, threads, counts, queue);
        } else {
            worker = () -> forgetIfOrphaned(queue);
        }
        Thread thread = Thread.ofVirtual().name(queue.name()).unstarted(() -> work(queue, worker));
        workers.put(queue.name(), thread);
        thread.start();
    }

    /** While nothing is sent by HTTP, what waits from before goes on waiting, but only for subscriptions that there are. */
    private boolean forgetIfOrphaned(Queue queue) throws OutcomeUnknownException, InterruptedException {
        String arn = InternalQueues.ownerOf(queue);
        boolean needed = arn != null
                && subscriptions
                        .of(arn)
                        .filter(found -> InternalQueues.isOf(queue, found))
                        .isPresent();
        if (!needed) {
            internal.delete(queue);
        }
        return false;
    }

    private void work(Queue queue, QueueWorker worker) {
        try {
            boolean needed = true;
            while (needed && !closed) {
                needed = workOnce(queue, worker);
            }
        } catch (InterruptedException _) { // The server is stopping.
        } finally {
            workers.remove(queue.name());
        }
    }

    /** What fails is tried again: the messages are where they were. */
    private boolean workOnce(Queue queue, QueueWorker worker) throws InterruptedException {
        try {
            return worker.work();
        } catch (OutcomeUnknownException e) {
            LOG.info("delivering from {} pauses: {}", queue.name(), e.getMessage());
        } catch (RuntimeException e) {
            if (closed) {
                return false; // What it works with is being taken apart.
            }
            LOG.error("a bug, met while delivering from {}", queue.name(), e);
        }
        Thread.sleep(DeliveryLimits.AFTER_ERROR);
        return true;
    }

    @Override
    public void askToConfirm(Topic topic, Subscription subscription, String endpoint)
            throws OutcomeUnknownException, InterruptedException {
        String text = "You have chosen to subscribe to the topic " + topic.arn()
                + ".\nTo confirm the subscription, visit the SubscribeURL included in this message.";
        Message message = service(
                topic, subscription, Notification.Type.SUBSCRIPTION_CONFIRMATION, text, token(subscription), endpoint);
        Queue queue = internal.ofSubscription(subscription);
        Envelope envelope =
                new Envelope(null, null, Envelope.QUEUE_DELAY, Envelope.NEVER, null, new Form.Enveloped(0).variant());
        var publish =
                new Command.Publish(queue.partition(0), List.of(Batch.of(envelope, MessageCodec.encode(message))));
        if (broker.submit(publish) instanceof Reply.Refused(var reason)) {
            throw SnsError.THROTTLED.because("The endpoint cannot be asked at this moment: " + reason + ".");
        }
    }

    private static String token(Subscription subscription) {
        String token = subscription.confirmation().token();
        return token == null ? "" : token;
    }

    @Override
    public void tellUnsubscribed(Topic topic, Subscription subscription, String endpoint) {
        if (!http) {
            return;
        }
        String text = "You have chosen to deactivate subscription " + subscription.arn()
                + ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.";
        Message message = service(
                topic, subscription, Notification.Type.UNSUBSCRIBE_CONFIRMATION, text, token(subscription), endpoint);
        threads.execute(() -> {
            try {
                Message shown = forms.shown(message, new Form.Enveloped(0).variant(), endpoint);
                poster.post(subscription, Notification.in(message), shown, "", HttpPermits.Kind.FIRST);
            } catch (OutcomeUnknownException e) {
                LOG.info("{} is not told that it has ended: {}", subscription.arn(), e.getMessage());
            } catch (InterruptedException _) { // The server is stopping, and it is told once or not at all.
            }
        });
    }

    private Message service(
            Topic topic,
            Subscription subscription,
            Notification.Type type,
            String text,
            String token,
            String endpoint) {
        Notification notification = new Notification(
                        type,
                        topic.arn(),
                        UUID.randomUUID().toString(),
                        clock.millis(),
                        null,
                        null,
                        Post.signatureVersion(topic),
                        endpoint,
                        token,
                        Bytes.EMPTY)
                .withSubscriptions(List.of(subscription.id()));
        return new Message(List.of(notification.header()), Bytes.utf8(text));
    }

    /** Ends what is under way; it will be done again when the server starts next. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        List<Thread> stopping = new ArrayList<>(workers.values());
        stopping.forEach(Thread::interrupt);
        poster.close();
        try {
            for (Thread thread : stopping) {
                if (!thread.join(Duration.ofSeconds(1))) {
                    LOG.info("{} did not stop in time", thread.getName());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
