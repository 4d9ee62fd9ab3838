package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.core.Bytes;

final class LogStateMachineTest {
    private static final Member LEADER = new Member(2, "127.0.0.1", 7100);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    @Test
    void aCheckpointThatIsTakenOverIsNotPutBackByWhatTheLogStillHeld() throws Exception {
        var leader = new Recorder();
        leader.apply(new LogPosition(3, 100), Bytes.utf8("all"), null);
        var replica = new Recorder(() -> leader);
        var machine = machine(replica);
        machine.notifyTermIndexUpdated(1, 10);
        assertThat(machine.notifyInstallSnapshotFromLeader(ledBy(), TermIndex.valueOf(3, 90))
                        .get(60, TimeUnit.SECONDS))
                .isEqualTo(TermIndex.valueOf(3, 100));
        machine.notifyTermIndexUpdated(1, 11); // What was read from the log before.
        assertThat(machine.getLastAppliedTermIndex()).isEqualTo(TermIndex.valueOf(3, 100));
        assertThat(machine.checkpointIndex()).isEqualTo(100);
        assertThat(replica.texts()).containsExactly("all");
        assertThat(failures).isEmpty();
    }

    @Test
    void nothingIsTakenOverIfTheLogHasWhatIsLacking() throws Exception {
        var replica = new Recorder();
        var machine = machine(replica);
        assertThat(machine.notifyInstallSnapshotFromLeader(ledBy(), TermIndex.valueOf(1, 0))
                        .get(60, TimeUnit.SECONDS))
                .isNull();
        machine.notifyTermIndexUpdated(1, 10);
        assertThat(machine.notifyInstallSnapshotFromLeader(ledBy(), TermIndex.valueOf(1, 11))
                        .get(60, TimeUnit.SECONDS))
                .isNull();
        assertThat(machine.checkpointIndex()).isEqualTo(-1);
        assertThat(replica.takenOver()).isZero();
    }

    private LogStateMachine machine(Recorder replica) {
        return new LogStateMachine(
                TestEngine.GROUP,
                replica,
                (_, cause) -> failures.add(cause),
                List.of(),
                new PeerAddresses(1),
                new LogFiles(TestEngine.GROUP, Peers.idOf(1), directory, false));
    }

    private static RoleInfoProto ledBy() {
        return RoleInfoProto.newBuilder()
                .setFollowerInfo(FollowerInfoProto.newBuilder()
                        .setLeaderInfo(ServerRpcProto.newBuilder()
                                .setId(Peers.peerOf(LEADER, 0).getRaftPeerProto())))
                .build();
    }
}
