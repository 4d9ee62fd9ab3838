package weir.amqp.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.ArgumentText;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.Envelope;
import weir.core.Ordering;
import weir.core.catalog.Queue;

/**
 * A queue of the core's, as AMQP sees it. One that another front has made is durable, nobody's own, and was declared without
 * arguments.
 *
 * @param owner whose it is alone; null if it is not exclusive
 */
public record AmqpQueue(
        Queue queue,
        QueueName name,
        boolean durable,
        boolean autoDelete,
        @Nullable Owner owner,
        QueueArguments arguments) {
    /** Empty for a queue that no client of AMQP sees. */
    public static Optional<AmqpQueue> of(Queue queue) {
        return QueueName.of(queue).map(name -> of(queue, name));
    }

    static AmqpQueue of(Queue queue, QueueName name) {
        Map<String, String> labels = queue.labels();
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        for (Map.Entry<String, String> label :
                queue.labels().tailMap(QueuePlan.ARGUMENT).entrySet()) {
            if (!label.getKey().startsWith(QueuePlan.ARGUMENT)) {
                break;
            }
            arguments.put(
                    label.getKey().substring(QueuePlan.ARGUMENT.length()), ArgumentText.readValue(label.getValue()));
        }
        return new AmqpQueue(
                queue,
                name,
                !"false".equals(labels.get(QueuePlan.DURABLE)),
                "true".equals(labels.get(QueuePlan.AUTO_DELETE)),
                Owner.in(labels.getOrDefault(QueuePlan.OWNER, "")).orElse(null),
                new QueueArguments(FieldTable.of(arguments)));
    }

    public boolean exclusive() {
        return owner != null;
    }

    public QueueType type() {
        return arguments.type();
    }

    /** Whether AMQP has made it, rather than another front. */
    boolean isDeclared() {
        return queue.labels().containsKey(QueuePlan.DURABLE);
    }

    // ---- What a publisher has to know

    /** The level that a message goes to. */
    public int level(Properties properties) {
        int levels = queue.settings().priorityLevels();
        return levels == 1 ? 0 : Priorities.level(arguments, levels, properties.priority(Priorities.NONE));
    }

    /** What is to be the message's group in the envelope: null if the queue has no groups, or the message names none. */
    public @Nullable String group(FieldTable headers, String routingKey) {
        if (queue.settings().ordering() != Ordering.GROUP) {
            return null;
        }
        Object group = headers.get(QueueArguments.GROUP_ID);
        if (group == null && arguments.text(QueueArguments.GROUP_ID).isPresent()) {
            return routingKey;
        }
        return group == null ? null : ArgumentValues.valueOf(group);
    }

    /** What is to be its deduplication id: null if the queue does not deduplicate, or the message has none. */
    public @Nullable String deduplicationId(FieldTable headers) {
        Object id = arguments.flag(QueueArguments.DEDUPLICATION) ? headers.get("x-deduplication-header") : null;
        return id == null ? null : ArgumentValues.valueOf(id);
    }

    /**
     * What the core has to know of a message that is published here.
     *
     * @param deliverAtMillis {@link Envelope#QUEUE_DELAY} unless an exchange delays it
     * @param expiresAtMillis by its own {@code expiration}, see {@link Expiration#atMillis}
     */
    public Envelope envelope(FieldTable headers, String routingKey, long deliverAtMillis, long expiresAtMillis) {
        String group = group(headers, routingKey);
        String id = deduplicationId(headers);
        boolean plain = group == null
                && id == null
                && deliverAtMillis == Envelope.QUEUE_DELAY
                && expiresAtMillis == Envelope.NEVER;
        return plain ? Envelope.PLAIN : new Envelope(group, id, deliverAtMillis, expiresAtMillis, null);
    }

    /** Whether a message that it has no room for is to be a dead letter, beside that its publisher is told. */
    public boolean refusedBecomeDeadLetters() {
        return queue.labels().containsKey(QueuePlan.REFUSED_TO_DEAD_LETTERS)
                && deadLetterExchange().isPresent();
    }

    // ---- What becomes of a message that was delivered

    /** Where its dead letters go; empty if they are dropped. */
    public Optional<String> deadLetterExchange() {
        return Optional.ofNullable(queue.labels().get(QueuePlan.EXCHANGE));
    }

    /** The system's own queue from which they go there. */
    public String deadLettersWaitIn() {
        return DeadLetterQueues.of(name);
    }

    /** The routing key of its dead letters; empty if they keep their own. */
    public Optional<String> deadLetterRoutingKey() {
        return Optional.ofNullable(queue.labels().get(QueuePlan.ROUTING_KEY));
    }

    /** Why a message is given back. */
    public enum Return {
        /** It was refused, or its consumer failed: a delivery that counts. */
        FAILED,
        /** It was given back unharmed, by basic.nack with requeue. */
        RETURNED
    }

    /** How long a message waits before it is delivered again: {@code x-delayed-retry-*}. */
    public long retryDelayMillis(Return why, int deliveries) {
        String type = arguments.text(QueueArguments.RETRY_TYPE).orElse("disabled");
        boolean delayed =
                switch (why) {
                    case FAILED -> type.equals("all") || type.equals("failed");
                    case RETURNED -> type.equals("all") || type.equals("returned");
                };
        OptionalLong least = arguments.number(QueueArguments.RETRY_MIN);
        if (!delayed || least.isEmpty()) {
            return 0;
        }
        long most = arguments.number(QueueArguments.RETRY_MAX).orElse(QueueLimits.EXPIRY_MILLIS_MAX);
        return Math.min(most, least.getAsLong() * Math.max(1, deliveries));
    }

    // ---- Consumers

    public boolean hasSingleActiveConsumer() {
        return arguments.flag(QueueArguments.SINGLE_ACTIVE_CONSUMER);
    }

    /** How long it may be unused before it is deleted; empty for ever. */
    public OptionalLong expiresMillis() {
        String millis = queue.labels().get(QueuePlan.EXPIRES);
        return millis == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(millis));
    }
}
