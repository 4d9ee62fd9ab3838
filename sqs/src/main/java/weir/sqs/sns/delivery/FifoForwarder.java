package weir.sqs.sns.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.sqs.action.MessageIds;
import weir.sqs.sns.Topic;
import weir.sqs.sns.Topics;
import weir.sqs.sns.message.Notification;

/**
 * Forwards what was published to one FIFO topic, from the topic's own queue to those of its subscribers. All of them get it in
 * the order of the topic's queue: a message is acknowledged there only when every subscriber has it, and until then no later
 * one of its group is leased.
 *
 * <p>A crash at any point only means that messages are forwarded again; their deduplication ids make that harmless for the
 * five minutes in which it happens. If one subscriber's queue is full or paused, its group waits; who has the message already
 * does not get it anew.
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
    /** Who has a message that others still refuse. */
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
        var acquire = new Command.Acquire(
                queue.partitionOf(null), DeliveryLimits.FORWARD_MESSAGES, Command.Acquire.QUEUE_DEFAULT);
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
        List<Post> posts = deliveries.stream().map(this::post).toList();
        List<Distributor.Outcome> outcomes = distributor.distribute(topic, posts);
        List<LeaseId> done = new ArrayList<>();
        List<LeaseId> again = new ArrayList<>();
        for (int i = 0; i < deliveries.size(); i++) {
            LeaseId lease = deliveries.get(i).leased().lease();
            if (outcomes.get(i).refused() == null) {
                partlyForwarded.remove(lease.position());
                done.add(lease);
            } else {
                remember(lease.position(), outcomes.get(i).served());
                again.add(lease);
            }
        }
        if (!done.isEmpty()) {
            broker.submit(new Command.Acknowledge(queue.partitionOf(null), done, true));
        }
        if (!again.isEmpty()) {
            broker.submit(
                    new Command.Release(queue.partitionOf(null), again, DeliveryLimits.FORWARD_PAUSE.toMillis(), true));
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
                partlyForwarded.getOrDefault(position, Set.of()));
    }
}
