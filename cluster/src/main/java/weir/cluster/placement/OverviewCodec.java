package weir.cluster.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterOverview.GroupView;
import weir.core.cluster.ClusterOverview.NodeView;
import weir.core.cluster.ClusterOverview.ReplicaView;
import weir.core.cluster.ClusterRefusal;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** The binary form of what the node that leads the catalog answers another one for its operator. */
final class OverviewCodec {
    private static final int DONE = 1;
    private static final int REFUSED = 2;

    private OverviewCodec() {}

    static Bytes encode(ClusterOverview overview) {
        Writer out = PlacementCodec.versioned(2_048).varint(overview.seenBy());
        PlacementCodec.optional(out, overview.catalogLeader());
        out.varint(overview.replicasWanted()).varint(overview.replaceAfter().toMillis());
        PlacementCodec.list(out, overview.nodes(), OverviewCodec::node);
        PlacementCodec.list(out, overview.groups(), OverviewCodec::group);
        PlacementCodec.list(out, overview.troubles(), Writer::text);
        PlacementCodec.list(out, overview.groups(), (to, group) -> to.i64(group.bytesPerSecond())
                .i64(group.commandsPerSecond()));
        return out.bytes();
    }

    static ClusterOverview overview(Bytes bytes) {
        return PlacementCodec.decode("view of a cluster", bytes, in -> {
            ClusterOverview overview = new ClusterOverview(
                    number(in),
                    PlacementCodec.optional(in),
                    number(in),
                    Duration.ofMillis(in.varint()),
                    PlacementCodec.list(in, OverviewCodec::node),
                    PlacementCodec.list(in, OverviewCodec::group),
                    PlacementCodec.list(in, Reader::text));
            return in.hasMore() ? withRates(overview, PlacementCodec.list(in, OverviewCodec::rates)) : overview;
        });
    }

    /** They stand behind all the rest: they are not in the first form of this. */
    private record Rates(long bytesPerSecond, long commandsPerSecond) {}

    private static Rates rates(Reader in) {
        return new Rates(in.i64(), in.i64());
    }

    private static ClusterOverview withRates(ClusterOverview overview, List<Rates> rates) {
        List<GroupView> groups = new ArrayList<>();
        for (int i = 0; i < Math.min(rates.size(), overview.groups().size()); i++) {
            GroupView group = overview.groups().get(i);
            groups.add(new GroupView(
                    group.name(),
                    group.leader(),
                    group.preferred(),
                    group.replicas(),
                    rates.get(i).bytesPerSecond(),
                    rates.get(i).commandsPerSecond(),
                    group.why(),
                    group.trouble()));
        }
        return new ClusterOverview(
                overview.seenBy(),
                overview.catalogLeader(),
                overview.replicasWanted(),
                overview.replaceAfter(),
                overview.nodes(),
                groups,
                overview.troubles());
    }

    private static void node(Writer out, NodeView node) {
        out.varint(node.number())
                .text(node.address())
                .text(node.rack())
                .text(node.state())
                .bool(node.alive())
                .varint(node.forMillis())
                .varint(node.joinedAtMillis())
                .varint(node.leaders())
                .varint(node.replicas())
                .varint(node.bytes());
    }

    private static NodeView node(Reader in) {
        return new NodeView(
                number(in),
                in.text(),
                in.text(),
                in.text(),
                in.bool(),
                in.varint(),
                in.varint(),
                number(in),
                number(in),
                in.varint());
    }

    private static void group(Writer out, GroupView group) {
        out.text(group.name());
        PlacementCodec.optional(out, group.leader());
        PlacementCodec.optional(out, group.preferred());
        PlacementCodec.list(out, group.replicas(), (to, replica) -> to.varint(replica.node())
                .text(replica.role())
                .varint(replica.lag())
                .varint(replica.bytes())
                .optionalText(replica.trouble()));
        out.text(group.why()).optionalText(group.trouble());
    }

    private static GroupView group(Reader in) {
        return new GroupView(
                in.text(),
                PlacementCodec.optional(in),
                PlacementCodec.optional(in),
                PlacementCodec.list(
                        in,
                        from -> new ReplicaView(
                                number(from), from.text(), from.varint(), from.varint(), from.optionalText())),
                ClusterOverview.UNKNOWN,
                ClusterOverview.UNKNOWN,
                in.text(),
                in.optionalText());
    }

    static Bytes encode(ClusterAnswer answer) {
        Writer out = PlacementCodec.versioned(256);
        switch (answer) {
            case ClusterAnswer.Done(List<String> lines) -> PlacementCodec.list(out.u8(DONE), lines, Writer::text);
            case ClusterAnswer.Refused(ClusterRefusal reason, String text) ->
                out.u8(REFUSED).constant(reason).text(text);
        }
        return out.bytes();
    }

    static ClusterAnswer answer(Bytes bytes) {
        return PlacementCodec.decode("answer to an operator", bytes, in -> {
            int tag = in.u8();
            return switch (tag) {
                case DONE -> new ClusterAnswer.Done(PlacementCodec.list(in, Reader::text));
                case REFUSED -> new ClusterAnswer.Refused(in.constant(ClusterRefusal.values()), in.text());
                default -> throw PlacementCodec.unknown("answer", tag);
            };
        });
    }

    private static int number(Reader in) {
        return in.count(Integer.MAX_VALUE);
    }
}
