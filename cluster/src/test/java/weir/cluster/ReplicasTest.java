package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.damage.SetAside;
import weir.cluster.forming.Address;
import weir.cluster.placement.ReplicaState;
import weir.cluster.ratis.ClusterTransport;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.shard.Directory;
import weir.cluster.shard.Shard;
import weir.core.PartitionId;
import weir.core.catalog.Queue;

/** What becomes of a replica that is damaged when it is opened: over real files and the real engine, with no other node. */
class ReplicasTest {
    private static final GroupId GROUP = GroupId.shard(0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    private final List<Throwable> failures = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private RatisEngine engine;

    @SuppressWarnings("NullAway.Init")
    private SetAside aside;

    @SuppressWarnings("NullAway.Init")
    private Replicas replicas;

    @BeforeEach
    void aNodeOfACluster() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Member self = new Member(1, "127.0.0.1", port);
        NodeSettings.Cluster cluster = new NodeSettings.Cluster(
                self,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                List.of(new Address("127.0.0.1", port), new Address("127.0.0.2", port), new Address("127.0.0.3", port)),
                Optional.empty(),
                "",
                3,
                Duration.ofMinutes(1),
                Duration.ofHours(12),
                new TreeMap<>());
        NodeSettings settings = new NodeSettings(data, 1, 1 << 20, 1, Optional.of(cluster));
        engine = new RatisEngine(
                data.resolve("raft"),
                self,
                Optional.of(new ClusterTransport(cluster.bind(), Optional.empty(), (_, request) -> request)),
                (_, cause) -> failures.add(cause));
        engine.start();
        aside = SetAside.open(data);
        replicas = new Replicas(
                settings,
                1,
                engine,
                InstantSource.system(),
                (_, cause) -> failures.add(cause),
                aside,
                new CheckpointFetch(engine.peers()),
                new NoDirectory(),
                _ -> {});
    }

    @AfterEach
    void end() {
        replicas.stop();
        engine.close();
        replicas.close();
    }

    /** A log whose configuration is sound and whose entries are not. */
    private Path damagedLogOf(int... members) throws Exception {
        return damagedLogOf(GROUP, members);
    }

    private Path damagedLogOf(GroupId group, int... members) throws Exception {
        Path root = engine.leave(group);
        Path current = Files.createDirectories(root.resolve("current"));
        Files.writeString(current.resolve("raft-meta"), "term=1\nvotedFor=node-1\n");
        LogEntryProto configuration = LogEntryProto.newBuilder()
                .setTerm(1)
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addAllPeers(IntStream.of(members)
                                .mapToObj(node -> RaftPeerProto.newBuilder()
                                        .setId(ByteString.copyFromUtf8("node-" + node))
                                        .build())
                                .toList()))
                .build();
        Files.write(current.resolve("raft-meta.conf"), configuration.toByteArray());
        Files.writeString(current.resolve("log_inprogress_0"), "what no engine writes");
        return root;
    }

    @Test
    void damagedReplicaOfThreeIsMovedAsideWithItsLogAndShownAsDamaged() throws Exception {
        Path log = damagedLogOf(1, 2, 3);
        replicas.open(GROUP);
        assertThat(log).doesNotExist();
        Path kept = data.resolve("damaged").resolve("1-1");
        assertThat(kept.resolve("shard-0")).exists();
        assertThat(kept.resolve(log.getFileName()).resolve("current").resolve("log_inprogress_0"))
                .hasContent("what no engine writes");
        assertThat(replicas.find(GROUP)).isEmpty();
        assertThat(replicas.replicas())
                .hasSize(1)
                .extracting(ReplicaState::damage)
                .doesNotContainNull();
        replicas.drop(GROUP);
        replicas.open(GROUP);
        assertThat(replicas.replicas())
                .hasSize(1)
                .extracting(ReplicaState::damage)
                .containsOnlyNulls();
    }

    @Test
    void damagedReplicaOfTwoOrOfOneStaysWhereItIsAndIsRefusedAlone() throws Exception {
        for (int[] members : new int[][] {{1, 2}, {1}}) {
            Path log = damagedLogOf(members);
            replicas.open(GROUP);
            replicas.open(GroupId.shard(1));
            assertThat(log.resolve("current").resolve("log_inprogress_0")).hasContent("what no engine writes");
            assertThat(aside.waiting()).isEmpty();
            assertThat(damages()).containsOnlyKeys(GROUP);
            assertThat(damages().get(GROUP)).contains("Restore its files from a backup");
            replicas.drop(GroupId.shard(1));
        }
        replicas.drop(GROUP); // It was removed from the group in some other way.
        assertThat(data.resolve("damaged").resolve("1-1")).exists();
        assertThat(replicas.replicas()).isEmpty();
    }

    @Test
    void damagedCatalogOfTwoKeepsTheNodeFromStarting() throws Exception {
        damagedLogOf(GroupId.CATALOG, 1, 2);
        assertThatThrownBy(() -> replicas.open(GroupId.CATALOG)).isInstanceOf(DamagedLogException.class);
    }

    @Test
    void damagedCatalogOfThreeWaitsToBeMadeAnewLikeAnyOther() throws Exception {
        damagedLogOf(GroupId.CATALOG, 1, 2, 3);
        replicas.open(GroupId.CATALOG);
        assertThat(damages()).containsOnlyKeys(GroupId.CATALOG);
        replicas.drop(GroupId.CATALOG);
        replicas.open(GroupId.CATALOG);
        assertThat(replicas.find(GroupId.CATALOG)).isPresent();
    }

    /** Its clients hold on to the old one, which would stay where it was for ever. */
    @Test
    void aCatalogThatIsDroppedInARunningNodeEndsTheProcess() throws Exception {
        replicas.open(GroupId.CATALOG);
        replicas.drop(GroupId.CATALOG);
        assertThat(failures).as("nothing holds on to it yet").isEmpty();
        replicas.open(GroupId.CATALOG);
        replicas.keepCatalog();
        assertThatThrownBy(() -> replicas.drop(GroupId.CATALOG)).hasMessageContaining("when the node starts again");
        assertThat(failures).hasSize(1);
        assertThat(replicas.held()).isEmpty();
        replicas.drop(GroupId.CATALOG); // The order may be repeated.
    }

    /** Opened anew it would have an empty log and a seat, and its vote could elect who lacks what it had acknowledged. */
    @Test
    void aLogThatIsMissingAsAWholeIsDamage() throws Exception {
        replicas.open(GROUP);
        assertThat(replicas.held()).containsExactly(GROUP);
        deleteAll(replicas.end(GROUP));
        assertThat(replicas.held()).as("nothing of it is left").containsExactly(GROUP);
        replicas.open(GROUP);
        assertThat(damages().get(GROUP)).contains("the whole directory of its log is missing");
        assertThat(aside.waiting()).containsOnlyKeys(GROUP);
        assertThat(engine.hasLog(GROUP)).isFalse();
        replicas.drop(GROUP);
        assertThat(replicas.held()).isEmpty();
        replicas.open(GROUP);
        assertThat(damages()).isEmpty();
    }

    @Test
    void anAnnouncedReplicaIsToldOfAsThereAndOpenedByNobodyElse() throws Exception {
        replicas.announce(Set.of(GROUP));
        assertThat(replicas.replicas())
                .hasSize(1)
                .extracting(ReplicaState::damage)
                .containsOnlyNulls();
        assertThatThrownBy(() -> replicas.open(GROUP)).hasMessageContaining("catalog");
        replicas.open(GROUP, List.of());
        assertThat(replicas.replicas()).hasSize(1);
    }

    private Map<GroupId, String> damages() {
        return replicas.replicas().stream()
                .filter(state -> state.damage() != null)
                .collect(Collectors.toMap(ReplicaState::group, state -> String.valueOf(state.damage())));
    }

    private static void deleteAll(List<Path> trees) throws IOException {
        for (Path tree : trees) {
            SetAside.delete(tree);
        }
    }

    @Test
    void whatWasMarkedAndNotMovedBeforeTheNodeEndedIsMovedWhenItIsDropped() throws Exception {
        Path log = damagedLogOf(1, 2, 3);
        aside.mark(GROUP, new DamagedLogException("torn"));
        replicas.drop(GROUP);
        assertThat(log).doesNotExist();
        assertThat(data.resolve("damaged").resolve("1-1").resolve(log.getFileName()))
                .exists();
        assertThat(aside.waiting()).isEmpty();
    }

    @Test
    void droppingMayBeRepeated() throws Exception {
        replicas.open(GROUP);
        replicas.drop(GROUP);
        replicas.drop(GROUP);
        assertThat(engine.leave(GROUP)).doesNotExist();
        assertThat(replicas.replicas()).isEmpty();
        assertThat(failures).isEmpty();
    }

    private static final class NoDirectory implements Directory {
        @Override
        public Optional<Queue> find(String name) {
            return Optional.empty();
        }

        @Override
        public void catchUp() {}

        @Override
        public int shardOf(PartitionId partition) {
            return 0;
        }

        @Override
        public Shard shard(int shard) {
            throw new UnsupportedOperationException();
        }
    }
}
