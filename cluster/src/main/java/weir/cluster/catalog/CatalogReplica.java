package weir.cluster.catalog;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.checkpoint.Checkpointed;
import weir.cluster.checkpoint.Checkpointer;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.LogId;
import weir.core.broker.CatalogWatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogEntry;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.codec.CatalogCodec;
import weir.core.codec.CorruptDataException;
import weir.core.shard.MessageLog;
import weir.storage.ShardStore;

/**
 * One node's replica of the catalog. Changes are rare, so each is an entry of its own. {@code lock} guards the machine's
 * changes and the store; lookups need no lock.
 */
public final class CatalogReplica implements Replica, AutoCloseable {
    /** Entries between checkpoints by size; a catalog's snapshot is written whole each time. */
    private static final long CHECKPOINT_BYTES = 8 * 1024 * 1024;

    private static final MessageLog.Liveness NO_MESSAGES = new NoMessages();

    private final Checkpointer checkpointer;
    private volatile CatalogMachine machine;
    private volatile long changedIndex;
    private final InstantSource clock;
    private final Optional<LogPosition> recovered;
    private final CompletableFuture<Void> leading = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    /** Changes under way; the engine would queue more only to make each wait longer. */
    private final Semaphore entryRoom = new Semaphore(16 * ClusterLimits.ENTRIES_IN_FLIGHT);

    /** Told of each change under the lock. */
    private final List<CatalogWatch> watches = new CopyOnWriteArrayList<>();

    private final Applied applied;
    /** The newest edition that this node reads. */
    private int known = Edition.NEWEST;

    private @Nullable ReplicatedLog log;
    private @Nullable CheckpointFetch fetch;

    /** @param shards among how many shards queues are placed, if the catalog is new */
    public CatalogReplica(ShardStore store, int shards, InstantSource clock, FailureListener failures) {
        this.clock = clock;
        this.recovered = store.checkpoint().map(found -> new LogPosition(found.term(), found.index()));
        this.applied = new Applied(recovered.map(LogPosition::index).orElse(0L));
        this.machine = store.checkpoint()
                .map(found -> CatalogMachine.restore(found.state()))
                .orElseGet(() -> new CatalogMachine(shards));
        store.attach(NO_MESSAGES);
        this.checkpointer = new Checkpointer(
                "catalog",
                store,
                lock,
                new Machine(),
                recovered.orElse(new LogPosition(0, 0)),
                CHECKPOINT_BYTES,
                () -> {},
                cause -> failures.failed(GroupId.CATALOG, cause));
    }

    /**
     * Up to which edition this node reads; before the engine starts.
     *
     * @throws CorruptDataException if the cluster has come further
     */
    public void knows(int newest) {
        known = newest;
        requireKnown(machine);
    }

    private void requireKnown(CatalogMachine state) {
        Edition.refusal("the cluster", state.edition().edition(), Edition.OLDEST, known)
                .ifPresent(refusal -> {
                    throw new CorruptDataException(refusal);
                });
    }

    public void attach(ReplicatedLog ownLog) {
        log = ownLog;
        checkpointer.attach(ownLog);
    }

    public CatalogMachine machine() {
        return machine;
    }

    @Override
    public Optional<LogPosition> lastCheckpoint() {
        return recovered;
    }

    @Override
    public void apply(LogPosition position, Bytes bytes, @Nullable Object context) {
        CatalogEntry entry = CatalogCodec.decode(position.index(), bytes);
        CatalogReply reply = null;
        lock.lock();
        try {
            for (CatalogCommand command : entry.commands()) {
                reply = machine.apply(position.index(), entry.atMillis(), command);
                tell(reply);
            }
            requireKnown(machine);
            checkpointer.applied(position, bytes.length());
            if (!entry.commands().isEmpty()) {
                changedIndex = position.index();
            }
        } finally {
            lock.unlock();
        }
        applied.upTo(position.index());
        if (context instanceof Proposed proposed) {
            proposed.outcome.complete(new Outcome(reply, position.index()));
        }
    }

    private void tell(CatalogReply reply) {
        for (CatalogWatch watch : watches) {
            watch.changed(reply);
        }
    }

    /** As {@link weir.core.broker.Broker#watch}. */
    public void watch(CatalogWatch watch) {
        lock.lock();
        try {
            watch.anew();
            watches.add(watch);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What an entry came to.
     *
     * @param reply null if there was no command in it
     */
    private record Outcome(@Nullable CatalogReply reply, long index) {}

    /** An entry of this node's that somebody waits for. */
    private record Proposed(CompletableFuture<Outcome> outcome) {}

    @Override
    public LogPosition catchUp(Member from, long firstKept) throws IOException, InterruptedException {
        CheckpointFetch by = fetch;
        if (by == null) {
            throw new IOException("there is nobody to catch up from");
        }
        LogPosition at = checkpointer.catchUp(by, GroupId.CATALOG, from, firstKept);
        changedIndex = at.index();
        applied.upTo(at.index());
        return at;
    }

    /** What {@link #catchUp} copies by; before the engine starts. */
    public void catchUpBy(CheckpointFetch copies) {
        fetch = copies;
    }

    /** For checkpoints: the machine, which is another one after a {@link #catchUp}. */
    private final class Machine implements Checkpointed {
        @Override
        public Bytes snapshot() {
            return machine.snapshot();
        }

        @Override
        public MessageLog.Liveness liveness() {
            return NO_MESSAGES;
        }

        @Override
        public Runnable restore(Bytes state) {
            CatalogMachine restored = CatalogMachine.restore(state);
            requireKnown(restored);
            return () -> {
                machine = restored;
                watches.forEach(CatalogWatch::anew);
            };
        }
    }

    @Override
    public void leading() {
        leading.complete(null);
    }

    @Override
    public void
            notLeading() {} // Nothing here lives with the leader: who proposes now is refused, and asks the next one.

    /** Completed when this node has come to lead the catalog for the first time. */
    public CompletableFuture<Void> whenLeading() {
        return leading;
    }

    /**
     * Replicates a change, as the catalog's leader, and waits until it has been applied here.
     *
     * @throws CatalogLedElsewhereException if this node does not lead; nothing was done
     */
    public Changed submit(CatalogCommand command, Duration patience)
            throws CatalogLedElsewhereException, OutcomeUnknownException, InterruptedException {
        int edition = CatalogCodec.editionOf(command);
        if (edition > machine.edition().edition()) {
            throw new OutcomeUnknownException("nothing was done: this takes edition " + edition
                    + ", to which the cluster comes when every node runs a release that knows it");
        }
        Outcome outcome = propose(List.of(command), patience);
        return new Changed(java.util.Objects.requireNonNull(outcome.reply), outcome.index);
    }

    /**
     * The index of an entry that was put into the log after this was called, and holds nothing: a replica that has applied
     * it has all that was answered before. A leader that has been deposed and does not know it yet could not write one.
     *
     * @throws CatalogLedElsewhereException if this node does not lead
     */
    public long barrier(Duration patience)
            throws CatalogLedElsewhereException, OutcomeUnknownException, InterruptedException {
        return propose(List.of(), patience).index;
    }

    private Outcome propose(List<CatalogCommand> commands, Duration patience)
            throws CatalogLedElsewhereException, OutcomeUnknownException, InterruptedException {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        long end = System.nanoTime() + patience.toNanos();
        if (!entryRoom.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new OutcomeUnknownException("the catalog takes no more changes for now; nothing was done");
        }
        try {
            Bytes entry = CatalogCodec.encode(clock.millis(), commands);
            var _ = java.util.Objects.requireNonNull(log)
                    .propose(entry, new Proposed(outcome))
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            outcome.completeExceptionally(failure);
                        }
                    });
            return outcome.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from the catalog in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProposalRefusedException refused) {
                switch (refused.reason()) {
                    case NOT_LEADER -> throw new CatalogLedElsewhereException();
                    case OVERLOADED, STOPPED ->
                        throw new OutcomeUnknownException(refused.getMessage() + "; nothing was done", refused);
                }
            }
            throw new OutcomeUnknownException("the catalog failed: " + e.getCause(), e);
        } finally {
            entryRoom.release();
        }
    }

    /** Waits until this replica has applied the entry of that index, and with it all before. */
    void awaitApplied(long index, Duration patience) throws OutcomeUnknownException, InterruptedException {
        applied.await(index, patience);
    }

    /** The index of the last entry applied here that changed anything. */
    public long changedIndex() {
        return changedIndex;
    }

    /** The index of the last entry applied here. */
    public long appliedIndex() {
        return applied.index();
    }

    public Checkpointer checkpointer() {
        return checkpointer;
    }

    /** After the engine was closed: nothing is applied any more. */
    @Override
    public void close() {
        checkpointer.close();
    }

    /** The catalog's store has a snapshot and no messages. */
    private static final class NoMessages implements MessageLog.Liveness {
        @Override
        public boolean anyLive(LogId log, long from, long to) {
            return false;
        }

        @Override
        public long countLive(LogId log, long from, long to) {
            return 0;
        }
    }
}
