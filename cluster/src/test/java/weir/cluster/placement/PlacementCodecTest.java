package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.core.Bytes;
import weir.core.catalog.Definition;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterRefusal;
import weir.core.codec.CorruptDataException;

/**
 * What nodes say to each other stays readable to the next release. A line of bytes here is never edited: a new form gets a
 * new version or tag, and a line of its own.
 */
final class PlacementCodecTest {
    private static final Member MEMBER = new Member(2, "h2", 7100);

    record Golden(String name, Object value, Bytes encoded, Function<Bytes, Object> decoder, String hex) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Golden request(String name, PlacementRequest request, String hex) {
        return new Golden(name, request, PlacementCodec.encode(request), PlacementCodec::request, hex);
    }

    private static Golden manage(String name, ClusterAction action, String hex) {
        return request(name, new PlacementRequest.Manage(action), hex);
    }

    static Stream<Golden> golden() {
        GroupId shard = GroupId.shard(1);
        NodeReport report = new NodeReport(
                3,
                false,
                List.of(
                        new ReplicaReport(
                                new ReplicaState(
                                        shard,
                                        true,
                                        OptionalInt.of(3),
                                        5,
                                        300,
                                        299,
                                        200,
                                        1_000_000,
                                        List.of(MEMBER),
                                        List.of(new Progress(2, 290, 40)),
                                        null),
                                true,
                                null,
                                1L << 50,
                                0),
                        new ReplicaReport(
                                new ReplicaState(
                                        GroupId.CATALOG,
                                        false,
                                        OptionalInt.empty(),
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        List.of(),
                                        List.of(),
                                        "torn"),
                                false,
                                "no progress",
                                1,
                                77)));
        ClusterOverview overview = new ClusterOverview(
                1,
                OptionalInt.of(2),
                3,
                Duration.ofMinutes(10),
                List.of(new ClusterOverview.NodeView(2, "h2:7100", "r", "active", true, 1_000, 9, 1, 2, 3)),
                List.of(new ClusterOverview.GroupView(
                        "0",
                        OptionalInt.of(2),
                        OptionalInt.empty(),
                        List.of(new ClusterOverview.ReplicaView(2, "leader", 0, ClusterOverview.UNKNOWN, "bad")),
                        1_000,
                        ClusterOverview.UNKNOWN,
                        "why",
                        "trouble")),
                List.of("trouble"));
        return Stream.of(
                request("report", new PlacementRequest.Report(), "0101"),
                request("open", new PlacementRequest.Open(shard, 300), "010202ac02"),
                request("drop", new PlacementRequest.Drop(shard, 300), "010302ac02"),
                request(
                        "change",
                        new PlacementRequest.ChangeMembers(shard, 300, List.of(MEMBER), 2),
                        "010402ac020102026832bc3702"),
                request("transfer", new PlacementRequest.TransferLeadership(shard, 300, 2), "010502ac0202"),
                request("overview", new PlacementRequest.Overview(), "0106"),
                manage("manage drain", new ClusterAction.Drain(2), "01070102"),
                manage("manage undrain", new ClusterAction.Undrain(2), "01070202"),
                manage("manage remove", new ClusterAction.Remove(2, true), "0107030201"),
                manage("manage rebalance", new ClusterAction.Rebalance(true), "01070401"),
                manage("manage transfer", new ClusterAction.Transfer(1, 2), "0107050102"),
                new Golden(
                        "report of a node",
                        report,
                        PlacementCodec.encode(report),
                        PlacementCodec::report,
                        "01030202010305ac02ab02c801c0843d0102026832bc370102a20228000100808080808080800200000000000000"
                                + "000000000104746f726e00010b6e6f2070726f6772657373014d"),
                new Golden(
                        "report of a node that is short of room",
                        new NodeReport(3, true, List.of()),
                        PlacementCodec.encode(new NodeReport(3, true, List.of())),
                        PlacementCodec::report,
                        "020300"),
                new Golden(
                        "view of a cluster",
                        overview,
                        OverviewCodec.encode(overview),
                        OverviewCodec::overview,
                        "01010203c0cf2401020768323a3731303001720661637469766501e8070901020301013002000102066c65616465"
                                + "7200ffffffffffffffffff01010362616403776879010774726f75626c65010774726f75626c65"
                                + "0100000000000003e8ffffffffffffffff"),
                answer("done", new ClusterAnswer.Done(List.of("a", "b")), "01010201610162"),
                answer("refused", new ClusterAnswer.Refused(ClusterRefusal.NOT_NOW, "x"), "0102020178"));
    }

    private static Golden answer(String name, ClusterAnswer answer, String hex) {
        return new Golden(name, answer, OverviewCodec.encode(answer), OverviewCodec::answer, hex);
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.array(), bytes.offset(), bytes.offset() + bytes.length());
    }

    @ParameterizedTest
    @MethodSource("golden")
    void formStaysAsItIs(Golden golden) {
        assertThat(hex(golden.encoded())).isEqualTo(golden.hex());
        assertThat(golden.decoder().apply(Bytes.of(HexFormat.of().parseHex(golden.hex()))))
                .isEqualTo(golden.value());
    }

    /** Whatever comes over the network is refused or read, and nothing else happens. */
    @ParameterizedTest
    @MethodSource("golden")
    void garbledBytesAreRefusedAsSuch(Golden golden) {
        byte[] whole = HexFormat.of().parseHex(golden.hex());
        SplittableRandom random = new SplittableRandom(whole.length);
        for (int i = 0; i < 2_000; i++) {
            byte[] garbled = Arrays.copyOf(whole, random.nextInt(whole.length + 2));
            if (garbled.length > 0) {
                garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(golden.decoder().apply(Bytes.of(garbled))).isNotNull();
            } catch (CorruptDataException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void laterVersionIsRefusedByName() {
        assertThatThrownBy(() -> PlacementCodec.request(Bytes.of(new byte[] {2, 1})))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("has version 2, known here is 1");
    }

    @Test
    void definitionsKeepWhatTheyAreGiven() {
        TreeMap<String, String> fronts = new TreeMap<>();
        fronts.put("sqs", "h2:9324");
        Node node = Node.joining(MEMBER, "r1", fronts, 2);
        assertThat(node.define().attributes())
                .containsEntry("host", "h2")
                .containsEntry("port", "7100")
                .containsEntry("rack", "r1")
                .containsEntry("state", "active")
                .containsEntry("sqs", "h2:9324");
        Definition defined = new Definition(Node.KIND, "2", node.define().attributes(), 5, 6, 7, 8);
        assertThat(Node.of(defined).in(NodeState.DRAINING).define().revision()).isEqualTo(8);
        assertThat(Node.of(defined).fronts()).isEqualTo(fronts);

        ShardPlacement placement = new ShardPlacement(3, List.of(4, 2, 1), 2, true, "because", Definition.NEW);
        assertThat(placement.define().attributes())
                .containsEntry("replicas", "1,2,4")
                .containsEntry("leader", "2");
        Definition placed =
                new Definition(ShardPlacement.KIND, "3", placement.define().attributes(), 5, 6, 7, 7);
        assertThat(ShardPlacement.of(placed)).isEqualTo(new ShardPlacement(3, List.of(1, 2, 4), 2, true, "because", 7));
        assertThatThrownBy(() -> new ShardPlacement(3, List.of(1, 2), 3, false, "", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoMayJoinIsSaidWithTheReason() {
        List<Node> nodes = Stream.iterate(1, n -> n + 1)
                .limit(PlacementLimits.NODES_MAX)
                .map(n -> Node.joining(new Member(n, "h", 1), "", new TreeMap<>(), 1))
                .toList();
        assertThat(Joining.refusal(nodes, new Member(2, "h", 1))).isEmpty();
        assertThat(Joining.refusal(nodes, new Member(40, "h", 1)))
                .hasValueSatisfying(why -> assertThat(why).contains("has 32 nodes, allowed is 32"));
        List<Node> less = List.of(nodes.get(0), nodes.get(1).in(NodeState.REMOVED));
        assertThat(Joining.refusal(less, new Member(8, "h", 1))).isEmpty();
        assertThat(Joining.refusal(less, new Member(2, "h", 1)))
                .hasValueSatisfying(why -> assertThat(why).contains("node 2 was removed from this cluster"));
    }
}
