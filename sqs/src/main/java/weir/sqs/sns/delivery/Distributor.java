package weir.sqs.sns.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.Ordering;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Turns;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.sqs.action.QueueArns;
import weir.sqs.action.QueueAttributes;
import weir.sqs.action.Text;
import weir.sqs.action.TraceHeader;
import weir.sqs.sns.Protocol;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.Subscriptions;
import weir.sqs.sns.Topic;
import weir.sqs.sns.message.Form;
import weir.sqs.sns.message.MessageSizes;
import weir.sqs.sns.message.Notification;
import weir.sqs.sns.message.Signatures;

/**
 * Puts messages into the queues of those subscribers that want them. A shard stores a message once, however many of the
 * queues it has; what each queue shows is told by its copy's variant.
 *
 * <p>A queue that cannot have a message, ever, does not keep the others from it: its message goes to the subscription's
 * dead-letter queue, or is dropped and counted, as on AWS. A queue that will not have it now (it is full, or paused) is
 * different: nothing may be lost by that, so whoever asked is told.
 */
public final class Distributor {
    private final Broker broker;
    private final QueueArns queues;
    private final Subscriptions subscriptions;
    private final InternalQueues internal;
    private final Signatures signatures;
    private final QueueAccess access;
    private final DeliveryCounts counts;
    private final boolean http;
    private final Turns turns = new Turns();

    /** @param http whether anything is sent to HTTP endpoints; if not, their messages are not kept either */
    public Distributor(
            Broker broker,
            QueueArns queues,
            Subscriptions subscriptions,
            InternalQueues internal,
            Signatures signatures,
            QueueAccess access,
            DeliveryCounts counts,
            boolean http) {
        this.broker = broker;
        this.queues = queues;
        this.subscriptions = subscriptions;
        this.internal = internal;
        this.signatures = signatures;
        this.access = access;
        this.counts = counts;
        this.http = http;
    }

    /**
     * What became of one message.
     *
     * @param served ids of all subscriptions that need it no more
     * @param refused why one that wants it did not get it now; null if none was refused
     * @param unknown why it is not known whether one that wants it has it; null if that is known of all
     */
    public record Outcome(
            Set<String> served,
            @Nullable Refusal refused,
            @Nullable OutcomeUnknownException unknown) {
        boolean isDone() {
            return refused == null && unknown == null;
        }
    }

    /** A message for a subscription. */
    private record Aim(int post, Subscription subscription) {}

    /** An aim that failed for good. */
    private record Failure(Aim aim, String reason) {}

    /** Distributes messages; to each queue they come in their order. */
    public List<Outcome> distribute(Topic topic, List<Post> posts)
            throws OutcomeUnknownException, InterruptedException {
        List<Subscription> all = subscriptions.subscriptionsOf(topic);
        var round = new Round(topic, posts);
        for (int i = 0; i < posts.size(); i++) {
            for (Subscription subscription : all) {
                if (wants(subscription, posts.get(i))) {
                    round.aim(new Aim(i, subscription));
                }
            }
        }
        round.send();
        List<Failure> failed = round.failures;
        if (!failed.isEmpty()) {
            round.startDeadLetters();
            for (Failure failure : failed) {
                round.deadLetter(failure);
            }
            round.send();
            for (Failure failure : round.failures) {
                counts.dropped(failure.aim.subscription, failure.reason);
                round.served(failure.aim);
            }
        }
        return round.outcomes();
    }

    /** How many subscriptions the topic has. */
    int subscribers(Topic topic) {
        return subscriptions.subscriptionsOf(topic).size();
    }

    private static boolean wants(Subscription subscription, Post post) {
        if (subscription.pending() || post.served().contains(subscription.id())) {
            return false;
        }
        var filter = subscription.filter();
        return filter == null || filter.matches(post.attributes(), post.bodies().of(subscription.protocol()));
    }

    /** The copies of one text: what is stored once. */
    private static final class Share {
        final Message plain;
        final List<Command.Target> targets = new ArrayList<>();
        final List<Aim> aims = new ArrayList<>();
        final List<String> enveloped = new ArrayList<>();

        final long rawBytes;
        /** Whether SQS takes its text as a body, and its attributes as they are. */
        final boolean allowed;

        Share(Message plain, String text) {
            this.plain = plain;
            this.rawBytes = MessageSizes.raw(plain);
            this.allowed = Text.isAllowed(text) && plain.headers().stream().allMatch(Share::isAllowed);
        }

        private static boolean isAllowed(Header attribute) {
            return Text.isAllowed(attribute.type())
                    && (attribute.type().startsWith("Binary")
                            || Text.isAllowed(attribute.value().utf8()));
        }

        Form form(Subscription subscription) {
            if (subscription.raw()) {
                return new Form.Raw();
            }
            enveloped.add(subscription.id());
            return new Form.Enveloped(enveloped.size() - 1);
        }

        Command.Copies copies(Notification notification, Post post, boolean toDeadLetters) {
            List<Header> headers = new ArrayList<>(plain.headers());
            headers.add(notification.withSubscriptions(enveloped).header());
            headers.addAll(TraceHeader.of(post.trace()));
            // A dead-letter queue may be that of several subscriptions, and have a message for each.
            return new Command.Copies(
                    0,
                    Message.FORMAT,
                    MessageCodec.encode(new Message(headers, plain.body())),
                    targets,
                    toDeadLetters ? null : post.relayed());
        }
    }

    /** One distribution: first to the subscribers' queues, then what failed to the dead-letter queues. */
    private final class Round {
        private final Topic topic;
        private final List<Post> posts;
        private final List<Notification> notifications;
        private final List<Set<String>> served = new ArrayList<>();
        private final List<@Nullable Refusal> refused = new ArrayList<>();
        private final List<@Nullable OutcomeUnknownException> unknown = new ArrayList<>();
        /** One turn for all of the round, so that a batch of messages that may go to any partition goes to one. */
        private final Map<Long, Long> turnOf = new HashMap<>();

        private List<Map<String, Share>> shares = new ArrayList<>();
        private List<Failure> failures = new ArrayList<>();
        private boolean toDeadLetters;

        Round(Topic topic, List<Post> posts) {
            this.topic = topic;
            this.posts = posts;
            this.notifications =
                    posts.stream().map(post -> post.notification(topic)).toList();
            for (Post post : posts) {
                served.add(new HashSet<>(post.served()));
                refused.add(null);
                unknown.add(null);
                shares.add(new LinkedHashMap<>(2));
            }
        }

        void aim(Aim aim) throws OutcomeUnknownException, InterruptedException {
            Subscription subscription = aim.subscription;
            if (subscription.protocol() != Protocol.SQS) {
                if (http) {
                    add(aim, internal.ofSubscription(subscription));
                } else { // It might wait for ever, and there would be more and more of it.
                    failures.add(new Failure(aim, "sending to HTTP endpoints is switched off"));
                }
                return;
            }
            Queue queue = queues.find(subscription.endpoint()).orElse(null);
            String objection = queue == null ? "there is no such queue" : objection(aim, queue);
            if (queue == null || objection != null) {
                failures.add(new Failure(aim, String.valueOf(objection)));
            } else {
                add(aim, queue);
            }
        }

        void startDeadLetters() {
            toDeadLetters = true;
            failures = new ArrayList<>();
            shares = new ArrayList<>();
            posts.forEach(_ -> shares.add(new LinkedHashMap<>(2)));
        }

        void deadLetter(Failure failure) throws OutcomeUnknownException, InterruptedException {
            String arn = failure.aim.subscription.deadLetterArn();
            Queue queue = arn == null ? null : queues.find(arn).orElse(null);
            if (queue == null || objection(failure.aim, queue) != null) {
                failures.add(failure); // With the reason that it has: why it cannot go where it was to go.
            } else {
                add(failure.aim, queue);
            }
        }

        /** Why the queue cannot have the message; null if it can. */
        private @Nullable String objection(Aim aim, Queue queue) {
            Share share = share(aim);
            int limit = QueueAttributes.messageBytesMax(queue);
            boolean raw = aim.subscription.raw();
            if (!access.maySend(topic.arn(), queue)) {
                return "the queue's policy does not let the topic send";
            }
            // A dead-letter queue gets what another queue could not have.
            if (raw && !toDeadLetters && share.plain.headers().size() > DeliveryLimits.RAW_ATTRIBUTES_MAX) {
                return "it has more than " + DeliveryLimits.RAW_ATTRIBUTES_MAX + " attributes";
            }
            if (raw && !share.allowed) {
                return "it has characters that SQS does not allow";
            }
            boolean fits = raw
                    ? share.rawBytes <= limit
                    : MessageSizes.envelopeFits(notifications.get(aim.post), share.plain, limit);
            if (!fits) {
                return "it is larger than the queue allows";
            }
            return isFifo(queue) && posts.get(aim.post).group() == null ? "it has no message group" : null;
        }

        private Share share(Aim aim) {
            Post post = posts.get(aim.post);
            return shares.get(aim.post)
                    .computeIfAbsent(
                            post.bodies().of(aim.subscription.protocol()),
                            text -> new Share(new Message(post.attributes(), Bytes.utf8(text)), text));
        }

        private void add(Aim aim, Queue queue) {
            Share share = share(aim);
            int variant = share.form(aim.subscription).variant();
            Envelope envelope = envelope(posts.get(aim.post), queue, variant);
            long turn = turnOf.computeIfAbsent(queue.id(), _ -> turns.next(queue));
            share.targets.add(new Command.Target(queue.partitionFor(envelope, turn), envelope));
            share.aims.add(aim);
        }

        /** A FIFO topic's group is not told to a standard queue, and its message comes there once all the same. */
        private Envelope envelope(Post post, Queue queue, int variant) {
            boolean internalQueue = queue.name().startsWith(InternalQueues.PREFIX);
            boolean named = topic.fifo() ? isFifo(queue) : !internalQueue;
            String once = topic.fifo() && !isFifo(queue) ? topic.incarnation() + ":" + post.sequenceNumber() : null;
            return new Envelope(
                    named ? post.group() : null,
                    isFifo(queue) ? deduplicationId(post) : once,
                    Envelope.QUEUE_DELAY,
                    Envelope.NEVER,
                    null,
                    variant);
        }

        private static boolean isFifo(Queue queue) {
            return queue.settings().ordering() == Ordering.GROUP;
        }

        /** A standard topic's message may come to a FIFO queue only as a dead letter; each of them is one of its own. */
        private static String deduplicationId(Post post) {
            String id = post.deduplicationId();
            return id == null ? post.messageId() : id;
        }

        void send() throws OutcomeUnknownException, InterruptedException {
            List<Share> sent = new ArrayList<>();
            List<Command.Copies> copies = new ArrayList<>();
            boolean signed = false;
            for (int i = 0; i < posts.size(); i++) {
                for (Share share : shares.get(i).values()) {
                    if (!share.targets.isEmpty()) {
                        sent.add(share);
                        copies.add(share.copies(notifications.get(i), posts.get(i), toDeadLetters));
                        signed |= !share.enveloped.isEmpty();
                    }
                }
            }
            if (copies.isEmpty()) {
                return;
            }
            if (signed && !topic.fifo()) {
                signatures.get(); // So that no receiver has to wait until there is a key.
            }
            List<List<PublishOutcome>> outcomes = broker.fanOut(copies);
            for (int i = 0; i < sent.size(); i++) {
                for (int j = 0; j < sent.get(i).aims.size(); j++) {
                    answered(sent.get(i).aims.get(j), outcomes.get(i).get(j));
                }
            }
        }

        private void answered(Aim aim, PublishOutcome outcome) {
            switch (outcome) {
                case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> {
                    served(aim);
                    if (toDeadLetters) {
                        counts.deadLettered(1);
                    } else if (aim.subscription.protocol() == Protocol.SQS) {
                        counts.delivered(1);
                    }
                }
                case PublishOutcome.Refused(Refusal reason) -> refused(aim, reason);
                case PublishOutcome.Unknown(OutcomeUnknownException cause) -> unknown.set(aim.post, cause);
            }
        }

        private void refused(Aim aim, Refusal reason) {
            switch (reason) {
                case QUEUE_FULL, PUBLISH_PAUSED, DISK_FULL -> refused.set(aim.post, reason);
                case NO_SUCH_QUEUE, MESSAGE_TOO_LARGE, GROUP_MISSING ->
                    failures.add(new Failure(aim, "the queue refused it: " + reason));
                case TOO_MANY_IN_FLIGHT,
                        PURGED_RECENTLY,
                        READ_OTHERWISE,
                        OFFSET_OUT_OF_RANGE,
                        OUT_OF_ORDER_SEQUENCE,
                        INVALID_PRODUCER_EPOCH -> throw new IllegalStateException("a message was refused: " + reason);
            }
        }

        void served(Aim aim) {
            served.get(aim.post).add(aim.subscription.id());
        }

        List<Outcome> outcomes() {
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < posts.size(); i++) {
                outcomes.add(new Outcome(served.get(i), refused.get(i), unknown.get(i)));
            }
            return outcomes;
        }
    }
}
