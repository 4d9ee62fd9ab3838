package weir.core;

/**
 * One log of offsets. A partition has one for each priority level in use, so that a deep backlog of one level costs
 * another nothing; level 0 is the highest, and the only one of a queue without priorities.
 */
public record LogId(PartitionId partition, int level) implements Comparable<LogId> {
    public LogId {
        Check.inRange("level", level, 0, Limits.PRIORITY_LEVELS_MAX - 1);
    }

    @Override
    public int compareTo(LogId other) {
        int byPartition = partition.compareTo(other.partition);
        return byPartition != 0 ? byPartition : Integer.compare(level, other.level);
    }
}
