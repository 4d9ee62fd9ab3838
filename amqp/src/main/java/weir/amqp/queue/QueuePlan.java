package weir.amqp.queue;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.Age;
import weir.amqp.topology.ArgumentText;
import weir.amqp.wire.FieldTable;
import weir.core.DeadLetterPolicy;
import weir.core.Limits;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.Reading;

/**
 * What a declaration, and the policy that applies, come to in the core: settings, and labels for what only AMQP understands.
 *
 * @param labels what was declared, and what of it is in force; all begin with {@link #LABEL}
 */
record QueuePlan(QueueSettings settings, SortedMap<String, String> labels) {
    static final String LABEL = "amqp:";

    static final String DURABLE = LABEL + "durable";
    static final String AUTO_DELETE = LABEL + "auto-delete";
    /** Whose it is alone: a {@link Owner}. */
    static final String OWNER = LABEL + "owner";

    static final String ARGUMENT = LABEL + "arg:";

    /** What the policies that apply say, by their keys. */
    static final String POLICY = LABEL + "policy:";

    /** In force, by argument or policy. */
    static final String EXCHANGE = LABEL + "dead-letter-exchange";

    static final String ROUTING_KEY = LABEL + "dead-letter-routing-key";
    static final String EXPIRES = LABEL + "expires";
    static final String REFUSED_TO_DEAD_LETTERS = LABEL + "reject-publish-dlx";

    /** Of a queue that was declared with these arguments. */
    static QueuePlan of(
            QueueName queue,
            boolean durable,
            boolean autoDelete,
            @Nullable Owner owner,
            QueueArguments declared,
            FieldTable policy) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(DURABLE, Boolean.toString(durable));
        labels.put(AUTO_DELETE, Boolean.toString(autoDelete));
        if (owner != null) {
            labels.put(OWNER, owner.toString());
        }
        for (Map.Entry<String, @Nullable Object> argument :
                declared.table().asMap().entrySet()) {
            Object value = argument.getValue();
            if (value != null && ArgumentValues.isKept(value)) {
                labels.put(ARGUMENT + argument.getKey(), ArgumentText.ofValue(value));
            }
        }
        return inForce(queue, declared, policy, labels, QueueSettings.DEFAULT);
    }

    /** Of a queue that is there, under another policy. */
    static QueuePlan under(AmqpQueue queue, FieldTable policy) {
        SortedMap<String, String> labels = new TreeMap<>(queue.queue().labels());
        labels.keySet().removeIf(label -> label.startsWith(POLICY));
        return inForce(
                queue.name(), queue.arguments(), policy, labels, queue.queue().settings());
    }

    private static QueuePlan inForce(
            QueueName queue,
            QueueArguments declared,
            FieldTable policy,
            SortedMap<String, String> labels,
            QueueSettings base) {
        labels.putAll(policyLabels(policy));
        QueueArguments all = Policy.applied(declared, policy);
        if (declared.type() == QueueType.STREAM) {
            return new QueuePlan(ofStream(all, base), labels);
        }
        put(labels, EXCHANGE, all.text(QueueArguments.DEAD_LETTER_EXCHANGE).orElse(null));
        put(
                labels,
                ROUTING_KEY,
                all.text(QueueArguments.DEAD_LETTER_ROUTING_KEY).orElse(null));
        OptionalLong expires = all.number(QueueArguments.EXPIRES);
        put(labels, EXPIRES, expires.isPresent() ? Long.toString(expires.getAsLong()) : null);
        String overflow = all.text(QueueArguments.OVERFLOW).orElse("drop-head");
        put(labels, REFUSED_TO_DEAD_LETTERS, overflow.equals("reject-publish-dlx") ? "true" : null);
        boolean ordered = all.isOrdered();
        QueueSettings settings = base.change()
                .ordering(ordered ? Ordering.GROUP : Ordering.BEST_EFFORT)
                .retention(retention(all))
                .messageBytesMax(Limits.MESSAGE_BYTES_MAX)
                .messagesMax(all.number(QueueArguments.MAX_LENGTH).orElse(QueueSettings.UNLIMITED))
                .bytesMax(all.number(QueueArguments.MAX_LENGTH_BYTES).orElse(QueueSettings.UNLIMITED))
                .overflow(overflow.equals("drop-head") ? Overflow.DROP_OLDEST : Overflow.REFUSE)
                .deduplicationWindow(deduplicationWindow(all))
                .priorityLevels(ordered ? 1 : Priorities.levels(declared))
                .priorityMode(
                        all.text(QueueArguments.PRIORITY_MODE)
                                        .filter("strict"::equals)
                                        .isPresent()
                                ? PriorityMode.STRICT
                                : PriorityMode.BOUNDED)
                .deadLetter(deadLetter(queue, all))
                .leasesOutliveExpiry(true)
                .build();
        return new QueuePlan(settings, labels);
    }

    /** What a policy says of queues only means nothing to a stream. */
    private static QueueSettings ofStream(QueueArguments all, QueueSettings base) {
        return base.change()
                .reading(Reading.CURSOR)
                .retention(all.text(QueueArguments.MAX_AGE).flatMap(Age::of).orElse(Limits.RETENTION_MAX))
                .bytesMax(all.number(QueueArguments.MAX_LENGTH_BYTES).orElse(QueueSettings.UNLIMITED))
                .messageBytesMax(Limits.MESSAGE_BYTES_MAX)
                .deduplicationWindow(deduplicationWindow(all))
                .build();
    }

    private static Duration deduplicationWindow(QueueArguments all) {
        return Duration.ofMillis(
                all.number(QueueArguments.DEDUPLICATION_WINDOW).orElse(QueueLimits.DEDUPLICATION_WINDOW.toMillis()));
    }

    /** What is noted of the policies that apply: so it is seen whether they are in force. */
    static SortedMap<String, String> policyLabels(FieldTable policy) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (String key : Policy.KEYS) {
            Object value = policy.get(key);
            if (value != null && ArgumentValues.isKept(value)) {
                labels.put(POLICY + key, ArgumentText.ofValue(value));
            }
        }
        return labels;
    }

    private static void put(SortedMap<String, String> labels, String label, @Nullable String value) {
        if (value == null) {
            labels.remove(label);
        } else {
            labels.put(label, value);
        }
    }

    /** A message that lives for no time at all is kept for a millisecond, in which whoever waits is given it. */
    private static Duration retention(QueueArguments all) {
        OptionalLong ttl = all.number(QueueArguments.MESSAGE_TTL);
        return ttl.isPresent() ? Duration.ofMillis(Math.max(1, ttl.getAsLong())) : Limits.RETENTION_MAX;
    }

    /**
     * Dead letters wait in a queue of the system's own for their exchange. Without an exchange only those are kept that were
     * tried too often: they are parked rather than lost.
     */
    private static @Nullable DeadLetterPolicy deadLetter(QueueName queue, QueueArguments all) {
        boolean exchange = all.text(QueueArguments.DEAD_LETTER_EXCHANGE).isPresent();
        long limit = all.number(QueueArguments.DELIVERY_LIMIT)
                .orElse(all.type() == QueueType.QUORUM ? QueueLimits.QUORUM_DELIVERY_LIMIT : -1);
        int attempts = limit < 0 ? Integer.MAX_VALUE : (int) Math.min(limit + 1, Integer.MAX_VALUE);
        if (!exchange && limit < 0) {
            return null;
        }
        return new DeadLetterPolicy(DeadLetterQueues.of(queue), attempts, exchange, exchange, exchange);
    }
}
