package weir.cluster;

import java.time.Duration;

/** The bounds of queues, waits and batches between the fronts and the log, each with its reason. */
public final class ClusterLimits {
    /** Full entries of one shard proposed and not applied. More would only queue in the engine and add to each one's wait. */
    public static final int ENTRIES_IN_FLIGHT = 4;

    /**
     * Payload of publishes of one shard that are queued or in flight. A publisher beyond it waits, and by that its socket
     * is not read. Room for the largest message several times over.
     */
    public static final int PUBLISH_BYTES_QUEUED = 64 * 1024 * 1024;

    /** How long a caller waits for the log. Far beyond any hiccup of a disk or an election; then the outcome is unknown. */
    public static final Duration ANSWER = Duration.ofSeconds(30);

    /** Before an entry is proposed again that the engine was too busy for: it wrote several in that time. */
    public static final Duration OVERLOAD_PAUSE = Duration.ofMillis(10);

    /** A publisher that waits for room asks so often whether its node still leads; it learns of room itself at once. */
    public static final Duration ROOM_CHECK = Duration.ofMillis(500);

    /** Waiting receivers asked at a time when messages became ready; the next follow when their answers show more. */
    public static final int RECEIVERS_WOKEN = 8;

    /** Time entries are proposed at least so far apart, so that thousands of deadlines do not make thousands of entries. */
    public static final Duration TICK_SPACING = Duration.ofMillis(5);

    /** Entries that moving the clock on waits for: enough for some twenty million messages that run out at once. */
    public static final int TICKS_AWAITED = 1_000;

    /** Departing messages sent to other shards at a time, and their bytes: two usual entries. */
    public static final int DEPARTURES_AT_A_TIME = 256;

    /** Payload of departing messages held in memory at a time. */
    public static final int DEPARTURE_BYTES_AT_A_TIME = 256 * 1024;

    /**
     * Between two questions of a node how far the catalog's leader is, each of which costs the leader an entry of the log.
     * Whoever names something that is not there waits up to that long for being told.
     */
    public static final Duration CATALOG_QUESTIONS_APART = Duration.ofMillis(50);

    /** Between tries of what failed: a checkpoint, a departure, carrying out a definition. */
    public static final Duration RETRY = Duration.ofSeconds(1);

    /** A shard that was written to is checkpointed at least so often, so that a restart is quick and space comes back. */
    public static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(1);

    /** Opening a node includes replaying its logs; longer than this and something is wrong. */
    public static final Duration OPEN = Duration.ofMinutes(10);

    /**
     * Bytes of entries that cause a checkpoint of a shard. The tail takes up to four times as much, twice as the rule, so
     * an eighth of the heap is shared among the shards; more than 32 MiB would make a restart slow.
     */
    public static long checkpointBytes(int shards, long heapBytes) {
        long share = heapBytes / 8 / shards;
        return Math.clamp(share, 2L * 1024 * 1024, 32L * 1024 * 1024);
    }

    private ClusterLimits() {}
}
