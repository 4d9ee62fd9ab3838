package weir.core;

import java.time.Duration;

/** Every limit that the core and its callers hold to, each with its reason. Wire-level limits stand with their front. */
public final class Limits {
    /** The engine's figures were measured for entries up to this size; a larger message travels alone in its entry. */
    public static final int ENTRY_BYTES_TARGET = 128 * 1024;

    /** Above what any front lets a client publish (16 MiB is RabbitMQ's default), below the engine's own limit. */
    public static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

    /**
     * A Kafka producer's batch of 1 MiB has some 100 000 of the smallest records, and several times as many if it is compressed.
     * Plain messages cost a count; what a queue makes of them, which is leased from one by one, takes some hundred milliseconds.
     */
    public static final int BATCH_MESSAGES_MAX = 1_000_000;

    /** One bit each in an int; RabbitMQ 4.3 has as many. */
    public static final int PRIORITY_LEVELS_MAX = 32;

    /**
     * Targets of all messages of one fan-out command, each an append: some ten milliseconds for the shard, and with the
     * longest ids a few megabytes of entry. A larger fan-out is sent as several.
     */
    public static final int FANOUT_TARGETS_MAX = 10_000;

    /** Names one receive among those of a few minutes. SQS allows 128. */
    public static final int ATTEMPT_CHARS_MAX = 255;

    /** SQS's figure: how long a named receive can be repeated. */
    public static final Duration ATTEMPT_REMEMBERED = Duration.ofMinutes(5);

    /**
     * Named receives of one partition that can be repeated; the oldest is forgotten. Each holds leases, so with SQS's ten
     * to a receive it is nearly what may be in flight, and some 5 MB. A retry comes within seconds of its loss.
     */
    public static final int ATTEMPTS_MAX = 10_000;

    /** Kafka's figure, whose clients have no more on their way: of one producer in one partition. */
    public static final int NUMBERED_BATCHES_REMEMBERED = 5;

    /** Kafka's {@code producer.id.expiration.ms}: for how long a producer that numbers is remembered that is not heard of. */
    public static final Duration PRODUCER_REMEMBERED = Duration.ofDays(1);

    /**
     * Producers that one partition remembers; the one that was heard of least lately is forgotten, and may begin anywhere. Twice
     * what the busiest topic has; so a client that takes new ids without end has the ids of this topic forgotten, not of all.
     */
    public static final int PRODUCERS_MAX = 20_000;

    /** The same of all partitions of a shard: at 300 bytes each some 30 MB, and 6 MB of each snapshot. */
    public static final int PRODUCERS_OF_SHARD_MAX = 100_000;

    /** SQS's figure: the leases of one partition that may be out at a time. */
    public static final int IN_FLIGHT_MAX = 120_000;

    /** Messages handed out by one acquire; bounds one reply. */
    public static final int ACQUIRE_MESSAGES_MAX = 1_000;

    /**
     * Payload that one receive brings into memory, whatever number of messages it asked for; the last one may go beyond it. One
     * of the largest messages, and more than SQS's ten of its largest. Who asks may want less.
     */
    public static final int RECEIVE_BYTES_MAX = 16 * 1024 * 1024;

    /**
     * Messages read from a topic at a time, a batch more at most: bounds what one answer holds of empty ones. A batch of plain ones
     * counts as one.
     */
    public static final int FETCH_MESSAGES_MAX = 10_000;

    /** Payload bytes asked of a topic at a time: Kafka's clients ask for 50 MiB of all partitions and 1 MiB of each. */
    public static final int FETCH_BYTES_MAX = 64 * 1024 * 1024;

    /** SQS's figure, and long enough for any job that renews. */
    public static final Duration LEASE_MAX = Duration.ofHours(12);

    /** Ten years: "any horizon" for a delay, while an instant in milliseconds cannot overflow. */
    public static final Duration DELAY_MAX = Duration.ofDays(3660);

    /** The same for how long a message may be kept. */
    public static final Duration RETENTION_MAX = Duration.ofDays(3660);

    /** Azure's largest deduplication window; the ids of a window are held in memory. */
    public static final Duration DEDUPLICATION_WINDOW_MAX = Duration.ofDays(7);

    /** SQS allows 80, RabbitMQ 255 bytes, Kafka 249. */
    public static final int QUEUE_NAME_CHARS_MAX = 255;

    /** Labels of one queue: settings of one protocol, tags. SQS has at most 50 tags and some 20 attributes. */
    public static final int LABELS_MAX = 200;

    /** Bytes of all labels of one queue together; an SQS policy may take 64 KiB of it. */
    public static final int LABEL_BYTES_MAX = 256 * 1024;

    /**
     * Partitions of one queue. A shard takes all that its leader's disk and one core give, so more than a few partitions for
     * each shard bring no throughput, and a cluster has few shards; each partition costs its shard a place in its state, and
     * each receive a look.
     */
    public static final int PARTITIONS_MAX = 64;

    /** Queues in one catalog, which lies in memory on every node. */
    public static final int QUEUES_MAX = 1_000_000;

    /** The same for everything else that is defined. */
    public static final int DEFINITIONS_MAX = 1_000_000;

    /** What names the owner and the thing; ample. */
    public static final int DEFINITION_KIND_CHARS_MAX = 64;

    /** Room for two names of the fronts' longest kind, one within the other. */
    public static final int DEFINITION_NAME_CHARS_MAX = 600;

    /** Characters of all attributes of one definition: an SNS filter policy may take 256 KiB of it. */
    public static final int DEFINITION_CHARS_MAX = 512 * 1024;

    /** The longest that the name of a deleted queue can be kept from being used again; SQS keeps it for a minute. */
    public static final Duration NAME_REST_MAX = Duration.ofMinutes(10);

    /** Names at rest that are remembered; the oldest go first. Bounds what a flood of deletions costs. */
    public static final int NAMES_AT_REST_MAX = 100_000;

    /** Each is a Raft group, of which a few already keep every core busy; bounds the loops over all of them. */
    public static final int SHARDS_MAX = 256;

    private Limits() {}
}
