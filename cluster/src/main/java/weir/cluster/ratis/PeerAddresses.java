package weir.cluster.ratis;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.PeerProxyMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.Member;

/**
 * Where Ratis calls the other nodes. By itself it sticks to the first address that it ever sees with a node's name, in any log,
 * until the process ends: a node that moves is lost to the others, and so is one that was alone at first and had no address.
 *
 * <p>What was {@linkplain #know told} goes first; else the newest configuration that was applied. Safe for use by many threads.
 */
final class PeerAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(PeerAddresses.class);

    private final int self;
    private final Map<Integer, Member> told = new HashMap<>();
    private final Map<Integer, Member> used = new HashMap<>();
    private @Nullable RaftServer server;

    PeerAddresses(int self) {
        this.self = self;
    }

    /** From now on there is somebody to be told; called before any group is opened. */
    synchronized void attach(RaftServer started) {
        server = started;
        used.clear();
        told.values().forEach(this::use);
    }

    synchronized void know(Member member) {
        told.put(member.node(), member);
        use(member);
    }

    synchronized void seen(Collection<Member> members) {
        for (var member : members) {
            use(told.getOrDefault(member.node(), member));
        }
    }

    private void use(Member member) {
        var running = server;
        if (running == null || member.node() == self || member.port() == 0 || member.equals(used.get(member.node()))) {
            return;
        }
        used.put(member.node(), member);
        if (running.getServerRpc() instanceof GrpcServicesImpl rpc) {
            replace(rpc.getProxies(), Peers.peerOf(member, 0));
            LOG.debug("{} is called from now on", member);
        }
    }

    /**
     * Ratis 3.3.0 offers no way to do this; so its map is changed behind its back, under its lock. Should another version
     * differ, this fails loudly and a test with it.
     */
    private static void replace(PeerProxyMap<?> proxies, RaftPeer peer) {
        try {
            Object lock = field("resetLock").get(proxies);
            var peers = (Map<?, ?>) field("peers").get(proxies);
            if (lock == null || peers == null) {
                throw new NoSuchFieldException("peers");
            }
            RaftPeerId id = peer.getId();
            proxies.resetProxy(id); // Ends the connection to where it was.
            synchronized (lock) {
                peers.remove(id);
                proxies.addRaftPeers(List.of(peer));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Ratis keeps its connections elsewhere", e);
        }
    }

    private static Field field(String name) throws NoSuchFieldException {
        Field field = PeerProxyMap.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
