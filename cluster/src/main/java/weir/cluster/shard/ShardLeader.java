package weir.cluster.shard;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.shard.Command;
import weir.core.shard.Readiness;
import weir.core.shard.Reply;
import weir.storage.Payload;

/**
 * The leader's side of a shard: takes the commands of all its queues and connections to the log, gives the answers to those
 * who wait for them, and keeps the receivers that wait for messages. Callers block on their own threads.
 */
public final class ShardLeader implements AutoCloseable {
    private static final int KIB = 1024;

    private final ShardReplica replica;
    private final Receivers receivers = new Receivers();
    private final Proposer proposer;
    private final Semaphore publishRoom = new Semaphore(ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);

    ShardLeader(String name, ReplicatedLog log, ShardReplica replica, InstantSource clock) {
        this.replica = replica;
        this.proposer = new Proposer(name, log, receivers, clock);
    }

    /** Begins to propose what is queued, when the node leads the shard. */
    void start(long machineMillis) {
        proposer.start(machineMillis);
    }

    // ---- Callers

    /**
     * Replicates a command and waits for its reply.
     *
     * @throws OutcomeUnknownException if none came in time
     */
    public Reply submit(Command command) throws OutcomeUnknownException, InterruptedException {
        return await(begin(command));
    }

    /**
     * Begins to replicate a command; {@link #await} brings the reply. A publisher waits here for room, which its command
     * holds until it is answered.
     *
     * @throws OutcomeUnknownException if there was no room in time; nothing was done
     */
    public CompletableFuture<Reply> begin(Command command) throws OutcomeUnknownException, InterruptedException {
        int room = kibOf(command);
        if (room > 0 && !publishRoom.tryAcquire(room, ClusterLimits.ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new OutcomeUnknownException("the shard takes no more publishes for now; nothing was done");
        }
        Call call = new Call(command, publishRoom, room);
        try {
            if (room > 0) {
                replica.awaitRoom();
            }
        } catch (OutcomeUnknownException | InterruptedException e) {
            publishRoom.release(room);
            throw e;
        }
        proposer.enqueue(call);
        return call.reply;
    }

    /** The part of {@link ClusterLimits#PUBLISH_BYTES_QUEUED} that a command takes; 0 for one that makes room. */
    private static int kibOf(Command command) {
        long bytes = 0;
        if (command instanceof Command.Publish publish) {
            for (Batch batch : publish.batches()) {
                bytes += batch.payload().length();
            }
        } else if (command instanceof Command.Fanout fanout) {
            for (Command.Copies copies : fanout.messages()) {
                bytes += copies.payload().length();
            }
        } else {
            return 0;
        }
        return (int) Math.min(1 + bytes / KIB, ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);
    }

    /** As {@link weir.core.broker.Broker#receive}. */
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        boolean patient = patience.isPositive();
        Receiver receiver = new Receiver(acquire, patient, this);
        try {
            switch (receivers.arrive(receiver)) {
                case ASKING -> proposer.enqueue(receiver);
                case WAITING -> {}
                case DONE -> {
                    return new Receipt.Received(List.of(), false);
                }
            }
            if (patient) {
                try {
                    return receipt(receiver.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS), acquire);
                } catch (TimeoutException _) {
                    if (receivers.giveUp(receiver, false) == Receiver.State.WAITING) {
                        return new Receipt.Received(List.of(), false);
                    }
                }
            }
            return receipt(await(receiver.answer), acquire);
        } catch (InterruptedException | OutcomeUnknownException e) {
            abandon(receiver);
            throw e;
        } catch (ExecutionException e) {
            throw unknown(e.getCause());
        }
    }

    /** The caller will not take its answer. Whatever it was or will be given becomes ready again. */
    private void abandon(Receiver receiver) {
        if (receivers.giveUp(receiver, true) == Receiver.State.DONE) {
            var _ = receiver.answer.thenAccept(answer -> {
                if (answer.reply() instanceof Reply.Acquired acquired) {
                    giveBack(receiver, acquired, answer.contents());
                }
            });
        }
    }

    private void giveBack(Receiver receiver, Reply.Acquired acquired, List<Payload> contents) {
        contents.forEach(content -> content.close());
        var leases = acquired.leased().stream().map(Reply.Leased::lease).toList();
        if (!leases.isEmpty()) {
            Command release = new Command.Release(receiver.acquire.partition(), leases, 0, false);
            proposer.enqueue(new Call(release, publishRoom, 0));
        }
    }

    private Receipt receipt(Receiver.Answer answer, Command.Acquire acquire) throws OutcomeUnknownException {
        return switch (answer.reply()) {
            case Reply.Acquired acquired ->
                new Receipt.Received(deliveries(answer, acquired, acquire.partition()), acquired.tooManyInFlight());
            case Reply.Refused(var reason) -> new Receipt.Refused(reason);
            case Reply.Done _, Reply.Published _, Reply.FannedOut _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("an acquire was answered by " + answer.reply());
        };
    }

    /** Reads the contents, on the caller's thread. */
    private List<Delivery> deliveries(Receiver.Answer answer, Reply.Acquired acquired, PartitionId partition)
            throws OutcomeUnknownException {
        List<Delivery> deliveries = new ArrayList<>(acquired.leased().size());
        try {
            for (int i = 0; i < acquired.leased().size(); i++) {
                Reply.Leased leased = acquired.leased().get(i);
                Payload content = answer.contents().get(i);
                int index = (int) (leased.lease().position().offset() - leased.baseOffset());
                deliveries.add(new Delivery(partition, leased, content.format(), content.read(), index));
            }
        } catch (IOException | RuntimeException e) {
            throw replica.unreadable(e);
        } finally {
            answer.contents().forEach(content -> content.close());
        }
        return deliveries;
    }

    /** @throws OutcomeUnknownException if no answer came in time */
    public static <T> T await(CompletableFuture<T> future) throws OutcomeUnknownException, InterruptedException {
        try {
            return future.get(ClusterLimits.ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from the log within " + ClusterLimits.ANSWER);
        } catch (ExecutionException e) {
            throw unknown(e.getCause());
        }
    }

    private static OutcomeUnknownException unknown(@Nullable Throwable cause) {
        return cause instanceof OutcomeUnknownException known
                ? known
                : new OutcomeUnknownException("the log failed: " + cause, cause == null ? new IOException() : cause);
    }

    // ---- The shard's thread

    /** An entry was applied; answers whom it concerned. */
    void applied(
            @Nullable ProposedEntry proposed,
            List<Reply> replies,
            List<List<Payload>> contents,
            List<Readiness> readiness,
            long dueMillis) {
        receivers.update(readiness).forEach(proposer::enqueue);
        if (proposed != null) {
            for (int i = 0; i < replies.size(); i++) {
                Pending pending = proposed.commands().get(i);
                if (pending.command instanceof Command.Drop drop) {
                    receivers.forget(drop.partition()).forEach(proposer::enqueue);
                }
                pending.answered(replies.get(i), contents.get(i));
            }
        }
        proposer.due(dueMillis);
    }

    void receiverAnswered(Receiver receiver, Reply reply, List<Payload> contents) {
        boolean empty = reply instanceof Reply.Acquired(var leased, boolean tooMany) && leased.isEmpty() && !tooMany;
        if (empty) {
            switch (receivers.comeBack(receiver)) {
                case ASKING -> proposer.enqueue(receiver);
                case WAITING -> {}
                case DONE -> receiver.answer.complete(new Receiver.Answer(reply, contents));
            }
            return;
        }
        boolean taken = receivers.done(receiver) && receiver.answer.complete(new Receiver.Answer(reply, contents));
        if (!taken && reply instanceof Reply.Acquired acquired) {
            giveBack(receiver, acquired, contents);
        }
    }

    void receiverFailed(Receiver receiver) {
        receivers.done(receiver);
    }

    @Override
    public void close() {
        proposer.close();
        receivers.close().forEach(proposer::enqueue);
    }
}
