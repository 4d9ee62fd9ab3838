package weir.cluster.shard;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * A shard as callers see it: the leader's side in this process ({@link ShardLeader}), or the way to it wherever it is.
 *
 * <p>A leader's side that does not lead fails with {@link NotLeadingException}: nothing was done. The way to it
 * ({@code weir.cluster.forward}) asks the next one then, and fails with it no more.
 */
public interface Shard {
    /**
     * Begins to replicate a command. A publisher waits here for room, which its command holds until it is answered.
     *
     * @return fails with {@link OutcomeUnknownException} or {@link NotLeadingException}
     * @throws OutcomeUnknownException if there was no room in time; nothing was done
     */
    CompletableFuture<Reply> begin(Command command) throws OutcomeUnknownException, InterruptedException;

    /**
     * As {@link weir.core.broker.Broker#receive(Command.Acquire, Duration)}, from the first of several partitions that has
     * something. What is received is all of that one.
     */
    Receipt receive(Wanted wanted, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException;

    /** The same from one partition. */
    default Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        return receive(Wanted.of(acquire), patience);
    }

    /**
     * As {@link weir.core.broker.Broker#fetch(List, int, Duration)}, from partitions of this shard.
     *
     * @throws OutcomeUnknownException if something cannot be read from disk, or no answer came in time
     */
    List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException;

    /** As {@link weir.core.broker.Broker#offsets}. */
    Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException;

    /** As {@link weir.core.broker.Broker#peek(PartitionId, Position, int)}. */
    List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException;

    /** As {@link weir.core.broker.Broker#status(PartitionId)}. */
    Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException;
}
