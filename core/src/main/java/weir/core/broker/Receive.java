package weir.core.broker;

import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.shard.Command;

/**
 * What somebody wants of a queue, from whichever of its partitions.
 *
 * @param queue its id
 * @param maxMessages as the next two, as in {@link Command.Acquire}
 * @param precedence before or behind others who want something of the queue
 * @param bytesMax payload that is to come at a time, of however many messages; the last one may go beyond it. What is left out is
 *     ready again at its old place
 * @param waiting run once it waits: what is published from then on is offered to it. Not at all if it need not wait, perhaps
 *     several times; at a node that does not lead the shard a moment early. On any thread, so it is quick and does not wait
 */
public record Receive(
        long queue,
        int maxMessages,
        long leaseMillis,
        @Nullable String attempt,
        Precedence precedence,
        int bytesMax,
        Runnable waiting) {
    /** Of who need not know that it waits. */
    public static final Runnable UNTOLD = () -> {};

    public Receive {
        Check.inRange("bytes of a receive", bytesMax, 1, Limits.RECEIVE_BYTES_MAX);
        var _ = new Command.Acquire(new PartitionId(queue, 0), maxMessages, leaseMillis, attempt); // Has the bounds.
    }

    public Receive(long queue, int maxMessages, long leaseMillis) {
        this(queue, maxMessages, leaseMillis, null);
    }

    public Receive(long queue, int maxMessages, long leaseMillis, @Nullable String attempt) {
        this(queue, maxMessages, leaseMillis, attempt, Precedence.NONE, Limits.RECEIVE_BYTES_MAX, UNTOLD);
    }

    /** The same of one partition. */
    public Command.Acquire from(PartitionId partition) {
        return new Command.Acquire(partition, maxMessages, leaseMillis, attempt);
    }
}
