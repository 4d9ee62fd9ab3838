package weir.cluster;

import java.time.Duration;
import weir.core.broker.Deadline;

/** The bounds of queues, waits and batches between the fronts and the log, each with its reason. */
public final class ClusterLimits {
    /** Full entries of one shard proposed and not applied. More would only queue in the engine and add to each one's wait. */
    public static final int ENTRIES_IN_FLIGHT = 4;

    /**
     * Payload of publishes of one shard that are queued or in flight. A publisher beyond it waits, and by that its socket
     * is not read. Room for the largest message several times over.
     */
    public static final int PUBLISH_BYTES_QUEUED = 64 * 1024 * 1024;

    /**
     * How long a caller waits for the log, if it is not a part of a call that has been waiting already. Far beyond any hiccup of a
     * disk or an election; then the outcome is unknown.
     */
    public static final Duration ANSWER = Deadline.OF_A_CALL;

    /** Of a receive that waits in several shards: how much later than the first one's "nothing" another's may come. */
    public static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    /** Before an entry is proposed again that the engine was too busy for: it wrote several in that time. */
    public static final Duration OVERLOAD_PAUSE = Duration.ofMillis(10);

    /** A publisher that waits for room asks so often whether its node still leads; it learns of room itself at once. */
    public static final Duration ROOM_CHECK = Duration.ofMillis(500);

    /** Waiting receivers asked at a time when messages became ready; the next follow when their answers show more. */
    public static final int RECEIVERS_WOKEN = 8;

    /**
     * Payload bytes found in a topic with the shard's lock held: some sixteen chunks, whose metas may have to be read from disk.
     * Kafka's clients ask for as much of a partition.
     */
    public static final int FETCHED_AT_ONCE = 1024 * 1024;

    /**
     * The same in batches, each of which is looked up for itself: small messages would make ten thousand of a megabyte. So many
     * take some milliseconds, in which the shard applies nothing.
     */
    public static final int BATCHES_FETCHED_AT_ONCE = 1_024;

    /**
     * How long a queue's settings wait at a shard's leader for the edition that the catalog has come to: its node is told of that
     * along with everybody, within milliseconds.
     */
    public static final Duration EDITION_HEARD_OF = Duration.ofSeconds(5);

    /** How often it is looked meanwhile. */
    public static final Duration EDITION_LOOK = Duration.ofMillis(10);

    /**
     * How long receivers of lower priority wait for one of higher that was given something and wants more. It comes back within a
     * few milliseconds, from whichever node; if its client has become slow, it does not, and the others go on.
     */
    public static final Duration KEPT_BACK = Duration.ofMillis(250);

    /** Time entries are proposed at least so far apart, so that thousands of deadlines do not make thousands of entries. */
    public static final Duration TICK_SPACING = Duration.ofMillis(5);

    /** Entries that moving the clock on waits for: enough for some twenty million messages that run out at once. */
    public static final int TICKS_AWAITED = 1_000;

    /** Departing messages looked at, and sent to one other shard, at a time: so many that the commits are not what counts. */
    public static final int DEPARTURES_AT_A_TIME = 1_024;

    /** Payload of departing messages sent to one other shard at a time, and held in memory for that: eight usual entries. */
    public static final int DEPARTURE_BYTES_AT_A_TIME = 1024 * 1024;

    /**
     * Between two questions of a node how far the catalog's leader is, each of which costs the leader an entry of the log.
     * Whoever names something that is not there waits up to that long for being told.
     */
    public static final Duration CATALOG_QUESTIONS_APART = Duration.ofMillis(50);

    /** Between tries of what failed: a checkpoint, a departure, carrying out a definition. */
    public static final Duration RETRY = Duration.ofSeconds(1);

    /** A shard that was written to is checkpointed at least so often, so that a restart is quick and space comes back. */
    public static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(1);

    /** A part of a checkpoint that goes to another node at a time: large against a call's cost, small against a queue. */
    public static final int CHECKPOINT_PIECE_BYTES = 1024 * 1024;

    /** A piece that did not come is asked so often, {@link #RETRY} apart, before the whole copy is given up for now. */
    public static final int PIECE_TRIES = 10;

    /** How long a piece may take: it may wait for its turn behind other readers under full load. */
    public static final Duration PIECE_SENT = Duration.ofMinutes(1);

    /** How long verifying one segment may take: the largest, some 160 MiB, at the lowest rate and among several readers. */
    public static final Duration SEGMENT_VERIFIED = Duration.ofMinutes(10);

    /** How long a checkpoint may take that is made for a reader. */
    public static final Duration CHECKPOINT_MADE = Duration.ofMinutes(2);

    /** Nodes that copy from this one at a time. Each holds a machine's state in memory and files that may be superseded. */
    public static final int CHECKPOINT_READERS_MAX = 4;

    /** A node that copies and is silent for so long is gone; it begins again if it comes back. */
    public static final Duration CHECKPOINT_READER_SILENT_MAX = Duration.ofMinutes(1);

    /**
     * What a node reads in the background for other replicas at most, in all: on two cores chunked snapshots came to 73 MB/s,
     * and then nothing else did.
     */
    public static final long COPY_BYTES_PER_SECOND_MAX = 48L * 1024 * 1024;

    /** What remains of it under full load. More than the segments of a busy shard grow by, so that a copy gets nearer. */
    public static final long COPY_BYTES_PER_SECOND_MIN = 4L * 1024 * 1024;

    /** Each byte that clients write takes so many from background reading: it is written on three nodes, and synced. */
    public static final int BACKGROUND_GIVES_WAY = 4;

    /** Shorter, and single entries look like load; longer, and clients wait for the rate to fall. */
    public static final Duration LOAD_MEASURED_OVER = Duration.ofMillis(250);

    /** Damaged replicas of one group that are kept for whoever wants to look at them; each may be as large as the group. */
    public static final int DAMAGED_KEPT_MAX = 2;

    /** Looking for damage: 10 GB are read in under an hour, and 1 TB in three days. */
    public static final long SCRUB_BYTES_PER_SECOND_MAX = 4L * 1024 * 1024;

    /** What remains of it under full load. */
    public static final long SCRUB_BYTES_PER_SECOND_MIN = 512L * 1024;

    /** Between two rounds of looking for damage. */
    public static final Duration SCRUB_INTERVAL = Duration.ofHours(12);

    /** Free space is asked for so often at most: a statvfs, a line in the table of mounts. */
    public static final Duration DISK_LOOK = Duration.ofMillis(500);

    /**
     * Below this much free space no publishes are taken. It is for what goes on: acknowledgements in the log, until a
     * checkpoint lets go of it, the tails that are in memory, and segments that are rewritten to make room. On a small disk a
     * tenth of it, which is a try.
     *
     * @param totalBytes of the disk
     */
    public static long diskReserveBytes(long totalBytes, int shards, long checkpointBytes) {
        return Math.min(totalBytes / 10, 256L * 1024 * 1024 + 4 * checkpointBytes * shards);
    }

    /**
     * Nodes with a vote on the catalog; later ones follow without one. Seven survive the loss of three; more would have each
     * change of a definition wait for more disks, and add no safety that anybody needs.
     */
    public static final int CATALOG_VOTERS_MAX = 7;

    /** How long the end of a thread is waited for that has been told to end. Far more than any of its steps takes. */
    public static final Duration THREAD_ENDS = Duration.ofSeconds(10);

    /** Between looks whether the catalog has a leader, while a node starts. */
    public static final Duration CATALOG_AWAITED = Duration.ofMillis(50);

    /** After so many of them a node says hello again: five seconds. */
    public static final int LOOKS_BETWEEN_GREETINGS = 100;

    /** A definition that others change at the same time is written anew so often; then somebody is at war with us. */
    public static final int CHANGES_ANEW = 10;

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
