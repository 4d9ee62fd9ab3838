package weir.cluster.placement;

import java.time.Duration;

/** The bounds and times of placement, each with its reason. */
public final class PlacementLimits {
    /**
     * Every node has a vote in the catalog's group, since the engine's interface knows no members that only follow. Seven
     * survive the loss of three; more would have each change of a definition wait for more disks and add no safety.
     */
    public static final int NODES_MAX = 7;

    /** More replicas cost more disks for each message; five survive the loss of two nodes. */
    public static final int REPLICAS_MAX = 5;

    /** Between two rounds of the conductor: what an operator sees is never older than about that. */
    public static final Duration ROUND = Duration.ofSeconds(1);

    /** How long a node may take to say how it is. Two rounds: a slow node is not to slow down the others' healing. */
    public static final Duration ASK = Duration.ofSeconds(2);

    /** How long a node may take to open or drop a replica: files are deleted, a log is read. */
    public static final Duration ORDER = Duration.ofSeconds(15);

    /** What is asked of the conductor by another node includes a change of the catalog. */
    public static final Duration MANAGE = Duration.ofSeconds(30);

    /** A node that has said nothing for so long is silent. Well above an election and a collector's pause. */
    public static final Duration SILENT_AFTER = Duration.ofSeconds(5);

    /** A node is given leaders and a share of the replicas once it has been there for so long without a gap. */
    public static final Duration SETTLED_AFTER = Duration.ofSeconds(10);

    /** A silent node's replicas are made anew elsewhere: long enough for a reboot, short enough for a second failure. */
    public static final Duration REPLACE_AFTER = Duration.ofMinutes(10);

    /** The same step for the same group is not asked for again before. */
    public static final Duration STEP_AGAIN_AFTER = Duration.ofSeconds(5);

    /** Shards whose replicas are moved at a time merely to share the work better. Each copies a shard's whole data. */
    public static final int MOVES_AT_A_TIME = 2;

    /** Shards that are mended at a time: more of them lack a replica meanwhile, but each is copied faster. */
    public static final int REPAIRS_AT_A_TIME = 4;

    /** Entries a replica may lack of the leader's and still take over at once; the usual distance under load is below 10. */
    public static final long TRANSFER_LAG_MAX = 64;

    /** A rebalancing by bytes is worth a copy if it evens out at least such a part (1/N) of a node's average share. */
    public static final int BYTES_GAIN_PART = 20;

    /** Leaders shifted by one plan: a bound for the loop, above the number of shards. */
    public static final int LEADER_SHIFTS_MAX = 1_000;

    /** Changes told of ahead: more than anybody reads, and than any plan of {@link #NODES_MAX} nodes comes to. */
    public static final int OUTLOOK_MAX = 2_000;

    private PlacementLimits() {}
}
