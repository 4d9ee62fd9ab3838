package weir.cluster.ratis;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ProposalRefusedException.Reason;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.broker.OutcomeUnknownException;

/** The proposer's side of one group. */
final class RatisLog implements ReplicatedLog {
    private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);
    private static final Member ALONE = new Member(1, "", 0);

    private final LogStateMachine machine;

    /** New for each start of the process, so that no call is taken for a repetition of one before. */
    private final ClientId client = ClientId.randomId();

    /** Held while the pieces of one entry are handed over: nothing may come between them. Guards {@code calls}. */
    private final ReentrantLock submitting = new ReentrantLock();

    private long calls;

    /** The group inside Ratis; known once it has been started. */
    private volatile RaftServer.@Nullable Division division;

    RatisLog(LogStateMachine machine) {
        this.machine = machine;
    }

    @Override
    public CompletableFuture<Void> propose(Bytes entry, @Nullable Object context) {
        Check.inRange("entry bytes", entry.length(), 1, ENTRY_BYTES_MAX);
        var proposal = new Proposal(entry, context);
        machine.waitFor(proposal);
        submitting.lock();
        try {
            for (var piece : Piece.of(entry)) {
                if (proposal.done.isDone()) {
                    break; // Failed already; without its last piece the entry is void.
                }
                submit(new Piece.Carrier(piece, proposal));
            }
        } finally {
            submitting.unlock();
        }
        return proposal.done;
    }

    /**
     * Hands a piece to Ratis on this thread: {@code RaftServer.submitClientRequestAsync} would hop to another and join it.
     */
    private void submit(Piece.Carrier carrier) {
        try {
            var division = division();
            var request = RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(division.getId())
                    .setGroupId(division.getMemberId().getGroupId())
                    .setCallId(calls++)
                    .setMessage(carrier)
                    .setType(RaftClientRequest.writeRequestType())
                    .build();
            var _ = ((RaftClientAsynchronousProtocol) division)
                    .submitClientRequestAsync(request)
                    .whenComplete((reply, thrown) -> answered(carrier, reply, thrown));
        } catch (IOException | RuntimeException e) {
            failed(carrier, e);
        }
    }

    /** Success needs no word here: the proposal was answered when it was applied. */
    private void answered(Piece.Carrier carrier, @Nullable RaftClientReply reply, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(carrier, thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown);
        } else if (reply != null && reply.getException() != null) {
            failed(carrier, reply.getException());
        }
    }

    /**
     * A piece that never entered the log voids its entry for certain. One that did may be applied yet; whether the entry is
     * then hangs on its last piece, which gets an answer of its own.
     */
    private void failed(Piece.Carrier carrier, Throwable cause) {
        var done = carrier.proposal.done;
        if (!carrier.logged) {
            var refused = new ProposalRefusedException(
                    reason(cause), machine.group() + " refused an entry: " + cause.getMessage());
            refused.initCause(cause);
            done.completeExceptionally(refused);
        } else if (carrier.piece.isLast()) {
            done.completeExceptionally(
                    new OutcomeUnknownException(machine.group() + " lost its leader before it answered", cause));
        }
    }

    private static Reason reason(Throwable cause) {
        return switch (cause) {
            case NotLeaderException _, LeaderNotReadyException _, LeaderSteppingDownException _ -> Reason.NOT_LEADER;
            case ResourceUnavailableException _ -> Reason.OVERLOADED;
            default -> Reason.STOPPED;
        };
    }

    @Override
    public boolean isLeader() {
        var started = division;
        if (started == null && machine.getServer().isDone()) {
            try {
                started = division();
            } catch (IOException e) {
                LOG.debug("{} is not there", machine.group(), e);
            }
        }
        return started != null && started.getInfo().isLeaderReady();
    }

    @Override
    public OptionalInt leader() {
        return isLeader() ? OptionalInt.of(ALONE.node()) : OptionalInt.empty();
    }

    @Override
    public List<Member> members() {
        return List.of(ALONE);
    }

    @Override
    public List<Progress> progress() {
        return List.of();
    }

    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members, int preferred) {
        return CompletableFuture.failedFuture(alone());
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int node) {
        return CompletableFuture.failedFuture(alone());
    }

    private ProposalRefusedException alone() {
        return new ProposalRefusedException(Reason.STOPPED, machine.group() + " is on a node that is alone");
    }

    /**
     * Ratis offers a request for this that stops the applying thread and is skipped if little was applied since the last
     * checkpoint; its log can be asked directly, from any thread.
     */
    @Override
    public void checkpointed(LogPosition position) {
        var started = division;
        if (machine.checkpointed(position) && started != null) {
            var _ = started.getRaftLog().purge(position.index()).whenComplete((_, e) -> {
                if (e != null) {
                    LOG.warn("The log of {} up to {} could not be deleted", machine.group(), position.index(), e);
                }
            });
        }
    }

    private RaftServer.Division division() throws IOException {
        var known = division;
        if (known == null) {
            if (!machine.getServer().isDone()) {
                throw new IOException("the engine has not been started");
            }
            known = machine.getServer().join().getDivision(machine.getGroupId());
            division = known;
        }
        return known;
    }
}
