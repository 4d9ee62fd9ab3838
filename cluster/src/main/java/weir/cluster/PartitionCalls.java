package weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** Calls that name their partitions, as {@link weir.core.broker.Broker} has them: each goes to its shard, if there is such a partition. */
final class PartitionCalls {
    private final Ways ways;

    PartitionCalls(Ways ways) {
        this.ways = ways;
    }

    Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = ways.knownShardOf(command.partition());
        return shard.isEmpty() ? new Reply.Refused(Refusal.NO_SUCH_QUEUE) : ways.submit(shard.getAsInt(), command);
    }

    List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) throws InterruptedException {
        FanoutPlan plan = new FanoutPlan(messages, ways::knownShardOf);
        List<CompletableFuture<Reply>> replies = new ArrayList<>(plan.parts().size());
        long end = Patience.endNanos(ClusterLimits.ANSWER); // One patience for all, they run side by side.
        for (FanoutPlan.Part part : plan.parts()) {
            replies.add(ways.begin(part.shard, part.command(), end));
        }
        for (int i = 0; i < replies.size(); i++) {
            try {
                Reply reply = Answers.await(replies.get(i), end);
                if (!(reply instanceof Reply.FannedOut fannedOut)) {
                    throw new IllegalStateException("a fan-out was answered by " + reply);
                }
                plan.answered(plan.parts().get(i), fannedOut);
            } catch (OutcomeUnknownException e) {
                plan.unknown(plan.parts().get(i), e);
            }
        }
        return plan.outcomes();
    }

    Receipt receive(Command.Acquire acquire, Duration patience) throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = ways.knownShardOf(acquire.partition());
        if (shard.isEmpty()) {
            return new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
        }
        try {
            return ways.to(shard.getAsInt()).receive(acquire, patience);
        } catch (NotLeadingException e) {
            throw Answers.unknown(e);
        }
    }

    List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = ways.knownShardOf(partition);
        try {
            return shard.isEmpty() ? List.of() : ways.to(shard.getAsInt()).peek(partition, from, max);
        } catch (NotLeadingException e) {
            throw Answers.unknown(e);
        }
    }

    Optional<PartitionStatus> status(PartitionId partition) throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = ways.knownShardOf(partition);
        try {
            return shard.isEmpty()
                    ? Optional.empty()
                    : ways.to(shard.getAsInt()).status(partition);
        } catch (NotLeadingException e) {
            throw Answers.unknown(e);
        }
    }
}
