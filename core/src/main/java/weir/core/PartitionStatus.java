package weir.core;

/**
 * Counters of one partition. Every message is in one of the four.
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
}
