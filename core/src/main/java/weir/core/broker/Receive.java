package weir.core.broker;

import org.jspecify.annotations.Nullable;
import weir.core.PartitionId;
import weir.core.shard.Command;

/**
 * What somebody wants of a queue, from whichever of its partitions.
 *
 * @param queue its id
 * @param maxMessages as the others, as in {@link Command.Acquire}
 */
public record Receive(
        long queue,
        int maxMessages,
        long leaseMillis,
        @Nullable String attempt) {
    public Receive {
        var _ = new Command.Acquire(new PartitionId(queue, 0), maxMessages, leaseMillis, attempt); // Has the bounds.
    }

    public Receive(long queue, int maxMessages, long leaseMillis) {
        this(queue, maxMessages, leaseMillis, null);
    }

    /** The same of one partition. */
    public Command.Acquire from(PartitionId partition) {
        return new Command.Acquire(partition, maxMessages, leaseMillis, attempt);
    }
}
