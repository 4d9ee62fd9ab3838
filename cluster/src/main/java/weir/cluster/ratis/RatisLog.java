package weir.cluster.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
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

    /** More steps than a change of the largest group in one go takes; each adds a member. */
    private static final int STEPS_MAX = 32;

    private final LogStateMachine machine;
    private final Member self;

    /** A follower that is up to date is elected at once; a transfer blocks proposals meanwhile, so it is not waited for long. */
    private static final Duration TRANSFER = Duration.ofSeconds(3);

    /** Entries that are kept for a follower that lacks them; at 128 KiB, the size of a full batch, 128 MB. */
    private static final int LAG_ENTRIES_MAX = 1_000;

    /** A follower that was not heard for this long is served when it comes back, in whatever way. */
    private static final Duration SILENT = Duration.ofSeconds(10);

    /** New for each start of the process, so that no call is taken for a repetition of one before. */
    private final ClientId client = ClientId.randomId();

    /** Held while the pieces of one entry are handed over: nothing may come between them. Guards {@code calls}. */
    private final ReentrantLock submitting = new ReentrantLock();

    private long calls;

    /** The group inside Ratis; known once it has been started. */
    private volatile RaftServer.@Nullable Division division;

    RatisLog(LogStateMachine machine, Member self) {
        this.machine = machine;
        this.self = self;
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

    private Reason reason(Throwable cause) {
        return switch (cause) {
            case NotLeaderException _, LeaderNotReadyException _, LeaderSteppingDownException _ -> Reason.NOT_LEADER;
            // Also the state of a node that waits to be added.
            case ServerNotReadyException _ -> machine.isStopped() ? Reason.STOPPED : Reason.NOT_LEADER;
            case ResourceUnavailableException _ -> Reason.OVERLOADED;
            default -> Reason.STOPPED;
        };
    }

    @Override
    public boolean isLeader() {
        return started().map(group -> group.getInfo().isLeaderReady()).orElse(false);
    }

    @Override
    public OptionalInt leader() {
        var group = started();
        return group.isPresent() && !machine.isStopped()
                ? Peers.nodeOf(group.get().getInfo().getLeaderId())
                : OptionalInt.empty();
    }

    @Override
    public List<Member> members() {
        return started().map(group -> Peers.membersOf(group.getRaftConf())).orElse(List.of());
    }

    @Override
    public long term() {
        return started().map(group -> group.getInfo().getCurrentTerm()).orElse(0L);
    }

    @Override
    public boolean hasLeft() {
        return machine.hasLeft();
    }

    @Override
    public List<Progress> progress() {
        var group = started();
        if (group.isEmpty() || !group.get().getInfo().isLeader()) {
            return List.of();
        }
        var info = group.get().getInfo();
        long[] matches = info.getFollowerMatchIndices();
        var followers = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        if (matches == null || matches.length != followers.size()) {
            return List.of(); // Leadership or the members change right now.
        }
        var all = new ArrayList<Progress>();
        for (int i = 0; i < matches.length; i++) {
            var id = RaftPeerId.valueOf(followers.get(i).getId().getId());
            int node = Peers.nodeOf(id).orElseThrow();
            all.add(new Progress(node, matches[i], followers.get(i).getLastRpcElapsedTimeMs()));
        }
        all.add(new Progress(self.node(), group.get().getRaftLog().getFlushIndex(), 0));
        all.sort(Comparator.comparingInt(Progress::node));
        return all;
    }

    /**
     * All members have the same priority, always. A higher one would make Ratis elect the preferred member, but also wait for
     * a dead one's vote, twice an election timeout, whenever it cannot be reached: exactly when a new leader is wanted.
     * Therefore the preferred member is handed leadership once the change is done, and after that nothing moves by itself.
     */
    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members, int preferred) {
        if (members.stream().noneMatch(member -> member.node() == preferred && member.votes())) {
            throw new IllegalArgumentException("node " + preferred + " is to lead but has no vote among " + members);
        }
        return change(members, STEPS_MAX).thenCompose(_ -> handOver(preferred));
    }

    /**
     * Ratis refuses a change that replaces the majority: new members without an entry could not elect anybody if the old ones
     * went away at that instant. So it is done in steps, each of which adds one.
     */
    private CompletableFuture<Void> change(List<Member> target, int stepsLeft) {
        var group = started();
        if (group.isEmpty()) {
            return CompletableFuture.failedFuture(notStarted());
        }
        var current = Peers.membersOf(group.get().getRaftConf());
        var voting = numbersOf(current, true);
        if (target.stream().anyMatch(member -> !member.votes() && voting.contains(member.node()))) {
            return CompletableFuture.failedFuture(new ProposalRefusedException(
                    Reason.STOPPED, machine.group() + " has voters that would lose their votes in " + target));
        }
        var added = target.stream()
                .filter(member -> member.votes() && !voting.contains(member.node()))
                .toList();
        int kept = numbersOf(target, true).size() - added.size();
        boolean first = voting.size() == 1 && kept == 1 && added.size() == 1;
        if (added.isEmpty() || first || added.size() < kept) {
            return set(target, group.get());
        }
        if (stepsLeft == 0) {
            return CompletableFuture.failedFuture(new ProposalRefusedException(
                    Reason.STOPPED, machine.group() + " takes more than " + STEPS_MAX + " steps to become " + target));
        }
        var step = new ArrayList<Member>();
        for (var member : current) {
            if (member.node() != added.getFirst().node()) {
                step.add(target.stream()
                        .filter(same -> same.node() == member.node())
                        .findFirst()
                        .orElse(member.node() == self.node() ? self : member)
                        .voting(member.votes()));
            }
        }
        step.add(added.getFirst());
        return set(step, group.get()).thenCompose(_ -> change(target, stepsLeft - 1));
    }

    private static Set<Integer> numbersOf(List<Member> members, boolean voters) {
        return members.stream()
                .filter(member -> member.votes() == voters)
                .map(Member::node)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private CompletableFuture<Void> set(List<Member> target, RaftServer.Division group) {
        var current = group.getRaftConf();
        int before = Stream.concat(
                        current.getCurrentPeers(RaftPeerRole.FOLLOWER).stream(),
                        current.getCurrentPeers(RaftPeerRole.LISTENER).stream())
                .mapToInt(RaftPeer::getPriority)
                .max()
                .orElse(0);
        boolean same = Peers.membersOf(current)
                .equals(target.stream()
                        .sorted(Comparator.comparingInt(Member::node))
                        .toList());
        // Ratis sees no change in an address; it does in the priority of all.
        int priority = same ? before : 1 - Math.min(before, 1);
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(peersOf(target, true, priority))
                .setListenersInNewConf(peersOf(target, false, priority))
                .setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY)
                .build();
        return manage(server -> server.setConfigurationAsync(new SetConfigurationRequest(
                client, Peers.idOf(self.node()), machine.getGroupId(), nextCall(), arguments)));
    }

    private static List<RaftPeer> peersOf(List<Member> members, boolean voters, int priority) {
        return members.stream()
                .filter(member -> member.votes() == voters)
                .map(member -> Peers.peerOf(member, priority))
                .toList();
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int node) {
        return handOver(node);
    }

    private CompletableFuture<Void> handOver(int node) {
        if (leader().equals(OptionalInt.of(node))) {
            return CompletableFuture.completedFuture(null);
        }
        return manage(server -> server.transferLeadershipAsync(new TransferLeadershipRequest(
                client,
                Peers.idOf(self.node()),
                machine.getGroupId(),
                nextCall(),
                Peers.idOf(node),
                TRANSFER.toMillis())));
    }

    private interface Management {
        CompletableFuture<RaftClientReply> ask(RaftServer server) throws IOException;
    }

    private CompletableFuture<Void> manage(Management management) {
        if (!machine.getServer().isDone() || machine.isStopped()) {
            return CompletableFuture.failedFuture(notStarted());
        }
        var done = new CompletableFuture<Void>();
        try {
            // Ratis completes it with its lock in hand, and a next request waits for a thread that needs that lock.
            var _ = management
                    .ask(machine.getServer().join())
                    .whenCompleteAsync((reply, thrown) -> managed(done, reply, thrown), Thread::startVirtualThread);
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(refused(e));
        }
        return done;
    }

    private void managed(CompletableFuture<Void> done, @Nullable RaftClientReply reply, @Nullable Throwable thrown) {
        var cause = thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
        var failure = cause != null || reply == null ? cause : reply.getException();
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(refused(failure));
        }
    }

    private ProposalRefusedException refused(Throwable cause) {
        var refused = new ProposalRefusedException(
                reason(cause), machine.group() + " was not changed: " + cause.getMessage());
        refused.initCause(cause);
        return refused;
    }

    private ProposalRefusedException notStarted() {
        return new ProposalRefusedException(Reason.STOPPED, machine.group() + " is not running here");
    }

    private long nextCall() {
        submitting.lock();
        try {
            return calls++;
        } finally {
            submitting.unlock();
        }
    }

    /**
     * Ratis offers a request for this that stops the applying thread and is skipped if little was applied since the last
     * checkpoint; its log can be asked directly, from any thread.
     */
    @Override
    public void checkpointed(LogPosition position) {
        var started = division;
        if (machine.checkpointed(position) && started != null) {
            var _ = started.getRaftLog().purge(neededFrom(position.index())).whenComplete((_, e) -> {
                if (e != null) {
                    LOG.warn("The log of {} up to {} could not be deleted", machine.group(), position.index(), e);
                }
            });
        }
    }

    /**
     * A follower that is a little behind is to find the rest in the log: a checkpoint is much dearer for both. One that is far
     * behind or silent does not hold up the deletion.
     */
    private long neededFrom(long checkpoint) {
        long oldest = checkpoint - LAG_ENTRIES_MAX;
        return progress().stream()
                .filter(member -> member.sinceHeardMillis() < SILENT.toMillis() && member.matchIndex() > oldest)
                .mapToLong(Progress::matchIndex)
                .reduce(checkpoint, Math::min);
    }

    private Optional<RaftServer.Division> started() {
        if (division == null && !machine.getServer().isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(division());
        } catch (IOException e) {
            LOG.debug("{} is not there", machine.group(), e);
            return Optional.empty();
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
