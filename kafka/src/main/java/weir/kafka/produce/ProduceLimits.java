package weir.kafka.produce;

/** The bounds of appending, each with its reason. */
final class ProduceLimits {
    /** Partitions of one request. A producer sends a batch for each that it has something for; each becomes an object before it is looked at. */
    static final int PARTITIONS_MAX = 10_000;

    /** Producer ids that a node takes from the cluster at a time; Kafka's figure. What it does not give out is lost, of some 10^18. */
    static final long PRODUCER_IDS = 1_000;

    /** Tries to have the next of them, against other nodes that do the same. */
    static final int TRIES_MAX = 100;

    private ProduceLimits() {}
}
