package weir.cluster.ratis;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ProposalRefusedException.Reason;
import weir.cluster.replication.Replica;
import weir.core.broker.OutcomeUnknownException;

/**
 * A {@link Replica} as Ratis wants to see it, and the one place that knows which proposals wait and whether the replica has
 * failed.
 *
 * <p>Ratis applies on its {@code StateMachineUpdater} thread; proposals come from any thread; the events come from several
 * of Ratis's threads.
 */
final class LogStateMachine extends BaseStateMachine {
    private final GroupId group;
    private final Replica replica;
    private final FailureListener failures;

    /** The applying thread's alone. */
    private final Assembly assembly = new Assembly();

    /** Proposals without an answer, so that a failure can answer them. Bounded by Ratis's limits on pending requests. */
    private final Set<Proposal> waiting = ConcurrentHashMap.newKeySet();

    private final AtomicReference<@Nullable TermIndex> checkpoint = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    LogStateMachine(GroupId group, Replica replica, FailureListener failures) {
        this.group = group;
        this.replica = replica;
        this.failures = failures;
        replica.lastCheckpoint().ifPresent(position -> {
            var restored = TermIndex.valueOf(position.term(), position.index());
            checkpoint.set(restored);
            setLastAppliedTermIndex(restored);
        });
    }

    GroupId group() {
        return group;
    }

    // The proposer's side.

    void waitFor(Proposal proposal) {
        waiting.add(proposal);
        var _ = proposal.done.whenComplete((_, _) -> waiting.remove(proposal));
        if (stopping || failure.get() != null) { // Asked after adding, so that nobody can be forgotten in between.
            proposal.done.completeExceptionally(stopped());
        }
    }

    private ProposalRefusedException stopped() {
        var cause = failure.get();
        return new ProposalRefusedException(
                Reason.STOPPED, group + (cause == null ? " is stopping" : " has failed: " + cause.getMessage()));
    }

    /** @return whether it is newer than the one before */
    boolean checkpointed(LogPosition position) {
        var made = TermIndex.valueOf(position.term(), position.index());
        var latest = checkpoint.accumulateAndGet(
                made, (old, given) -> old != null && old.compareTo(given) >= 0 ? old : given);
        return made.equals(latest);
    }

    /** The index of the newest checkpoint; -1 if there is none. */
    long checkpointIndex() {
        var latest = checkpoint.get();
        return latest == null ? RaftLog.INVALID_LOG_INDEX : latest.getIndex();
    }

    void stopping() {
        stopping = true;
    }

    /** Whoever still waits when the engine has stopped learns that nobody will answer. */
    void stopped(@Nullable Throwable cause) {
        for (var proposal : waiting) {
            proposal.done.completeExceptionally(
                    cause == null
                            ? new OutcomeUnknownException(group + " was stopped before it answered")
                            : new OutcomeUnknownException(group + " has failed", cause));
        }
    }

    private void fail(Throwable cause) {
        if (!stopping && failure.compareAndSet(null, cause)) {
            stopped(cause);
            failures.failed(group, cause);
        }
    }

    // What Ratis calls.

    @Override
    public void initialize(RaftServer raftServer, RaftGroupId raftGroupId, RaftStorage storage) throws IOException {
        super.initialize(raftServer, raftGroupId, storage);
        getLifeCycle().startAndTransition(() -> {});
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(request.getMessage())
                .build();
    }

    /** Called under the lock of the log, right before the entry is added to it. */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getStateMachineContext() instanceof Piece.Carrier carrier) {
            carrier.logged = true;
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        try {
            var stored = transaction.getLogEntry();
            var position = new LogPosition(stored.getTerm(), stored.getIndex());
            if (transaction.getStateMachineContext() instanceof Piece.Carrier carrier) {
                applyOwn(position, carrier);
            } else {
                var piece = Piece.read(stored.getStateMachineLogEntry().getLogData());
                assembly.add(piece, null).ifPresent(entry -> replica.apply(position, entry, null));
            }
            updateLastAppliedTermIndex(position.term(), position.index());
            return CompletableFuture.completedFuture(Message.EMPTY);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e; // Ratis stops applying and closes the group.
        }
    }

    private void applyOwn(LogPosition position, Piece.Carrier carrier) {
        var proposal = carrier.proposal;
        var entry = assembly.add(carrier.piece, proposal.entry);
        if (entry.isPresent()) {
            replica.apply(position, entry.get(), proposal.context);
            proposal.done.complete(null);
        } else if (carrier.piece.isLast()) {
            proposal.done.completeExceptionally(new ProposalRefusedException(
                    Reason.NOT_LEADER, group + " changed its leader between the pieces of a large entry"));
        }
    }

    @Override
    public void notifyLeaderReady() {
        try {
            replica.leading();
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        if (!stopping) {
            replica.notLeading();
        }
    }

    /** The log cannot be written. Ratis closes the log, yet would leave the waiting proposals without an answer. */
    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        fail(new IOException("the log of " + group + " cannot be written: " + cause.getMessage(), cause));
    }

    /** Ratis closes a group by itself when one of its threads meets what it cannot handle. */
    @Override
    public void close() {
        fail(new IllegalStateException(group + " was closed by the replication engine; its log says why"));
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto roleInfo, boolean allServer) {
        close();
    }

    @Override
    public long takeSnapshot() {
        return checkpointIndex();
    }

    @Override
    @SuppressWarnings("NullAway") // Null is Ratis's word for "none"; it is not annotated.
    public @Nullable SnapshotInfo getLatestSnapshot() {
        var latest = checkpoint.get();
        return latest == null ? null : new Checkpoint(latest);
    }

    /** Its files are the state machine's own matter: with one peer nobody asks for them. */
    private record Checkpoint(TermIndex termIndex) implements SnapshotInfo {
        @Override
        public TermIndex getTermIndex() {
            return termIndex;
        }

        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }

    /** For Ratis's own messages. */
    @Override
    public String toString() {
        return group.toString();
    }
}
