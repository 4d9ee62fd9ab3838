package weir.cluster.ratis;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.Member;

/**
 * Elects another leader at once where the leader's process has ended, which its machine tells: its connections to here end,
 * and a new one is refused. Else a follower waits for one to two election timeouts of silence, which is what a dead machine or
 * a cut network still takes.
 *
 * <p>An ended connection only makes it look; nobody but the machine says that nobody listens there. A leader that is alive all
 * the same, behind something that refuses for it, loses an election that it need not have lost, and nothing else: who stands
 * must have all of the term's log that a majority needs.
 */
final class LeaderWatch extends ServerTransportFilter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderWatch.class);

    /** When it looks after a connection has ended: the machine closes a process's sockets one after the other. */
    private static final List<Duration> LOOKS = List.of(
            Duration.ofMillis(150),
            Duration.ofMillis(200),
            Duration.ofMillis(300),
            Duration.ofMillis(550),
            Duration.ofMillis(950));

    /** A leader that has just been elected instead has been heard by then. */
    private static final Duration SILENT = Duration.ofMillis(100);

    /**
     * The second of those who could lead waits for so long, the third twice that: two who stand at once split the votes, and
     * then it takes a second or two. An election takes a few milliseconds, but on busy cores two who hear of an end at the same time
     * look up to 150 ms apart, and a vote that is asked for comes 100 ms later.
     */
    private static final Duration APART = Duration.ofMillis(400);

    /** A refusal comes at once; who says nothing is not known to be dead. */
    private static final Duration CONNECT = Duration.ofMillis(100);

    /** Of connections that got as far as speaking HTTP/2. Others are such as this class makes, and must not make theirs look in turn. */
    private static final Attributes.Key<Boolean> SPOKE = Attributes.Key.create("weir.spoke");

    private final int self;
    private final PeerAddresses addresses;
    /** At most one: connections that end together make it look once. */
    private final Semaphore ended = new Semaphore(0);

    private @Nullable Thread thread;

    LeaderWatch(int self, PeerAddresses addresses) {
        this.self = self;
        this.addresses = addresses;
    }

    void start(RaftServer server) {
        thread = Thread.ofVirtual().name("weir-leader-watch").start(() -> watch(server));
    }

    @Override
    public Attributes transportReady(Attributes connection) {
        return connection.toBuilder().set(SPOKE, true).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes connection) {
        if (connection != null && connection.get(SPOKE) != null) {
            ended.release();
        }
    }

    private void watch(RaftServer server) {
        try {
            while (true) {
                ended.acquire();
                ended.drainPermits();
                long start = System.nanoTime();
                for (Duration look : LOOKS) {
                    TimeUnit.NANOSECONDS.sleep(start + look.toNanos() - System.nanoTime());
                    tryToLook(server, System.nanoTime() - start);
                }
            }
        } catch (InterruptedException _) {
            // The engine is being closed.
        }
    }

    /** A follower of a leader that may be dead. */
    private record Followed(RaftServer.Division group, Member leader, int rank) {}

    private void tryToLook(RaftServer server, long sinceNanos) {
        try {
            look(server, sinceNanos);
        } catch (RuntimeException e) { // It must not be the end of all later looks; then silence decides.
            LOG.warn("Whether a leader has ended could not be told", e);
        }
    }

    private void look(RaftServer server, long sinceNanos) {
        Map<Member, Boolean> dead = new HashMap<>(); // One question for each node, however many groups it leads.
        for (Followed followed : followed(server)) {
            if (sinceNanos
                            >= LOOKS.getFirst()
                                    .plus(APART.multipliedBy(followed.rank))
                                    .toNanos()
                    && dead.computeIfAbsent(followed.leader, LeaderWatch::isDead)) {
                // Standing takes a write to the disk: one group's must not keep the next one's back.
                Thread.ofVirtual().name("weir-leader-watch-stands").start(() -> stand(server, followed));
            }
        }
    }

    private List<Followed> followed(RaftServer server) {
        List<Followed> all = new ArrayList<>();
        for (var id : server.getGroupIds()) {
            try {
                followed(server.getDivision(id)).ifPresent(all::add);
            } catch (IOException e) {
                LOG.debug("{} is not there", id, e); // It is being opened or left.
            }
        }
        return all;
    }

    private Optional<Followed> followed(RaftServer.Division group) {
        OptionalInt leader = Peers.nodeOf(group.getInfo().getLeaderId());
        if (!group.getInfo().isFollower()
                || leader.isEmpty()
                || leader.getAsInt() == self
                || silenceMillis(group) < SILENT.toMillis()) {
            return Optional.empty();
        }
        Optional<Member> leading = Optional.empty();
        List<Integer> voters = new ArrayList<>();
        for (Member member : Peers.membersOf(group.getRaftConf())) {
            if (member.node() == leader.getAsInt()) {
                leading = Optional.of(member);
            } else if (member.votes()) {
                voters.add(member.node());
            }
        }
        int rank = rank(voters, group.getGroup().getGroupId().getUuid().getLeastSignificantBits());
        return rank < 0 ? Optional.empty() : leading.map(member -> new Followed(group, addresses.where(member), rank));
    }

    /** Which of those who could lead this one is; from group to group another is the first, so that one does not come to lead all. -1 if it cannot. */
    private int rank(List<Integer> voters, long group) {
        Collections.sort(voters);
        int place = voters.indexOf(self);
        return place < 0 ? place : Math.floorMod(place + group, voters.size());
    }

    private static long silenceMillis(RaftServer.Division group) {
        return group.getInfo()
                .getRoleInfoProto()
                .getFollowerInfo()
                .getLeaderInfo()
                .getLastRpcElapsedTimeMs();
    }

    /** Whether its machine says that nobody listens where it did. */
    private static boolean isDead(Member leader) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(leader.host(), leader.port()), Math.toIntExact(CONNECT.toMillis()));
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            LOG.debug("Whether {} is alive cannot be told", leader, e);
            return false;
        }
    }

    /**
     * As if the leader had handed over with its last word, which Ratis does without asking the others first. It refuses if there
     * is a newer leader, and if this replica has nothing of the leader's term: then its silence decides.
     */
    private static void stand(RaftServer server, Followed followed) {
        var group = followed.group;
        TermIndex last = group.getRaftLog().getLastEntryTermIndex();
        if (last == null || last.getTerm() != group.getInfo().getCurrentTerm()) {
            return;
        }
        var leader = RaftGroupMemberId.valueOf(
                Peers.idOf(followed.leader.node()), group.getMemberId().getGroupId());
        var request = StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(ClientProtoUtils.toRaftRpcRequestProtoBuilder(leader, group.getId()))
                .setLeaderLastEntry(last.toProto())
                .build();
        try {
            if (server.startLeaderElection(request).getServerReply().getSuccess()) {
                LOG.info("{} has ended, which led {}; stands for election", followed.leader, leader.getGroupId());
            }
        } catch (ServerNotReadyException e) {
            LOG.debug("{} is not ready", leader.getGroupId(), e);
        } catch (IOException e) {
            LOG.warn("{} could not stand for election", leader.getGroupId(), e);
        }
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
