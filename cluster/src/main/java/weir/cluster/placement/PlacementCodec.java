package weir.cluster.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Function;
import weir.cluster.placement.PlacementRequest.ChangeMembers;
import weir.cluster.placement.PlacementRequest.Drop;
import weir.cluster.placement.PlacementRequest.Loads;
import weir.cluster.placement.PlacementRequest.Manage;
import weir.cluster.placement.PlacementRequest.Open;
import weir.cluster.placement.PlacementRequest.Overview;
import weir.cluster.placement.PlacementRequest.Report;
import weir.cluster.placement.PlacementRequest.TransferLeadership;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.core.Bytes;
import weir.core.cluster.ClusterAction;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * The binary form of requests and reports between nodes: a version, a tag for each case, the fields in order. Nodes of two
 * releases talk to each other while a cluster is upgraded, so a form is never changed; a new one has another version or tag.
 */
final class PlacementCodec {
    private static final int VERSION = 1;
    /** Of the report of a node whose disk is nearly full; of others it is the first. */
    private static final int VERSION_SHORT_OF_ROOM = 2;

    private static final int REPORT = 1;
    private static final int OPEN = 2;
    private static final int DROP = 3;
    private static final int CHANGE_MEMBERS = 4;
    private static final int TRANSFER_LEADERSHIP = 5;
    private static final int OVERVIEW = 6;
    private static final int MANAGE = 7;
    private static final int LOADS = 8;

    /** Added to the port of a member without a vote: there was none when this form was made. */
    private static final int WITHOUT_VOTE = 65_536;

    private static final int DRAIN = 1;
    private static final int UNDRAIN = 2;
    private static final int REMOVE = 3;
    private static final int REBALANCE = 4;
    private static final int TRANSFER = 5;

    private PlacementCodec() {}

    // ---- Requests

    static Bytes encode(PlacementRequest request) {
        Writer out = new Writer(64).u8(VERSION);
        switch (request) {
            case Report() -> out.u8(REPORT);
            case Loads() -> out.u8(LOADS);
            case Open(GroupId group, long revision) ->
                out.u8(OPEN).varint(group.number()).varint(revision);
            case Drop(GroupId group, long stamp) ->
                out.u8(DROP).varint(group.number()).varint(stamp);
            case ChangeMembers(GroupId group, long stamp, List<Member> members, int preferred) -> {
                out.u8(CHANGE_MEMBERS).varint(group.number()).varint(stamp);
                list(out, members, PlacementCodec::member);
                out.varint(preferred);
            }
            case TransferLeadership(GroupId group, long stamp, int node) ->
                out.u8(TRANSFER_LEADERSHIP).varint(group.number()).varint(stamp).varint(node);
            case Overview() -> out.u8(OVERVIEW);
            case Manage(ClusterAction action) -> action(out.u8(MANAGE), action);
        }
        return out.bytes();
    }

    static PlacementRequest request(Bytes bytes) {
        return decode("request about replicas", bytes, in -> {
            int tag = in.u8();
            return switch (tag) {
                case REPORT -> new Report();
                case LOADS -> new Loads();
                case OPEN -> new Open(group(in), in.varint());
                case DROP -> new Drop(group(in), in.varint());
                case CHANGE_MEMBERS ->
                    new ChangeMembers(group(in), in.varint(), list(in, PlacementCodec::member), node(in));
                case TRANSFER_LEADERSHIP -> new TransferLeadership(group(in), in.varint(), node(in));
                case OVERVIEW -> new Overview();
                case MANAGE -> new Manage(action(in));
                default -> throw unknown("request about replicas", tag);
            };
        });
    }

    private static void action(Writer out, ClusterAction action) {
        switch (action) {
            case ClusterAction.Drain(int node) -> out.u8(DRAIN).varint(node);
            case ClusterAction.Undrain(int node) -> out.u8(UNDRAIN).varint(node);
            case ClusterAction.Remove(int node, boolean force) ->
                out.u8(REMOVE).varint(node).bool(force);
            case ClusterAction.Rebalance(boolean dryRun) -> out.u8(REBALANCE).bool(dryRun);
            case ClusterAction.Transfer(int shard, int node) ->
                out.u8(TRANSFER).varint(shard).varint(node);
        }
    }

    private static ClusterAction action(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case DRAIN -> new ClusterAction.Drain(node(in));
            case UNDRAIN -> new ClusterAction.Undrain(node(in));
            case REMOVE -> new ClusterAction.Remove(node(in), in.bool());
            case REBALANCE -> new ClusterAction.Rebalance(in.bool());
            case TRANSFER -> new ClusterAction.Transfer(in.count(Integer.MAX_VALUE), node(in));
            default -> throw unknown("action", tag);
        };
    }

    // ---- Reports

    static Bytes encode(NodeReport report) {
        Writer out = new Writer(1_024)
                .u8(report.shortOfRoom() ? VERSION_SHORT_OF_ROOM : VERSION)
                .varint(report.node());
        list(out, report.replicas(), PlacementCodec::replica);
        return out.bytes();
    }

    static NodeReport report(Bytes bytes) {
        boolean shortOfRoom = new Reader(bytes).u8() == VERSION_SHORT_OF_ROOM;
        return decode(
                "report of a node",
                shortOfRoom ? VERSION_SHORT_OF_ROOM : VERSION,
                bytes,
                in -> new NodeReport(node(in), shortOfRoom, list(in, PlacementCodec::replica)));
    }

    private static void replica(Writer out, ReplicaReport report) {
        ReplicaState state = report.state();
        out.varint(state.group().number()).bool(state.leads());
        optional(out, state.leader());
        out.varint(state.term()).varint(state.committed()).varint(state.applied());
        out.varint(state.checkpoint()).varint(state.bytes());
        list(out, state.members(), PlacementCodec::member);
        list(out, state.progress(), (to, progress) -> to.varint(progress.node())
                .varint(progress.matchIndex())
                .varint(progress.sinceHeardMillis()));
        out.optionalText(state.damage()).bool(report.changing()).optionalText(report.trouble());
        out.varint(report.stamp()).varint(report.openedFor());
    }

    private static ReplicaReport replica(Reader in) {
        ReplicaState state = new ReplicaState(
                group(in),
                in.bool(),
                optional(in),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                list(in, PlacementCodec::member),
                list(in, from -> new Progress(node(from), from.varint(), from.varint())),
                in.optionalText());
        return new ReplicaReport(state, in.bool(), in.optionalText(), in.varint(), in.varint());
    }

    static Bytes encodeLoads(List<ShardLoad> loads) {
        Writer out = versioned(256);
        list(out, loads, PlacementCodec::load);
        return out.bytes();
    }

    static List<ShardLoad> loads(Bytes bytes) {
        return decode("report of loads", bytes, in -> list(in, PlacementCodec::load));
    }

    private static void load(Writer out, ShardLoad load) {
        out.varint(load.group().number())
                .varint(load.bytesPerSecond())
                .varint(load.commandsPerSecond())
                .varint(load.steady());
    }

    private static ShardLoad load(Reader in) {
        return new ShardLoad(group(in), in.varint(), in.varint(), in.varint());
    }

    // ---- What both are made of

    private static void member(Writer out, Member member) {
        out.varint(member.node()).text(member.host()).varint(member.port() + (member.votes() ? 0 : WITHOUT_VOTE));
    }

    private static Member member(Reader in) {
        int node = node(in);
        String host = in.text();
        int port = in.count(2 * WITHOUT_VOTE - 1);
        return new Member(node, host, port % WITHOUT_VOTE, port < WITHOUT_VOTE);
    }

    private static GroupId group(Reader in) {
        return new GroupId(in.count(GroupId.NUMBER_MAX));
    }

    private static int node(Reader in) {
        return in.count(Member.NODE_MAX);
    }

    /** 0 for none: nodes are numbered from 1. */
    static void optional(Writer out, OptionalInt node) {
        out.varint(node.orElse(0));
    }

    static OptionalInt optional(Reader in) {
        int node = node(in);
        return node == 0 ? OptionalInt.empty() : OptionalInt.of(node);
    }

    static <T> void list(Writer out, List<T> elements, BiConsumer<Writer, T> form) {
        out.varint(elements.size());
        for (T element : elements) {
            form.accept(out, element);
        }
    }

    /** No element takes less than a byte, so a garbled count cannot ask for more than what came. */
    static <T> List<T> list(Reader in, Function<Reader, T> form) {
        int count = in.count(in.remaining());
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(form.apply(in));
        }
        return elements;
    }

    static <T> T decode(String what, Bytes bytes, Function<Reader, T> form) {
        return decode(what, VERSION, bytes, form);
    }

    private static <T> T decode(String what, int known, Bytes bytes, Function<Reader, T> form) {
        Reader in = new Reader(bytes);
        int version = in.u8();
        if (version != known) {
            throw new CorruptDataException("a " + what + " has version " + version + ", known here is " + known
                    + "; the nodes are of releases that are too far apart");
        }
        T value;
        try {
            value = form.apply(in);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException("the bytes cannot be a " + what + ": " + e.getMessage(), e);
        }
        if (in.hasMore()) {
            throw new CorruptDataException(in.remaining() + " bytes follow the end of a " + what);
        }
        return value;
    }

    static Writer versioned(int capacity) {
        return new Writer(capacity).u8(VERSION);
    }

    static CorruptDataException unknown(String what, int tag) {
        return new CorruptDataException("the kind " + tag + " of " + what + " is not known here");
    }
}
