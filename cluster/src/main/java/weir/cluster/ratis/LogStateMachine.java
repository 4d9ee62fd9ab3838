package weir.cluster.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
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
    private static final Logger LOG = LoggerFactory.getLogger(LogStateMachine.class);

    /** Between two attempts to take over a checkpoint. */
    private static final Duration CATCH_UP_AGAIN = Duration.ofSeconds(1);

    /** Ratis looks whether a checkpoint was taken over when the leader asks, several times in a second. */
    private static final Duration RELOAD = Duration.ofSeconds(5);

    private static final Duration RELOAD_FLAG = Duration.ofMillis(20);

    /** Closing a group takes Ratis less. */
    private static final Duration REMOVAL_TOLD = Duration.ofSeconds(10);

    private final GroupId group;
    private final Replica replica;
    private final FailureListener failures;

    /** The applying thread's alone. */
    private final Assembly assembly = new Assembly();

    /** Proposals without an answer, so that a failure can answer them. Bounded by Ratis's limits on pending requests. */
    private final Set<Proposal> waiting = ConcurrentHashMap.newKeySet();

    private final List<Member> founders;
    private final LogFiles files;
    private final PeerAddresses addresses;

    /** Held while an entry is applied, and while a leader's checkpoint is taken over: never both. */
    private final ReentrantLock applying = new ReentrantLock();

    private final Condition reloading = applying.newCondition();

    /** A checkpoint has been taken over that Ratis has not gone on from yet. Written with {@code applying} held, or while nothing is applied. */
    private volatile boolean takenOver;

    /** Held while the replica is told whether it leads, so that it is told in order. Guards {@code leads}. */
    private final ReentrantLock leadership = new ReentrantLock();

    private boolean leads;

    /** The thread that takes over a leader's checkpoint, if there is one. */
    private final AtomicReference<@Nullable Thread> catchingUp = new AtomicReference<>();

    private final AtomicReference<@Nullable TermIndex> checkpoint = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    /** The others have removed this member, and Ratis has closed the group. */
    private volatile boolean removed;

    /**
     * @param founders who the members are if there is no log yet
     * @param files told how far this node's own log has come
     */
    LogStateMachine(
            GroupId group,
            Replica replica,
            FailureListener failures,
            List<Member> founders,
            PeerAddresses addresses,
            LogFiles files) {
        this.group = group;
        this.files = files;
        this.founders = List.copyOf(founders);
        this.addresses = addresses;
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

    List<Member> founders() {
        return founders;
    }

    /** Whether nothing can be proposed here any more. */
    boolean isStopped() {
        return stopping || removed || failure.get() != null;
    }

    /** Whether the others have removed this member. */
    boolean hasLeft() {
        return removed;
    }

    // The proposer's side.

    void waitFor(Proposal proposal) {
        waiting.add(proposal);
        var _ = proposal.done.whenComplete((_, _) -> waiting.remove(proposal));
        if (isStopped()) { // Asked after adding, so that nobody can be forgotten in between.
            proposal.done.completeExceptionally(stopped());
        }
    }

    private ProposalRefusedException stopped() {
        var cause = failure.get();
        String why =
                cause != null ? " has failed: " + cause.getMessage() : removed ? " has left this node" : " is stopping";
        return new ProposalRefusedException(Reason.STOPPED, group + why);
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
        var thread = catchingUp.get();
        if (thread != null) {
            thread.interrupt();
        }
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
        applying.lock();
        try {
            var stored = transaction.getLogEntry();
            var position = new LogPosition(stored.getTerm(), stored.getIndex());
            awaitReload();
            if (position.index() <= checkpointIndex()) {
                return CompletableFuture.completedFuture(Message.EMPTY); // A checkpoint taken over meanwhile has it.
            }
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
        } finally {
            applying.unlock();
        }
    }

    private void applyOwn(LogPosition position, Piece.Carrier carrier) {
        var proposal = carrier.proposal;
        var entry = assembly.add(carrier.piece, proposal.entry);
        if (entry.isPresent()) {
            // Who was told that the outcome is unknown, because leadership was lost, waits no longer.
            replica.apply(position, entry.get(), proposal.done.isDone() ? null : proposal.context);
            proposal.done.complete(null);
        } else if (carrier.piece.isLast()) {
            proposal.done.completeExceptionally(new ProposalRefusedException(
                    Reason.NOT_LEADER, group + " changed its leader between the pieces of a large entry"));
        }
    }

    /**
     * Comes on the applying thread, perhaps so late that leadership has been lost again; then the word of that may have come
     * before it.
     */
    @Override
    public void notifyLeaderReady() {
        try {
            tell(true);
            if (!isLeaderNow()) {
                tell(false);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        tell(false);
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto members) {
        addresses.seen(Stream.concat(members.getPeersList().stream(), members.getListenersList().stream())
                .map(peer -> Peers.memberOf(RaftPeerId.valueOf(peer.getId()), peer.getAddress()))
                .toList());
        if (isInOwnLog(index)) {
            try {
                files.reached(index);
            } catch (IOException e) { // The log is as it was; that it was emptied would only not be noticed.
                LOG.warn("{} cannot note that its log has come to entry {}", group, index, e);
            }
        }
    }

    /** Notes how far the log has come by now, if it is open. */
    void noteHowFar() {
        try {
            var log = division().getRaftLog();
            files.passed(Math.min(log.getLastCommittedIndex(), log.getFlushIndex()));
        } catch (IOException e) { // The group is being opened or closed, or the disk is full, which others notice.
            LOG.debug("{} cannot note how far its log has come", group, e);
        }
    }

    /** Ratis tells of a configuration also before this node has the entry: when it is to take over a checkpoint. */
    private boolean isInOwnLog(long index) {
        try {
            var log = division().getRaftLog();
            return log.getLastCommittedIndex() >= index && log.getFlushIndex() >= index;
        } catch (IOException _) {
            return false; // The group is being closed.
        }
    }

    private void tell(boolean leading) {
        leadership.lock();
        try {
            if (leads) {
                leads = false;
                if (!stopping) {
                    replica.notLeading();
                }
            }
            if (leading) {
                leads = true;
                replica.leading();
            }
        } finally {
            leadership.unlock();
        }
    }

    private boolean isLeaderNow() {
        try {
            return division().getInfo().isLeader();
        } catch (IOException _) {
            return false; // The group is being closed.
        }
    }

    private RaftServer.Division division() throws IOException {
        return getServer().join().getDivision(getGroupId());
    }

    /**
     * The leader has forgotten what comes next here. Ratis asks again and again until the future is done, but calls this only
     * once for that; when it is done it pauses, calls {@link #reinitialize}, and goes on behind {@link #getLatestSnapshot}.
     */
    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
            RoleInfoProto roleInfo, TermIndex firstTermIndexInLog) {
        var taken = new CompletableFuture<TermIndex>();
        var peer = roleInfo.getFollowerInfo().getLeaderInfo().getId();
        var leader = Peers.memberOf(RaftPeerId.valueOf(peer.getId()), peer.getAddress());
        var thread = Thread.ofPlatform()
                .daemon()
                .name("weir-" + group + "-catch-up")
                .unstarted(() -> catchUp(leader, firstTermIndexInLog.getIndex(), taken));
        if (stopping || !catchingUp.compareAndSet(null, thread)) {
            taken.completeExceptionally(new IOException(group + " cannot catch up now"));
        } else {
            thread.start();
        }
        return taken;
    }

    private void catchUp(Member leader, long firstKept, CompletableFuture<TermIndex> taken) {
        applying.lock();
        try {
            if (stopping) {
                throw new InterruptedException("the engine is stopping"); // Asked after the thread can be seen.
            }
            if (firstKept <= getLastAppliedTermIndex().getIndex() + 1) {
                taken.complete(null); // A new member is asked in any case; the log has what it lacks.
                return;
            }
            var position = replica.catchUp(leader, firstKept);
            if (position.index() < firstKept - 1) {
                throw new IOException(group + " was given a checkpoint that ends at " + position.index()
                        + ", but its leader keeps only what follows " + (firstKept - 1));
            }
            var held = TermIndex.valueOf(position.term(), position.index());
            checkpoint.set(held);
            setLastAppliedTermIndex(held);
            takenOver = true;
            LOG.info("{} has taken over a checkpoint that ends at {}", group, position);
            taken.complete(held);
        } catch (IOException e) {
            LOG.warn("{} could not catch up from {} and will try again: {}", group, leader, e.getMessage());
            CompletableFuture.delayedExecutor(CATCH_UP_AGAIN.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> taken.completeExceptionally(e));
        } catch (InterruptedException e) {
            taken.completeExceptionally(e); // The engine is stopping, or the group is dropped.
        } catch (RuntimeException | Error e) {
            taken.completeExceptionally(e);
            fail(e);
        } finally {
            catchingUp.set(null);
            applying.unlock();
        }
    }

    /** An entry of Ratis's own was applied; perhaps one from before a checkpoint that was taken over meanwhile. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        applying.lock();
        try {
            awaitReload();
            if (index > getLastAppliedTermIndex().getIndex()) {
                super.notifyTermIndexUpdated(term, index);
            }
        } finally {
            applying.unlock();
        }
    }

    @Override
    public void pause() {
        applying.lock();
        try {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
            reloading.signalAll();
        } finally {
            applying.unlock();
        }
    }

    /**
     * On the applying thread, with {@code applying} held: goes no further while a checkpoint has been taken over and Ratis has
     * yet to see it. Else the thread would read on in files of the log that Ratis deletes at that moment, and take it for
     * damage.
     */
    private void awaitReload() {
        try {
            long nanos = RELOAD.toNanos();
            while (takenOver && !stopping && getLifeCycleState() != LifeCycle.State.PAUSED && nanos > 0) {
                nanos = reloading.awaitNanos(nanos);
            }
            if (takenOver && getLifeCycleState() == LifeCycle.State.PAUSED) {
                nanos = RELOAD_FLAG.toNanos(); // Right behind the pause Ratis says to the thread what it is to do.
                while (nanos > 0) {
                    nanos = reloading.awaitNanos(nanos);
                }
            }
            takenOver = false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The engine is stopping.
        }
    }

    /** On the applying thread, when a checkpoint has been taken over: the replica holds it already. */
    @Override
    public void reinitialize() {
        takenOver = false;
        getLifeCycle().startAndTransition(() -> {});
    }

    /** The log cannot be written. Ratis closes the log, yet would leave the waiting proposals without an answer. */
    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        fail(new IOException("the log of " + group + " cannot be written: " + cause.getMessage(), cause));
    }

    /**
     * Ratis closes a group by itself when one of its threads meets what it cannot handle; and when this node is no member any
     * more. It does not say which.
     */
    @Override
    public void close() {
        if (stopping) {
            return;
        }
        if (isRemoved()) {
            leave();
        } else if (isCandidate()) {
            // Maybe the others have told it, in answer to its candidacy, that it is a member no longer; if so, Ratis
            // says
            // that next.
            CompletableFuture.delayedExecutor(REMOVAL_TOLD.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::closed);
        } else {
            closed();
        }
    }

    private void closed() {
        if (!removed) {
            fail(new IllegalStateException(group + " was closed by the replication engine; its log says why"));
        }
    }

    private boolean isRemoved() {
        try {
            var members = division().getRaftConf();
            return members.getPeer(getId(), RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) == null
                    && members.getPreviousPeers().isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    private boolean isCandidate() {
        try {
            return division().getInfo().isCandidate();
        } catch (IOException _) {
            return false;
        }
    }

    private void leave() {
        if (!removed) {
            removed = true;
            LOG.info("{} has other members now and leaves this node", group);
            tell(false);
            stopped(null);
        }
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto roleInfo, boolean allServer) {
        if (!allServer && !stopping) {
            leave();
        }
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

    /** Its files are the replica's own matter. */
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
