package weir.cluster.shard;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Batch;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.codec.EntryCodec;
import weir.core.codec.EntryWriter;
import weir.core.shard.Command;
import weir.core.shard.Readiness;
import weir.core.shard.Reply;
import weir.storage.Payload;

/**
 * The leader's side of a shard. Commands of all its queues and connections are queued here; one platform thread writes
 * them into entries, as many as have come while the entries before are on their way, so that batches grow with the load
 * and a lone command waits for nobody. Where a batch goes to a queue that receivers wait for, their acquires follow in
 * the same entry.
 */
public final class ShardLeader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLeader.class);
    private static final int KIB = 1024;
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final ReplicatedLog log;
    private final ShardReplica replica;
    private final Receivers receivers = new Receivers();
    /** Bounded by {@code publishRoom} for publishes; of the others each caller has one at a time. */
    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();

    private final Semaphore publishRoom = new Semaphore(ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);
    private final Semaphore entryRoom = new Semaphore(ClusterLimits.ENTRIES_IN_FLIGHT);
    /** The writer thread's. */
    private EntryWriter entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);

    private final Thread writer;
    private volatile boolean writerIdle;
    private volatile boolean closed;
    /** When the machine next wants to know the time. Written by the shard's thread. */
    private volatile long nextDueMillis = NO_DEADLINE;

    ShardLeader(String name, ReplicatedLog log, ShardReplica replica) {
        this.log = log;
        this.replica = replica;
        this.writer = Thread.ofPlatform().name("weir-" + name + "-writer").unstarted(this::writeEntries);
    }

    /** Begins to propose what is queued, when the node leads the shard. */
    synchronized void start() {
        if (writer.getState() == Thread.State.NEW) {
            writer.start();
        }
    }

    // ---- Callers

    /**
     * Replicates a command and waits for its reply.
     *
     * @throws OutcomeUnknownException if none came in time
     */
    public Reply submit(Command command) throws OutcomeUnknownException, InterruptedException {
        int room = command instanceof Command.Publish publish ? kibOf(publish) : 0;
        if (room > 0 && !publishRoom.tryAcquire(room, ClusterLimits.ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new OutcomeUnknownException("the shard takes no more publishes for now; nothing was done");
        }
        try {
            if (room > 0) {
                replica.awaitRoom();
            }
            Call call = new Call(command);
            enqueue(call);
            return await(call.reply);
        } finally {
            publishRoom.release(room);
        }
    }

    private static int kibOf(Command.Publish publish) {
        long bytes = 0;
        for (Batch batch : publish.batches()) {
            bytes += batch.payload().length();
        }
        return (int) Math.min(1 + bytes / KIB, ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);
    }

    /** As {@link weir.core.broker.Broker#receive}. */
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        Receiver receiver = new Receiver(acquire, patience.isPositive(), this);
        try {
            if (receivers.arrive(receiver)) {
                enqueue(receiver);
            } else if (!receiver.patient) {
                return new Receipt.Received(List.of(), false);
            }
            if (receiver.patient) {
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
            enqueue(new Call(new Command.Release(receiver.acquire.partition(), leases, 0, false)));
        }
    }

    private static Receipt receipt(Receiver.Answer answer, Command.Acquire acquire) throws OutcomeUnknownException {
        return switch (answer.reply()) {
            case Reply.Acquired acquired ->
                new Receipt.Received(deliveries(answer, acquired, acquire.partition()), acquired.tooManyInFlight());
            case Reply.Refused(var reason) -> new Receipt.Refused(reason);
            case Reply.Done _, Reply.Published _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("an acquire was answered by " + answer.reply());
        };
    }

    /** Reads the contents, on the caller's thread. */
    private static List<Delivery> deliveries(Receiver.Answer answer, Reply.Acquired acquired, PartitionId partition)
            throws OutcomeUnknownException {
        List<Delivery> deliveries = new ArrayList<>(acquired.leased().size());
        try {
            for (int i = 0; i < acquired.leased().size(); i++) {
                Reply.Leased leased = acquired.leased().get(i);
                Payload content = answer.contents().get(i);
                int index = (int) (leased.lease().position().offset() - leased.baseOffset());
                deliveries.add(new Delivery(partition, leased, content.format(), content.read(), index));
            }
        } catch (IOException e) {
            throw new OutcomeUnknownException("a leased message cannot be read from disk: " + e.getMessage(), e);
        } finally {
            answer.contents().forEach(content -> content.close());
        }
        return deliveries;
    }

    private static <T> T await(java.util.concurrent.CompletableFuture<T> future)
            throws OutcomeUnknownException, InterruptedException {
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

    // ---- The writer's thread

    private void enqueue(Pending pending) {
        queue.add(pending);
        if (closed) {
            failQueued();
        } else {
            wakeWriter();
        }
    }

    private void wakeWriter() {
        if (writerIdle) {
            LockSupport.unpark(writer);
        }
    }

    private void writeEntries() {
        long lastTick = 0;
        while (!closed) {
            Pending first = queue.poll();
            long now = System.currentTimeMillis();
            boolean tick = first == null
                    && nextDueMillis <= now
                    && now - lastTick >= ClusterLimits.TICK_SPACING.toMillis()
                    && entryRoom.availablePermits() == ClusterLimits.ENTRIES_IN_FLIGHT;
            if (first == null && !tick) {
                idle(lastTick);
                continue;
            }
            lastTick = tick ? now : lastTick;
            entryRoom.acquireUninterruptibly();
            propose(first);
        }
        failQueued();
    }

    /** Waits for a command or for the machine's next deadline. */
    private void idle(long lastTick) {
        writerIdle = true;
        if (queue.isEmpty() && !closed) {
            long due = nextDueMillis;
            if (due == NO_DEADLINE) {
                LockSupport.park(this);
            } else {
                long until = Math.max(due, lastTick + ClusterLimits.TICK_SPACING.toMillis());
                long millis = Math.max(1, until - System.currentTimeMillis());
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
            }
        }
        writerIdle = false;
    }

    /** One entry of what is queued; of nothing but the time if {@code first} is null. */
    private void propose(@Nullable Pending first) {
        List<Pending> commands = new ArrayList<>();
        ProposedEntry proposed = new ProposedEntry(commands);
        try {
            for (Pending next = first; next != null; next = pollIfRoom(entry.size())) {
                add(next, commands);
            }
            var _ = log.propose(entry.close(System.currentTimeMillis()), proposed)
                    .whenComplete((_, failure) -> {
                        entryRoom.release();
                        if (failure != null) {
                            proposed.fail(failure);
                        } else {
                            wakeWriter(); // A tick may have waited for this one.
                        }
                    });
        } catch (RuntimeException e) {
            // A bug of a caller or of this class; it costs those commands their answer, not the shard its writer.
            LOG.error("An entry of {} commands could not be proposed", commands.size(), e);
            entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);
            entryRoom.release();
            proposed.fail(e);
        }
    }

    private @Nullable Pending pollIfRoom(int size) {
        Pending next = queue.peek();
        boolean fits = next != null && size + EntryCodec.sizeEstimate(next.command) <= Limits.ENTRY_BYTES_TARGET;
        return fits ? queue.poll() : null;
    }

    private void add(Pending pending, List<Pending> commands) {
        commands.add(pending);
        entry.add(pending.command);
        if (pending.command instanceof Command.Publish publish) {
            int messages = 0;
            for (Batch batch : publish.batches()) {
                messages += batch.count();
            }
            for (Receiver receiver : receivers.takeFor(publish.partition(), messages)) {
                commands.add(receiver);
                entry.add(receiver.command);
            }
        }
    }

    private void failQueued() {
        OutcomeUnknownException stopped = new OutcomeUnknownException("the server is stopping; nothing was done");
        for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
            pending.failed(stopped);
        }
    }

    // ---- The shard's thread

    /** An entry was applied; answers whom it concerned. */
    void applied(
            @Nullable ProposedEntry proposed,
            List<Reply> replies,
            List<List<Payload>> contents,
            List<Readiness> readiness,
            long dueMillis) {
        boolean sooner = dueMillis < nextDueMillis;
        nextDueMillis = dueMillis;
        receivers.update(readiness).forEach(this::enqueue);
        if (proposed != null) {
            for (int i = 0; i < replies.size(); i++) {
                Pending pending = proposed.commands().get(i);
                if (pending.command instanceof Command.Drop drop) {
                    receivers.forget(drop.partition()).forEach(this::enqueue);
                }
                pending.answered(replies.get(i), contents.get(i));
            }
        }
        if (sooner) {
            wakeWriter();
        }
    }

    void receiverAnswered(Receiver receiver, Reply reply, List<Payload> contents) {
        boolean empty = reply instanceof Reply.Acquired(var leased, boolean tooMany) && leased.isEmpty() && !tooMany;
        if (empty && receiver.patient) {
            if (receivers.comeBack(receiver)) {
                enqueue(receiver);
            }
            return;
        }
        if (receivers.done(receiver)) {
            receiver.answer.complete(new Receiver.Answer(reply, contents));
        } else if (reply instanceof Reply.Acquired acquired) {
            giveBack(receiver, acquired, contents);
        }
    }

    void receiverFailed(Receiver receiver) {
        receivers.done(receiver);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
    }
}
