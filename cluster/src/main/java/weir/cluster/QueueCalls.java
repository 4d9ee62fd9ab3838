package weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.shard.Claim;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.cluster.shard.Wanted;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.broker.Delivery;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PublishOutcome;
import weir.core.broker.PublishPlan;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.Turns;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * Calls that concern all of a queue's partitions, which may be in several shards.
 *
 * <p><b>Receiving.</b> First every shard concerned is asked, one after the other, whether a partition has something; that costs
 * those that have nothing no log entry. Only if none has, and the caller waits, is there a wait in each shard, on a thread of
 * its own: the first that brings something ends the others. Those led by this node share a {@link Claim}, so that one
 * caller is not served by two of them; what two nodes give at the same moment is kept as far as the caller asked for it, and
 * the rest given back. So a waiting caller costs a virtual thread for each shard, of which there are few, and not for each
 * partition.
 */
final class QueueCalls {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCalls.class);

    private final Ways ways;
    private final Turns publishTurns = new Turns();
    private final Turns receiveTurns = new Turns();

    QueueCalls(Ways ways) {
        this.ways = ways;
    }

    // ---- Commands

    /** Wherever they belong, be there such a queue or not: what is to be dropped need not be known here any more. */
    List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
        return submitAll(commands, partition -> OptionalInt.of(ways.shardOf(partition)));
    }

    /** Side by side; each is waited for. */
    List<Outcome> submitAll(List<? extends Command.OfPartition> commands, FanoutPlan.Shards shards)
            throws InterruptedException {
        List<CompletableFuture<Reply>> replies = new ArrayList<>(commands.size());
        long end = Patience.endNanos(ClusterLimits.ANSWER); // One patience for all.
        for (Command.OfPartition command : commands) {
            OptionalInt shard = shards.of(command.partition());
            replies.add(
                    shard.isEmpty()
                            ? CompletableFuture.completedFuture(new Reply.Refused(Refusal.NO_SUCH_QUEUE))
                            : ways.begin(shard.getAsInt(), command, end));
        }
        List<Outcome> outcomes = new ArrayList<>(replies.size());
        for (CompletableFuture<Reply> reply : replies) {
            try {
                outcomes.add(new Outcome.Replied(Answers.await(reply, end)));
            } catch (OutcomeUnknownException e) {
                outcomes.add(new Outcome.Unknown(e));
            }
        }
        return outcomes;
    }

    // ---- Publishing

    List<PublishOutcome> publish(Queue queue, List<Batch> batches) throws InterruptedException {
        PublishPlan plan = new PublishPlan(queue, batches, publishTurns.next(queue));
        Map<PublishPlan.Part, CompletableFuture<Reply>> begun = new LinkedHashMap<>();
        long end = Patience.endNanos(ClusterLimits.ANSWER); // One patience for all, they run side by side.
        for (PublishPlan.Part part : plan.parts()) {
            Command.Publish command = part.command();
            begun.put(part, ways.begin(ways.shardOf(command.partition()), command, end));
        }
        for (Map.Entry<PublishPlan.Part, CompletableFuture<Reply>> part : begun.entrySet()) {
            try {
                plan.answered(part.getKey(), Answers.await(part.getValue(), end));
            } catch (OutcomeUnknownException e) {
                plan.unknown(part.getKey(), e);
            }
        }
        return plan.outcomes();
    }

    // ---- Receiving

    Receipt receive(Queue queue, Receive receive, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        if (queue.partitions() == 1) {
            return one(
                    ways.shardOf(queue.partition(0)),
                    Wanted.of(
                            receive.from(queue.partition(0)),
                            receive.precedence(),
                            receive.bytesMax(),
                            receive.waiting()),
                    patience);
        }
        Map<Integer, List<PartitionId>> byShard = byShard(queue);
        if (receive.attempt() != null) {
            Gathered before = gather(byShard, receive, true);
            if (before.isSomething()) {
                return before.receipt();
            }
        }
        Gathered now = gather(byShard, receive, false);
        if (now.isSomething() || now.isTold()) {
            return now.receipt();
        }
        if (patience.isPositive()) {
            return await(byShard, receive, patience);
        }
        return now.receiptOrUnknown();
    }

    private Receipt await(Map<Integer, List<PartitionId>> byShard, Receive receive, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        Claim claim = new Claim();
        QueueWait wait = new QueueWait(this::one, this::giveBack, receive.maxMessages(), patience);
        byShard.forEach((shard, partitions) -> wait.in(shard, wanted(partitions, receive, false, claim)));
        return wait.receipt();
    }

    private Receipt one(int shard, Wanted wanted, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        try {
            return ways.to(shard).receive(wanted, patience);
        } catch (NotLeadingException e) {
            throw Answers.unknown(e);
        }
    }

    /** Shards without a leader come last: they are waited for only if the others have nothing. */
    private Map<Integer, List<PartitionId>> byShard(Queue queue) {
        int first = (int) (receiveTurns.next(queue) % queue.partitions());
        Map<Integer, List<PartitionId>> byShard = new LinkedHashMap<>();
        for (int i = 0; i < queue.partitions(); i++) {
            PartitionId partition = queue.partition((first + i) % queue.partitions());
            byShard.computeIfAbsent(ways.shardOf(partition), _ -> new ArrayList<>())
                    .add(partition);
        }
        Map<Integer, List<PartitionId>> ledFirst = new LinkedHashMap<>();
        byShard.keySet().stream()
                .sorted(Comparator.comparing(shard -> !ways.knowsLeader(shard)))
                .forEach(shard -> ledFirst.put(shard, byShard.getOrDefault(shard, List.of())));
        return ledFirst;
    }

    private static Wanted wanted(List<PartitionId> partitions, Receive receive, boolean again, @Nullable Claim claim) {
        return new Wanted(
                partitions,
                receive.maxMessages(),
                receive.leaseMillis(),
                receive.attempt(),
                again,
                claim,
                receive.precedence(),
                receive.bytesMax(),
                receive.waiting());
    }

    /** Asks without waiting, until there are as many as asked for. What comes while the caller goes is given back. */
    private Gathered gather(Map<Integer, List<PartitionId>> byShard, Receive receive, boolean again)
            throws InterruptedException {
        Gathered gathered = new Gathered();
        try {
            for (Map.Entry<Integer, List<PartitionId>> part : byShard.entrySet()) {
                if (gathered.isSomething() && !ways.knowsLeader(part.getKey())) {
                    break;
                }
                gather(part.getKey(), wanted(part.getValue(), receive, again, null), gathered);
                if (gathered.size() >= receive.maxMessages()
                        || gathered.bytes() >= receive.bytesMax()
                        || gathered.isRefused()) {
                    break;
                }
            }
            return gathered;
        } catch (InterruptedException e) {
            giveBack(gathered.deliveries());
            throw e;
        }
    }

    private void gather(int shard, Wanted all, Gathered gathered) throws InterruptedException {
        int max = all.maxMessages();
        Wanted wanted = new Wanted(
                all.partitions(),
                max - gathered.size(),
                all.leaseMillis(),
                all.attempt(),
                all.onlyAgain(),
                null,
                all.precedence(),
                bytesLeft(all, gathered),
                all.waiting());
        while (wanted != null) {
            Receipt receipt;
            try {
                receipt = one(shard, wanted, Duration.ZERO);
            } catch (OutcomeUnknownException e) {
                gathered.add(e);
                return;
            }
            gathered.add(receipt);
            if (!(receipt instanceof Receipt.Received(List<Delivery> some, boolean _)) || some.isEmpty()) {
                return;
            }
            int left = max - gathered.size();
            wanted = left > 0 && gathered.bytes() < all.bytesMax()
                    ? wanted.after(some.getLast().partition(), left, bytesLeft(all, gathered))
                    : null;
        }
    }

    private static int bytesLeft(Wanted all, Gathered gathered) {
        return (int) Math.max(1, all.bytesMax() - gathered.bytes());
    }

    /** Nobody looked at them: they are ready again at their old places. If that fails, they are when their leases end. */
    private void giveBack(List<Delivery> deliveries) {
        for (Command.Release release : Delivery.giveBack(deliveries)) {
            try {
                var _ = ways.to(ways.shardOf(release.partition())).begin(release);
            } catch (OutcomeUnknownException e) {
                LOG.warn("Messages that nobody was given stay leased until their time is over: {}", e.getMessage());
            } catch (InterruptedException _) { // A release waits for no room; the others are begun all the same.
                Thread.currentThread().interrupt();
            }
        }
    }
}
