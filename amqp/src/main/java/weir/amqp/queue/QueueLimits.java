package weir.amqp.queue;

import java.time.Duration;

/** The numbers that AMQP's queues hold to, each with its reason. */
public final class QueueLimits {
    /** RabbitMQ's own bound on a time to live and on {@code x-expires}: ten years, in milliseconds. */
    static final long EXPIRY_MILLIS_MAX = 10L * 365 * 86_400 * 1000;

    /** RabbitMQ's own bound on {@code x-max-priority}. */
    static final int PRIORITY_MAX = 255;

    /** What RabbitMQ's quorum queues do unless told otherwise. */
    static final int QUORUM_DELIVERY_LIMIT = 20;

    /** A quorum queue's levels, and the priority of a message that has none. */
    static final int QUORUM_PRIORITIES = 32;

    static final int QUORUM_PRIORITY = 4;

    /** SQS's figure for how long a deduplication id is remembered, unless the queue says otherwise. */
    static final Duration DEDUPLICATION_WINDOW = Duration.ofMinutes(5);

    /** Within which nodes that have consumers of a queue say so, once a policy has made its life depend on them. */
    static final Duration CONSUMERS_MADE_KNOWN = Duration.ofSeconds(2);

    /** Arguments of one declaration: the core keeps 200 labels of a queue, and RabbitMQ knows some twenty arguments. */
    static final int ARGUMENTS_MAX = 100;

    /** RabbitMQ's figure. What of a stream goes at a time is decided otherwise here. */
    static final long SEGMENT_BYTES_MAX = 3_000_000_000L;

    /** RabbitMQ's figures, for a filter that is not kept here: each message says for itself. */
    static final int FILTER_BYTES_MIN = 16;

    static final int FILTER_BYTES_MAX = 255;

    private QueueLimits() {}
}
