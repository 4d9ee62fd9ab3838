package weir.cluster.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Precedence;
import weir.core.broker.Receive;
import weir.core.shard.Command;

/**
 * What a receive wants of one shard: messages of one of several partitions of a queue, whichever has some. They are asked in
 * this order; who waits takes the first that comes to have any.
 *
 * @param maxMessages as the next two, as in {@link Command.Acquire}
 * @param onlyAgain only what a receive of the same name was given before, be it that long ago or not; nothing new, and no
 *     waiting
 * @param claim shared with the receives in other shards that are on behalf of the same caller; null if there are none. It
 *     does not travel to other nodes
 * @param precedence before or behind others who want something of the queue
 * @param bytesMax payload that is read at a time, as in {@link Receive}
 * @param waiting as there; it does not travel to other nodes either
 */
public record Wanted(
        List<PartitionId> partitions,
        int maxMessages,
        long leaseMillis,
        @Nullable String attempt,
        boolean onlyAgain,
        @Nullable Claim claim,
        Precedence precedence,
        int bytesMax,
        Runnable waiting) {
    public Wanted {
        Check.inRange("bytes wanted", bytesMax, 1, Limits.RECEIVE_BYTES_MAX);
        partitions = List.copyOf(partitions);
        Check.inRange("partitions wanted", partitions.size(), 1, Limits.PARTITIONS_MAX);
        long queue = partitions.getFirst().queue();
        for (PartitionId partition : partitions) {
            if (partition.queue() != queue) {
                throw new IllegalArgumentException("a receive is from one queue, not from " + partitions);
            }
        }
    }

    public static Wanted of(Command.Acquire acquire) {
        return of(acquire, Precedence.NONE, Limits.RECEIVE_BYTES_MAX, Receive.UNTOLD);
    }

    public static Wanted of(Command.Acquire acquire, Precedence precedence, int bytesMax, Runnable waiting) {
        return new Wanted(
                List.of(acquire.partition()),
                acquire.maxMessages(),
                acquire.leaseMillis(),
                acquire.attempt(),
                false,
                null,
                precedence,
                bytesMax,
                waiting);
    }

    /** The same before or behind others, and with so much payload at a time. */
    public Wanted with(Precedence other, int bytes) {
        return new Wanted(partitions, maxMessages, leaseMillis, attempt, onlyAgain, claim, other, bytes, waiting);
    }

    long queue() {
        return partitions.getFirst().queue();
    }

    public Command.Acquire from(PartitionId partition) {
        return new Command.Acquire(partition, maxMessages, leaseMillis, attempt);
    }

    /** Up to {@code max} and so many bytes from the partitions behind that one. Null if there are none. */
    public @Nullable Wanted after(PartitionId partition, int max, int bytes) {
        List<PartitionId> rest = partitions.subList(partitions.indexOf(partition) + 1, partitions.size());
        return rest.isEmpty()
                ? null
                : new Wanted(rest, max, leaseMillis, attempt, onlyAgain, claim, precedence, bytes, waiting);
    }
}
