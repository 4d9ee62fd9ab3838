package weir.cluster.peer;

/** What one node may ask of another. The code travels, so it is never given a new meaning. */
public enum PeerRequest {
    /** Who are you, and what cluster is your data of? {@code weir.cluster.forming}. */
    HELLO(1),
    /** Take me into your cluster. {@code weir.cluster.forming}. */
    JOIN(2),
    /** Commands for a shard that you lead. {@code weir.cluster.forward}. */
    SUBMIT(3),
    /** A receive from a shard that you lead, which may wait. {@code weir.cluster.forward}. */
    RECEIVE(4),
    /** What is in a partition that you lead. {@code weir.cluster.forward}. */
    PEEK(5),
    /** A partition's numbers. {@code weir.cluster.forward}. */
    STATUS(6),
    /** A change of the catalog that you lead. {@code weir.cluster.forward}. */
    CHANGE(7),
    /** How far is the catalog that you lead? {@code weir.cluster.forward}. */
    CATALOG_INDEX(8),
    /** Your replicas and what is asked of them. {@code weir.cluster.placement}. */
    REPLICAS(9),
    /** A part of a checkpoint of yours. {@code weir.cluster.checkpoint}. */
    CHECKPOINT(10),
    /** A question of one of your fronts' namesakes here. {@code weir.cluster.Neighbourhood}. */
    FRONT(11),
    /** Batches of topics' partitions that you lead, for which may be waited. {@code weir.cluster.forward}. */
    FETCH(12),
    /** How far a topic's partition that you lead reaches. {@code weir.cluster.forward}. */
    OFFSETS(13);

    private final int code;

    PeerRequest(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Whether its answer may take as long as nobody publishes anything. */
    public boolean mayWait() {
        return this == RECEIVE || this == FETCH;
    }
}
