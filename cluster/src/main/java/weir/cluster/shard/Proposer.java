package weir.cluster.shard;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Batch;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.EntryCodec;
import weir.core.codec.EntryWriter;
import weir.core.shard.Command;

/**
 * The thread of a shard's leader that writes commands into entries.
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

    private final ReplicatedLog log;
    private final Receivers receivers;
    private final InstantSource time;
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
    private LeaderClock clock;
    private EntryWriter entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);
    private List<Pending> commands = new ArrayList<>();
    private long lastTick;

    Proposer(String name, ReplicatedLog log, Receivers receivers, InstantSource time) {
        this.log = log;
        this.receivers = receivers;
        this.time = time;
        this.clock = new LeaderClock(time, 0, System.nanoTime());
        this.thread = Thread.ofPlatform().name("weir-" + name + "-writer").unstarted(this::run);
    }

    /** Begins to propose what is queued, when the node leads the shard. */
    synchronized void start(long machineMillis) {
        if (thread.getState() == Thread.State.NEW) {
            clock = new LeaderClock(time, machineMillis, System.nanoTime());
            thread.start();
        }
    }

    void enqueue(Pending pending) {
        queue.add(pending);
        if (closed) {
            failQueued();
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
        OutcomeUnknownException stopped = stopped();
        commands.forEach(pending -> pending.failed(stopped));
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
            boolean fits = entry.size() + EntryCodec.sizeEstimate(next.command) <= Limits.ENTRY_BYTES_TARGET;
            if (!fits && !commands.isEmpty()) {
                return true;
            }
            queue.remove();
            try {
                add(next);
            } catch (RuntimeException e) {
                // A bug of a caller; it costs the gathered commands their answer, not the shard its writer.
                LOG.error("A {} could not be written", next.command.getClass().getSimpleName(), e);
                fail(e);
            }
        }
        return entry.size() >= Limits.ENTRY_BYTES_TARGET;
    }

    private void add(Pending pending) {
        commands.add(pending);
        entry.add(pending.command);
        if (pending.command instanceof Command.Publish publish) {
            int messages = 0;
            for (Batch batch : publish.batches()) {
                messages += batch.count();
            }
            acquireFor(publish.partition(), messages);
        } else if (pending.command instanceof Command.Fanout fanout) {
            for (Command.Copies copies : fanout.messages()) {
                copies.targets().forEach(target -> acquireFor(target.partition(), 1));
            }
        }
    }

    private void acquireFor(PartitionId partition, int messages) {
        for (Receiver receiver : receivers.takeFor(partition, messages)) {
            commands.add(receiver);
            entry.add(receiver.command);
        }
    }

    /** Sends the entry off; if no command is in it, it brings nothing but the time. */
    private void propose() {
        long now = clock.millis();
        lastTick = commands.isEmpty() ? now : lastTick;
        ProposedEntry proposed = new ProposedEntry(commands);
        entryRoom.acquireUninterruptibly();
        try {
            var _ = log.propose(entry.close(now), proposed).whenComplete((_, failure) -> applied(proposed, failure));
            commands = new ArrayList<>();
        } catch (RuntimeException e) {
            LOG.error("An entry of {} commands could not be proposed", commands.size(), e);
            entryRoom.release();
            fail(e);
        }
    }

    private void applied(ProposedEntry proposed, @Nullable Throwable failure) {
        entryRoom.release();
        LockSupport.unpark(thread);
        if (failure != null) {
            proposed.fail(failure);
        }
    }

    private void fail(RuntimeException cause) {
        commands.forEach(pending -> pending.failed(cause));
        commands = new ArrayList<>();
        entry = new EntryWriter(Limits.ENTRY_BYTES_TARGET);
    }

    private static OutcomeUnknownException stopped() {
        return new OutcomeUnknownException("the server is stopping; nothing was done");
    }

    private void failQueued() {
        OutcomeUnknownException stopped = stopped();
        for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
            pending.failed(stopped);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
