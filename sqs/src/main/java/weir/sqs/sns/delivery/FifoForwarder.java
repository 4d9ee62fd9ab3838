package weir.sqs.sns.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.Message;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.sqs.action.MessageIds;
import weir.sqs.action.TraceHeader;
import weir.sqs.sns.Topic;
import weir.sqs.sns.Topics;
import weir.sqs.sns.message.Notification;

/**
 * Forwards what was published to one FIFO topic, from the topic's own queue to those of its subscribers. All of them get it in
 * the order of the topic's queue: a message is acknowledged there only when every subscriber has it, and until then no later
 * one of its group is leased.
 *
 * <p>A crash at any point only means that messages are forwarded again, and be it days later: each subscriber's queue remembers
 * by its place in the topic's queue what it took of it ({@link Command.Relayed}), for as long as it may come again. If one
 * subscriber's queue is full or paused, or its shard does not answer, the group waits; who has the message already does not get
 * it anew. A queue of several partitions has all of a group's messages in one, and so in one shard's command.
 *
 * <p>Used by one thread.
 */
final class FifoForwarder implements QueueWorker {
    private final Broker broker;
    private final Topics topics;
    private final Distributor distributor;
    private final InternalQueues internal;
    private final MessageIds ids;
    private final Queue queue;
    /** Below it, everything was acknowledged when last looked. */
    private long settledBelow;
    /** Who has a message that others still refuse, or lost it to a dead-letter queue. */
    private final Map<Position, Set<String>> partlyForwarded = new HashMap<>();

    FifoForwarder(
            Broker broker,
            Topics topics,
            Distributor distributor,
            InternalQueues internal,
            MessageIds ids,
            Queue queue) {
        this.broker = broker;
        this.topics = topics;
        this.distributor = distributor;
        this.internal = internal;
        this.ids = ids;
        this.queue = queue;
    }

    @Override
    public boolean work() throws OutcomeUnknownException, InterruptedException {
        if (topic() == null) {
            internal.delete(queue);
            return false;
        }
        var acquire =
                new Command.Acquire(queue.partition(0), DeliveryLimits.FORWARD_MESSAGES, Command.Acquire.QUEUE_DEFAULT);
        return switch (broker.receive(acquire, DeliveryLimits.PATIENCE)) {
            case Receipt.Refused _ -> false; // It was deleted.
            case Receipt.Received(var deliveries, boolean _) -> {
                Topic topic = topic();
                if (topic != null && !deliveries.isEmpty()) {
                    forward(topic, deliveries);
                }
                yield true;
            }
        };
    }

    private @Nullable Topic topic() {
        String name = InternalQueues.ownerOf(queue);
        return name == null
                ? null
                : topics.named(name)
                        .filter(topic -> InternalQueues.isOf(queue, topic))
                        .orElse(null);
    }

    private void forward(Topic topic, List<Delivery> deliveries) throws OutcomeUnknownException, InterruptedException {
        lookWhatIsSettled();
        List<LeaseId> done = new ArrayList<>();
        List<LeaseId> again = new ArrayList<>();
        Set<String> waiting = new HashSet<>();
        int from = 0;
        while (from < deliveries.size()) {
            int to = endOfPart(deliveries, from, distributor.subscribers(topic));
            forward(topic, deliveries.subList(from, to), waiting, done, again);
            from = to;
        }
        if (!done.isEmpty()) {
            broker.submit(new Command.Acknowledge(queue.partition(0), done, true));
        }
        if (!again.isEmpty()) {
            broker.submit(
                    new Command.Release(queue.partition(0), again, DeliveryLimits.FORWARD_PAUSE.toMillis(), true));
        }
    }

    /**
     * Where the messages end that each shard gets in one command from {@code from} on: only within one is a group's message
     * kept from a queue that had no room for the one before it.
     */
    private static int endOfPart(List<Delivery> deliveries, int from, int subscribers) {
        int most = Math.max(1, Limits.FANOUT_TARGETS_MAX / Math.max(1, subscribers));
        long bytes = 0;
        int to = from;
        while (to < deliveries.size() && to - from < most) {
            bytes += deliveries.get(to).payload().length() + DeliveryLimits.NAMING_BYTES * (1L + subscribers);
            if (to > from && bytes > Limits.MESSAGE_BYTES_MAX) {
                break;
            }
            to++;
        }
        return to;
    }

    /** @param waiting the groups of which a message was refused before; their later ones are not even tried */
    private void forward(
            Topic topic, List<Delivery> deliveries, Set<String> waiting, List<LeaseId> done, List<LeaseId> again)
            throws OutcomeUnknownException, InterruptedException {
        List<Delivery> tried = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (waiting.contains(groupOf(delivery))) {
                again.add(delivery.leased().lease());
            } else {
                tried.add(delivery);
            }
        }
        List<Distributor.Outcome> outcomes =
                distributor.distribute(topic, tried.stream().map(this::post).toList());
        for (int i = 0; i < tried.size(); i++) {
            LeaseId lease = tried.get(i).leased().lease();
            if (outcomes.get(i).isDone()) {
                partlyForwarded.remove(lease.position());
                done.add(lease);
            } else {
                remember(lease.position(), outcomes.get(i).served());
                again.add(lease);
                waiting.add(groupOf(tried.get(i)));
            }
        }
    }

    /** Every message of a FIFO topic has one. */
    private static String groupOf(Delivery delivery) {
        return Objects.requireNonNullElse(delivery.leased().envelope().group(), "");
    }

    /** What is leased is still there, so the first message that is there is not above what is forwarded now. */
    private void lookWhatIsSettled() throws OutcomeUnknownException, InterruptedException {
        List<Peeked> first = broker.peek(queue.partition(0), new Position(0, settledBelow), 1);
        if (!first.isEmpty()) {
            settledBelow = first.getFirst().position().offset();
        }
    }

    private void remember(Position position, Set<String> served) {
        if (partlyForwarded.size() < DeliveryLimits.PARTLY_FORWARDED_MAX || partlyForwarded.containsKey(position)) {
            partlyForwarded.put(position, new HashSet<>(served));
        }
    }

    /** The same at every attempt, but for whom it has reached. */
    private Post post(Delivery delivery) {
        Message stored = MessageCodec.decode(delivery.payload());
        Notification notification = Notification.in(stored);
        Position position = delivery.leased().lease().position();
        return new Post(
                ids.of(delivery.partition(), position),
                delivery.leased().publishedAtMillis(),
                MessageIds.sequenceNumberInTopic(position),
                notification.endpoint(),
                notification.subject(),
                Bodies.of(stored.body().utf8()),
                Notification.attributes(stored),
                delivery.leased().envelope().group(),
                delivery.leased().envelope().deduplicationId(),
                TraceHeader.in(stored),
                new Command.Relayed(queue.id(), position.offset(), Math.min(settledBelow, position.offset())),
                partlyForwarded.getOrDefault(position, Set.of()));
    }
}
