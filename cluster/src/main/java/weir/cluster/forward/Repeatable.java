package weir.cluster.forward;

import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import weir.cluster.ClusterLimits;
import weir.core.Batch;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

/**
 * Whether a command of unknown outcome may be sent again: it is applied once or twice then, and either must come to the
 * same, for the queue and for what the caller is told.
 *
 * <table>
 * <caption>Why</caption>
 * <tr><th>Command</th><th>Sent again?</th><th>Because</th></tr>
 * <tr><td>Publish, Fanout</td><td>if each batch is one message with a deduplication id and each queue remembers ids for
 *   longer than a caller waits</td><td>the second is answered as the first, and marked a duplicate; without an id there
 *   would be two messages</td></tr>
 * <tr><td>Publish</td><td>if each batch is numbered</td><td>the same; a producer whose other batches got ahead of the second is
 *   refused as out of order at worst, and nothing is there twice</td></tr>
 * <tr><td>Acknowledge</td><td>yes</td><td>a message that is done stays done; the second is told {@code GONE}, which
 *   every front takes for success</td></tr>
 * <tr><td>Extend</td><td>unless it ends the lease</td><td>the time runs from the second; one of zero would tell a caller
 *   who was obeyed that its lease had ended</td></tr>
 * <tr><td>Release, Reject, Move</td><td>unless a lease is named {@code LATEST}</td><td>the lease is over after the
 *   first, so the second changes nothing; {@code LATEST} might by then be somebody else's</td></tr>
 * <tr><td>Acquire</td><td>no</td><td>a second one leases other messages. A receive goes on all the same, see {@link
 *   ShardRouter#receive}</td></tr>
 * <tr><td>Cancel</td><td>no</td><td>a second one finds them gone, and says that none was cancelled</td></tr>
 * <tr><td>Purge</td><td>no</td><td>what was published after the first would be lost</td></tr>
 * <tr><td>Configure</td><td>yes</td><td>a revision that is not above the one in force changes nothing</td></tr>
 * <tr><td>Drop</td><td>yes</td><td>a queue's id is never used again</td></tr>
 * <tr><td>Truncate</td><td>yes</td><td>what is below the offset is gone after the first</td></tr>
 * <tr><td>TakeIn, SettleDepartures</td><td>yes</td><td>departures are numbered, and the numbers remembered</td></tr>
 * <tr><td>Tick</td><td>yes</td><td>it brings the time</td></tr>
 * <tr><td>Raise</td><td>yes</td><td>an edition that the log has come to changes nothing</td></tr>
 * </table>
 *
 * <p>The first can be applied after the second only within one leadership; where leadership has moved, all that earlier
 * leaders left is applied before the next one takes anything.
 */
final class Repeatable {
    private Repeatable() {}

    /** @param queues by id */
    static boolean is(Command command, LongFunction<Optional<Queue>> queues) {
        return switch (command) {
            case Command.Publish(PartitionId partition, List<Batch> batches) ->
                isNumbered(batches)
                        || (remembersIds(partition, queues)
                                && batches.stream()
                                        .allMatch(batch -> batch.count() == 1
                                                && hasId(batch.messages().getFirst())));
            case Command.Fanout(List<Command.Copies> messages) ->
                messages.stream()
                        .flatMap(copies -> copies.targets().stream())
                        .allMatch(target -> hasId(target.envelope()) && remembersIds(target.partition(), queues));
            case Command.Acknowledge _ -> true;
            case Command.Extend extend -> extend.leaseMillis() > 0;
            case Command.Release release -> namesDeliveries(release.leases());
            case Command.Reject reject -> namesDeliveries(reject.leases());
            case Command.Move move -> namesDeliveries(move.leases());
            case Command.Acquire _, Command.Cancel _, Command.Purge _ -> false;
            case Command.Configure _,
                    Command.Drop _,
                    Command.Truncate _,
                    Command.TakeIn _,
                    Command.SettleDepartures _,
                    Command.Tick _,
                    Command.Raise _ -> true;
        };
    }

    /** As many of one producer are remembered. */
    private static boolean isNumbered(List<Batch> batches) {
        return batches.size() <= Limits.NUMBERED_BATCHES_REMEMBERED
                && batches.stream().allMatch(batch -> batch.numbering() != null);
    }

    private static boolean hasId(Envelope envelope) {
        return envelope.deduplicationId() != null;
    }

    /** A queue that is not known here will refuse the publish, or remembers who knows how long. */
    private static boolean remembersIds(PartitionId partition, LongFunction<Optional<Queue>> queues) {
        return queues.apply(partition.queue())
                .map(queue -> queue.settings().deduplicationWindow())
                .filter(window -> window.compareTo(ClusterLimits.ANSWER.multipliedBy(2)) >= 0)
                .isPresent();
    }

    private static boolean namesDeliveries(List<LeaseId> leases) {
        return leases.stream().allMatch(lease -> lease.delivery() != LeaseId.LATEST);
    }
}
