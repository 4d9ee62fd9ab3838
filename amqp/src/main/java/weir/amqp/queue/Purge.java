package weir.amqp.queue;

import java.util.ArrayList;
import java.util.List;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Drops the ready messages of a queue, as a consumer would that wants nothing of them: the core's own purge drops what somebody
 * holds as well, and may be given a moment before.
 */
final class Purge {
    /** Of what is about to be dropped: if this node stops meanwhile it is ready again after that. */
    private static final long LEASE_MILLIS = 30_000;

    private final Broker broker;

    Purge(Broker broker) {
        this.broker = broker;
    }

    /** @return how many were dropped, at most so many */
    long drop(Queue queue, long most) throws OutcomeUnknownException, InterruptedException {
        long dropped = 0;
        for (PartitionId partition : queue.partitionIds()) {
            dropped += drop(partition, most - dropped);
        }
        return dropped;
    }

    /** Each step ends what the last one took, and takes what the next one ends: one entry of the log for both. */
    private long drop(PartitionId partition, long most) throws OutcomeUnknownException, InterruptedException {
        long dropped = 0;
        List<LeaseId> taken = List.of();
        do {
            List<Command.OfPartition> step = new ArrayList<>(2);
            if (!taken.isEmpty()) {
                step.add(new Command.Acknowledge(partition, taken, true));
            }
            int more = (int) Math.min(Limits.ACQUIRE_MESSAGES_MAX, most - dropped);
            if (more > 0) {
                step.add(new Command.Acquire(partition, more, LEASE_MILLIS));
            }
            taken = List.of();
            for (Outcome outcome : broker.submitAll(step)) {
                if (outcome.known() instanceof Reply.Acquired(List<Reply.Leased> leased, boolean _)) {
                    taken = leased.stream().map(Reply.Leased::lease).toList();
                }
            }
            dropped += taken.size();
        } while (!taken.isEmpty());
        return dropped;
    }
}
