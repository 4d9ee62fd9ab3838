package weir.amqp.queue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code x-queue-type} says. All queues are replicated and durable on a majority here, so classic and quorum differ in
 * what arguments they take, in how priorities are declared, and in the delivery limit they have unasked. A stream is a topic: it is
 * read by offset, and reading takes nothing out of it.
 */
public enum QueueType {
    CLASSIC,
    QUORUM,
    STREAM;

    static final String ARGUMENT = "x-queue-type";

    /** Those of RabbitMQ's arguments that it refuses for a queue of this type. */
    List<String> foreign() {
        return switch (this) {
            case CLASSIC ->
                List.of(
                        "x-dead-letter-strategy",
                        "x-max-in-memory-length",
                        "x-max-in-memory-bytes",
                        "x-quorum-initial-group-size",
                        "x-max-age",
                        "x-stream-max-segment-size-bytes",
                        "x-stream-filter-size-bytes",
                        "x-initial-cluster-size");
            case QUORUM ->
                List.of(
                        "x-max-priority",
                        "x-max-age",
                        "x-stream-max-segment-size-bytes",
                        "x-stream-filter-size-bytes",
                        "x-initial-cluster-size");
            case STREAM ->
                List.of(
                        "x-expires",
                        "x-message-ttl",
                        "x-dead-letter-exchange",
                        "x-dead-letter-routing-key",
                        "x-dead-letter-strategy",
                        "x-max-length",
                        "x-max-priority",
                        "x-overflow",
                        "x-single-active-consumer",
                        "x-delivery-limit",
                        QueueArguments.PRIORITY_MODE,
                        QueueArguments.GROUP_ID,
                        QueueArguments.RETRY_TYPE,
                        QueueArguments.RETRY_MIN,
                        QueueArguments.RETRY_MAX);
        };
    }

    /** As in {@code x-queue-type}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Those of RabbitMQ's arguments of basic.consume that it refuses for a queue of this type. */
    public List<String> foreignToConsumers() {
        return switch (this) {
            case CLASSIC, QUORUM -> List.of("x-stream-offset");
            case STREAM -> List.of("x-priority");
        };
    }

    /** RabbitMQ's texts name the module that serves the type. */
    public String module() {
        return "rabbit_" + this + "_queue";
    }

    public static Optional<QueueType> named(String name) {
        for (QueueType type : values()) {
            if (type.toString().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
