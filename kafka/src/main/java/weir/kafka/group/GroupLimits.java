package weir.kafka.group;

import java.time.Duration;

/** Every bound of consumer groups that is ours, each with its reason; those of Kafka's coordinator are {@link GroupSettings}. */
final class GroupLimits {
    /**
     * Partitions of the offsets topic, never to be changed, as it says in which one a group is. Groups are spread over the nodes by it. Kafka has 50, for brokers
     * by the hundred; a cluster has a few shards, whose leaders share this many, and each is a coordinator with its own thread.
     */
    static final int PARTITIONS = 16;

    /**
     * How long the log may take to take an entry: Kafka's {@code offsets.commit.timeout.ms}. Beyond, the coordinator begins anew from
     * the log, as it cannot know what is in there.
     */
    static final Duration APPEND = Duration.ofSeconds(5);

    /** How long reading the log may pause for want of an answer before loading is given up, and tried again. */
    static final Duration LOAD_PATIENCE = Duration.ofSeconds(30);

    /** Read at a time; a few entries of the largest size. */
    static final int READ_BYTES = 4 * 1024 * 1024;

    /** The coordinator's largest entry: Kafka's {@code max.message.bytes}. It bounds a group's metadata, too. */
    static final int APPEND_BYTES_MAX = 1024 * 1024 + 12;

    /** Of what is rewritten, in an entry: commits wait for no longer than one of these takes. */
    static final int REWRITTEN_BYTES = 256 * 1024;

    /** A log shorter than this is not rewritten: it is read in a fraction of a second. */
    static final long REWRITE_BYTES_MIN = 4L * 1024 * 1024;

    /** A log is rewritten when that many times what had to be kept the last time was written since, so it costs half as much again. */
    static final int REWRITE_FACTOR = 2;

    /** How often a node looks which coordinators it is to have; a look is a few reads of memory. */
    static final Duration LOOK = Duration.ofMillis(100);

    /** Between two attempts at the same coordinator; doubled each time, so that one that cannot load does not fill the log with claims. */
    static final Duration ANEW = Duration.ofMillis(100);

    /** The longest of these; who has gone on for longer begins with the shortest again. */
    static final Duration ANEW_MAX = Duration.ofSeconds(30);

    /** Members of a group, unless the operator says otherwise. A rebalance writes all of them, within {@link #APPEND_BYTES_MAX}. */
    static final int MEMBERS_MAX = 5_000;

    private GroupLimits() {}
}
