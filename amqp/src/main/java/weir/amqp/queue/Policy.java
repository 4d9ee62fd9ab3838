package weir.amqp.queue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;

/**
 * What a policy adds to the arguments of the queues that it applies to. Where both give a number the lower one holds; where both
 * give anything else the argument does, as in RabbitMQ.
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
            "max-age",
            "overflow",
            "delivery-limit");

    private Policy() {}

    static QueueArguments applied(QueueArguments declared, FieldTable policy) {
        if (policy.isEmpty()) {
            return declared;
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(declared.table().asMap());
        QueueArguments added = new QueueArguments(policy);
        for (String key : KEYS) {
            Object value = policy.get(key);
            String argument = "x-" + key;
            boolean lower = added.number(key).isPresent()
                    && declared.number(argument).isPresent()
                    && added.number(key).getAsLong() < declared.number(argument).getAsLong();
            if (value != null && (lower || !declared.table().has(argument))) {
                all.put(argument, value);
            }
        }
        return new QueueArguments(FieldTable.of(all));
    }
}
