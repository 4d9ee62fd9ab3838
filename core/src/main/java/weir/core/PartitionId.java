package weir.core;

/**
 * The unit of order and placement: one of a queue's partitions, owned by one shard.
 *
 * @param queue the queue's id in the catalog; never reused, so a deleted queue's namesake is another
 * @param partition from 0 to the queue's partition count less one
 */
public record PartitionId(long queue, int partition) implements Comparable<PartitionId> {
    public PartitionId {
        Check.atLeast("queue", queue, 1);
        Check.atLeast("partition", partition, 0);
    }

    @Override
    public int compareTo(PartitionId other) {
        int byQueue = Long.compare(queue, other.queue);
        return byQueue != 0 ? byQueue : Integer.compare(partition, other.partition);
    }
}
