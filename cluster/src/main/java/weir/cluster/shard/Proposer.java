package weir.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.EntryCodec;
import weir.core.codec.EntryWriter;
import weir.core.shard.Command;

/**
 * The thread of one {@link Leadership} that writes commands into entries.
 *
 * <p>If no entry is on its way, whatever is queued is proposed at once, be it one command: it waits for nobody. While
 * entries are on their way, commands gather, and go when the last of those has been applied, or sooner if they fill an
 * entry, up to a few in flight. So the log takes few and large entries under load, without a timer.
 *
 * <p>Where a batch goes to a queue that receivers wait for, their acquires follow it in the same entry.
 */
final class Proposer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proposer.class);
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final int shard;
    private final ReplicatedLog log;
    private final Receivers receivers;
    private final LeaderClock clock;
    private final Thread thread;
    /** Publishes in it are bounded by what their callers hold a share of; of the others each caller has one at a time. */
    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();

    private final Semaphore entryRoom = new Semaphore(ClusterLimits.ENTRIES_IN_FLIGHT);
    /** The thread waits for commands, not for an entry to be applied. */
    private volatile boolean idle;

    private volatile boolean closed;
    /** When the machine next wants to know the time. Written by the shard's thread. */
    private volatile long nextDueMillis = NO_DEADLINE;

    // The thread's own:
    private EntryWriter entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);
    private List<Pending> commands = new ArrayList<>();
    private long lastTick;

    /** @param clock this thread's from now on */
    Proposer(int shard, ReplicatedLog log, Receivers receivers, LeaderClock clock) {
        this.shard = shard;
        this.log = log;
        this.receivers = receivers;
        this.clock = clock;
        this.thread =
                Thread.ofPlatform().name("weir-shard-" + shard + "-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void enqueue(Pending pending) {
        queue.add(pending);
        if (closed) {
            if (queue.remove(pending)) { // Else the writer has it, which answers it.
                pending.failed(new NotLeadingException(shard));
            }
        } else if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /** An entry was applied, and this is when the machine next wants one. Called on the shard's thread. */
    void due(long millis) {
        boolean sooner = millis < nextDueMillis;
        nextDueMillis = millis;
        if (sooner && idle) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            boolean full = gather();
            boolean alone = entryRoom.availablePermits() == ClusterLimits.ENTRIES_IN_FLIGHT;
            if (commands.isEmpty() && !(alone && isTickDue())) {
                awaitCommand();
            } else if (alone || (full && entryRoom.availablePermits() > 0)) {
                propose();
            } else {
                LockSupport.park(this); // Until an entry has been applied.
            }
        }
        fail(new NotLeadingException(shard));
        failQueued();
    }

    private boolean isTickDue() {
        long now = clock.millis();
        return nextDueMillis <= now && now - lastTick >= ClusterLimits.TICK_SPACING.toMillis();
    }

    /** Waits for a command or for the machine's next deadline. */
    private void awaitCommand() {
        idle = true;
        if (queue.isEmpty() && !closed) {
            long due = nextDueMillis;
            if (due == NO_DEADLINE) {
                LockSupport.park(this);
            } else {
                long until = Math.max(due, lastTick + ClusterLimits.TICK_SPACING.toMillis());
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(Math.max(1, until - clock.millis())));
            }
        }
        idle = false;
    }

    /** Moves what is queued into the entry. Returns whether the next command does not fit in any more. */
    private boolean gather() {
        for (Pending next = queue.peek(); next != null; next = queue.peek()) {
            boolean fits = entry.size() + EntryCodec.sizeEstimate(next.command()) <= Limits.ENTRY_BYTES_TARGET;
            if (!fits && !commands.isEmpty()) {
                return true;
            }
            if (!queue.remove(next)) {
                continue; // This is being closed, and whoever queued it has taken it back.
            }
            try {
                add(next);
            } catch (RuntimeException e) {
                // A bug of a caller; it costs the gathered commands their answer, not the shard its writer.
                LOG.error("A {} could not be written", next.command().getClass().getSimpleName(), e);
                fail(e);
            }
        }
        return entry.size() >= Limits.ENTRY_BYTES_TARGET;
    }

    private void add(Pending pending) {
        commands.add(pending);
        Command command = pending.command();
        entry.add(command);
        if (command instanceof Command.Publish publish) {
            int messages = 0;
            for (Batch batch : publish.batches()) {
                messages += batch.count();
            }
            acquireFor(publish.partition(), messages);
        } else if (command instanceof Command.Fanout fanout) {
            for (Command.Copies copies : fanout.messages()) {
                copies.targets().forEach(target -> acquireFor(target.partition(), 1));
            }
        }
    }

    private void acquireFor(PartitionId partition, int messages) {
        for (Receiver receiver : receivers.takeFor(partition, messages)) {
            commands.add(receiver);
            entry.add(receiver.command());
        }
    }

    /** Sends the entry off; if no command is in it, it brings nothing but the time. */
    private void propose() {
        long now = clock.millis();
        lastTick = commands.isEmpty() ? now : lastTick;
        ProposedEntry proposed = new ProposedEntry(commands);
        entryRoom.acquireUninterruptibly();
        try {
            var _ = propose(entry.close(now), proposed).whenComplete((_, failure) -> applied(proposed, failure));
            commands = new ArrayList<>();
        } catch (RuntimeException e) {
            LOG.error("An entry of {} commands could not be proposed", commands.size(), e);
            entryRoom.release();
            fail(e);
        }
    }

    /**
     * If the engine takes no more for now, this thread waits and tries again. So no later entry can get ahead of it, which
     * would happen if one were proposed again that was refused after this thread had gone on.
     */
    private CompletableFuture<Void> propose(Bytes bytes, ProposedEntry proposed) {
        long start = System.nanoTime();
        CompletableFuture<Void> applied = log.propose(bytes, proposed);
        while (isOverloaded(applied) && !closed && System.nanoTime() - start < ClusterLimits.ANSWER.toNanos()) {
            LockSupport.parkNanos(this, ClusterLimits.OVERLOAD_PAUSE.toNanos());
            applied = log.propose(bytes, proposed);
        }
        return applied;
    }

    private static boolean isOverloaded(CompletableFuture<Void> proposal) {
        return proposal.isCompletedExceptionally()
                && proposal.exceptionNow() instanceof ProposalRefusedException refused
                && refused.reason() == ProposalRefusedException.Reason.OVERLOADED;
    }

    private void applied(ProposedEntry proposed, @Nullable Throwable failure) {
        entryRoom.release();
        LockSupport.unpark(thread);
        if (failure != null) {
            proposed.fail(
                    outcome(failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure));
        }
    }

    /** What the callers are told: that nothing was done, and another node is to be asked, or that nobody knows. */
    private Throwable outcome(Throwable failure) {
        return switch (failure) {
            case ProposalRefusedException refused ->
                switch (refused.reason()) {
                    case NOT_LEADER, STOPPED -> new NotLeadingException(shard);
                    case OVERLOADED ->
                        new OutcomeUnknownException("the log takes no more for now; nothing was done", refused);
                };
            case OutcomeUnknownException unknown -> unknown;
            default -> new OutcomeUnknownException("the log failed: " + failure, failure);
        };
    }

    /** The commands that were gathered; none of them was proposed. */
    private void fail(Exception cause) {
        commands.forEach(pending -> pending.failed(cause));
        commands = new ArrayList<>();
        entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);
    }

    private void failQueued() {
        NotLeadingException over = new NotLeadingException(shard);
        for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
            pending.failed(over);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** What is queued and was not proposed fails: nothing was done. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
