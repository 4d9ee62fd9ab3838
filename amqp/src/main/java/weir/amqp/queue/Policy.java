package weir.amqp.queue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;

/**
 * What a policy adds to the arguments of the queues that it applies to. Where both say something, it is RabbitMQ's rule for that
 * key which of the two holds: of numbers the lower one, as a rule, and of a stream always the policy's.
 */
final class Policy {
    /** What a policy may set, by its name there; the argument has an {@code x-} before it. */
    static final List<String> KEYS = List.of(
            "expires",
            "message-ttl",
            "dead-letter-exchange",
            "dead-letter-routing-key",
            "max-length",
            "max-length-bytes",
            "overflow",
            "delivery-limit",
            "delayed-retry-type",
            "delayed-retry-min",
            "delayed-retry-max",
            "consumer-timeout",
            // Streams'.
            "max-age",
            "stream-max-segment-size-bytes",
            "stream-filter-size-bytes",
            // Taken without meaning, as the arguments are: a definition file may have them.
            "dead-letter-strategy",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "queue-mode",
            "queue-version",
            "queue-leader-locator",
            "initial-cluster-size",
            "target-group-size");

    private Policy() {}

    static QueueArguments applied(QueueArguments declared, FieldTable policy) {
        if (policy.isEmpty()) {
            return declared;
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(declared.table().asMap());
        for (String key : KEYS) {
            Object value = policy.get(key);
            String argument = "x-" + key;
            if (value != null && (!declared.table().has(argument) || overrides(key, value, argument, declared))) {
                all.put(argument, value);
            }
        }
        return new QueueArguments(FieldTable.of(all));
    }

    /** Whether the policy's value holds, rather than the argument. */
    private static boolean overrides(String key, Object value, String argument, QueueArguments declared) {
        if (declared.type() == QueueType.STREAM) {
            return true;
        }
        return switch (key) {
            case "overflow" -> declared.type() == QueueType.QUORUM;
            case "delayed-retry-type" -> true;
            default -> {
                OptionalLong own = declared.number(argument);
                OptionalLong policys = new QueueArguments(FieldTable.of(Map.of(argument, value))).number(argument);
                boolean both = own.isPresent() && policys.isPresent();
                yield both
                        && (key.equals("delivery-limit")
                                ? isStricterLimit(policys.getAsLong(), own.getAsLong())
                                : policys.getAsLong() < own.getAsLong());
            }
        };
    }

    /** A negative limit is none; RabbitMQ takes the higher of two if one of them is. */
    private static boolean isStricterLimit(long policys, long own) {
        return (policys < 0 || own < 0) ? policys > own : policys < own;
    }
}
