package weir.cluster.ratis;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Member;

/** Members as Ratis knows them: "node-7" at "host:port". The names stand in every log, so they are never made otherwise. */
final class Peers {
    private static final String PREFIX = "node-";

    private Peers() {}

    static RaftPeerId idOf(int node) {
        return RaftPeerId.valueOf(PREFIX + node);
    }

    /** @return empty if nobody is meant, or somebody whom we did not name */
    static OptionalInt nodeOf(@Nullable RaftPeerId id) {
        if (id == null || !id.toString().startsWith(PREFIX)) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(id.toString().substring(PREFIX.length())));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    /** A node that is alone has no address: Ratis takes that for what it is. */
    static RaftPeer peerOf(Member member, int priority) {
        var peer = RaftPeer.newBuilder().setId(idOf(member.node())).setPriority(priority);
        if (!member.votes()) {
            peer.setStartupRole(RaftPeerRole.LISTENER);
        }
        if (member.port() != 0) {
            peer.setAddress(addressOf(member));
        }
        return peer.build();
    }

    static String addressOf(Member member) {
        return member.host().contains(":")
                ? "[" + member.host() + "]:" + member.port() // An IPv6 address.
                : member.host() + ":" + member.port();
    }

    static Member memberOf(RaftPeer peer) {
        return memberOf(peer.getId(), peer.getAddress());
    }

    static Member memberOf(RaftPeerId id, @Nullable String address) {
        int node = nodeOf(id).orElseThrow(() -> new IllegalStateException("a member has a foreign name: " + id));
        int colon = address == null ? -1 : address.lastIndexOf(':');
        if (address == null || colon < 0) {
            return new Member(node, "", 0);
        }
        String host = address.substring(0, colon);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Member(node, bare, Integer.parseInt(address.substring(colon + 1)));
    }

    /** By the newest configuration alone, also while it replaces another. */
    static List<Member> membersOf(RaftConfiguration configuration) {
        Stream<Member> voters =
                configuration.getCurrentPeers(RaftPeerRole.FOLLOWER).stream().map(Peers::memberOf);
        Stream<Member> listeners = configuration.getCurrentPeers(RaftPeerRole.LISTENER).stream()
                .map(peer -> memberOf(peer).voting(false));
        return Stream.concat(voters, listeners)
                .sorted(Comparator.comparingInt(Member::node))
                .toList();
    }
}
