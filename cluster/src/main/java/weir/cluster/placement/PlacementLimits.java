package weir.cluster.placement;

import java.time.Duration;

/** The bounds and times of placement, each with its reason. */
public final class PlacementLimits {
    /**
     * Each follows the catalog, the first {@link weir.cluster.ClusterLimits#CATALOG_VOTERS_MAX} with a vote, and is looked at in
     * each round. More than anybody needs for a few shards; tried with nine.
     */
    public static final int NODES_MAX = 32;

    /** More replicas cost more disks for each message; five survive the loss of two nodes. */
    public static final int REPLICAS_MAX = 5;

    /** Between two rounds of the conductor: what an operator sees is never older than about that. */
    public static final Duration ROUND = Duration.ofSeconds(1);

    /** How long a node may take to say how it is. Two rounds: a slow node is not to slow down the others' healing. */
    public static final Duration ASK = Duration.ofSeconds(2);

    /** How long a node may take to take an order. It only begins it; how it goes on is in its next report. */
    public static final Duration ORDER = Duration.ofSeconds(5);

    /** How long the end of opening or putting away a replica is waited for before it is answered that it has begun. */
    public static final Duration ORDER_AWAITED = Duration.ofSeconds(2);

    /** How long the end of an order that is being carried out is waited for when the node stops: files are being deleted. */
    public static final Duration ORDER_ENDS = Duration.ofSeconds(10);

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

    /** Between two looks at how much was applied, at least: rates over less say nothing. */
    public static final Duration LOAD_SAMPLE = Duration.ofMillis(500);

    /** What leaders are moved for: a client's burst is over sooner, a change of the traffic is not. */
    public static final Duration LOAD_OVER = Duration.ofMinutes(1);

    /** What replicas, and with them all their data, are moved for. */
    public static final Duration STEADY_LOAD_OVER = Duration.ofMinutes(15);

    /** A command beside its bytes: about what half a KiB more costs in CPU, over all replicas. */
    public static final long COMMAND_COSTS_BYTES = 512;

    /** A leader is not moved for less than this. Below it no node has much to do. */
    public static final long LEAD_GAIN_MIN = 512L * 1024;

    /** Nor for less than such a part (1/N) of what a node's leaders have to do on average. */
    public static final long LEAD_GAIN_PART = 4;

    /** Each makes clients look for their leaders once. */
    public static final int LEADER_TRADES_AT_A_TIME = 1;

    /** Replicas are not moved for less than this: they cost a copy of all that the shards hold. */
    public static final long STEADY_GAIN_MIN = 4L * 1024 * 1024;

    /** Nor for less than such a part (1/N) of what a node has to do on average. */
    public static final long STEADY_GAIN_PART = 2;

    /** Leaders shifted by one plan: a bound for the loop, above the number of shards. */
    public static final int LEADER_SHIFTS_MAX = 1_000;

    /** Changes told of ahead: more than anybody reads, and than any plan of {@link #NODES_MAX} nodes comes to. */
    public static final int OUTLOOK_MAX = 2_000;

    private PlacementLimits() {}
}
