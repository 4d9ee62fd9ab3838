package weir.core;

/**
 * A place in a queue: in one partition after the other. Between partitions there is no order in time.
 *
 * @param partition its number in the queue
 */
public record QueuePosition(int partition, Position position) {
    public static final QueuePosition FIRST = new QueuePosition(0, new Position(0, 0));

    public QueuePosition {
        Check.inRange("partition", partition, 0, Limits.PARTITIONS_MAX);
    }

    /** The place behind this one. */
    public QueuePosition next() {
        return new QueuePosition(partition, new Position(position.level(), position.offset() + 1));
    }
}
