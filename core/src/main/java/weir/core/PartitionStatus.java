package weir.core;

/**
 * Counters of one partition, or of all of a queue's. Every message is in one of the four.
 *
 * @param ready can be handed out, or waits behind others of its group
 * @param delayed waits for its time
 * @param leased handed out and not settled
 * @param departing on its way to a dead-letter queue
 * @param bytes payload bytes of all of them
 * @param oldestAtMillis when the oldest of them was appended; 0 if there is none
 */
public record PartitionStatus(long ready, long delayed, long leased, long departing, long bytes, long oldestAtMillis) {
    public PartitionStatus {
        Check.atLeast("ready", ready, 0);
        Check.atLeast("delayed", delayed, 0);
        Check.atLeast("leased", leased, 0);
        Check.atLeast("departing", departing, 0);
    }

    /** Of both together: a queue's counters are those of its partitions. */
    public PartitionStatus plus(PartitionStatus other) {
        boolean none = oldestAtMillis == 0 || other.oldestAtMillis == 0;
        return new PartitionStatus(
                ready + other.ready,
                delayed + other.delayed,
                leased + other.leased,
                departing + other.departing,
                bytes + other.bytes,
                none ? oldestAtMillis + other.oldestAtMillis : Math.min(oldestAtMillis, other.oldestAtMillis));
    }
}
