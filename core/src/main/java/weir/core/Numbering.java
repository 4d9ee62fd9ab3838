package weir.core;

/**
 * How an idempotent producer numbers what it publishes to a partition, so that a repeat is known for one. Its messages are
 * numbered without gaps, for each partition by itself; after {@link Integer#MAX_VALUE} comes 0.
 *
 * @param producerId unique in the cluster, given out by a front
 * @param epoch rises when the producer begins anew under the same id, with sequence 0; batches of an older one are refused
 * @param firstSequence number of the batch's first message
 */
public record Numbering(long producerId, int epoch, int firstSequence) {
    public Numbering {
        Check.atLeast("producerId", producerId, 0);
        Check.inRange("epoch", epoch, 0, Short.MAX_VALUE);
        Check.atLeast("firstSequence", firstSequence, 0);
    }

    /** Number of the last of so many messages. */
    public int lastSequence(int count) {
        return sequenceAfter(firstSequence, count - 1);
    }

    /** The number that is {@code steps} after another. */
    public static int sequenceAfter(int sequence, int steps) {
        return (sequence + steps) & Integer.MAX_VALUE;
    }
}
