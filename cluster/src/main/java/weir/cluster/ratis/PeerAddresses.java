package weir.cluster.ratis;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.protocol.RaftPeer;
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
 * <p>What was {@linkplain #know told} goes first; else the newest configuration that was applied. Safe for use by many
 * threads, and quick: it is called on the applying thread.
 */
final class PeerAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(PeerAddresses.class);

    private final int self;
    private final Map<Integer, Member> told = new HashMap<>();
    private @Nullable RaftServer server;

    PeerAddresses(int self) {
        this.self = self;
    }

    /** From now on there is somebody to be told; called before any group is opened. */
    synchronized void attach(RaftServer started) {
        server = started;
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

    /** Where that member is, by the newest word. */
    synchronized Member where(Member member) {
        return told.getOrDefault(member.node(), member);
    }

    private void use(Member member) {
        var running = server;
        if (running != null
                && member.node() != self
                && member.port() != 0
                && running.getServerRpc() instanceof GrpcServicesImpl rpc) {
            try {
                replace(rpc.getProxies(), member);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this version of Ratis keeps its connections elsewhere", e);
            }
        }
    }

    /**
     * Ratis 3.3.0 offers no way to do this; so its map is changed behind its back, under its lock. Should another version
     * differ, this fails loudly and a test with it.
     */
    private static void replace(PeerProxyMap<?> proxies, Member member) throws ReflectiveOperationException {
        RaftPeer peer = Peers.peerOf(member, 0);
        var peers = (Map<?, ?>) value(PeerProxyMap.class, "peers", proxies);
        Object before;
        synchronized (value(PeerProxyMap.class, "resetLock", proxies)) {
            before = peers.get(peer.getId());
            if (before != null && member.equals(Peers.memberOf((RaftPeer) value(before.getClass(), "peer", before)))) {
                return;
            }
            peers.remove(peer.getId());
            proxies.addRaftPeers(List.of(peer));
        }
        LOG.info("{} is called there from now on", member);
        if (before != null && field(before.getClass(), "proxy").get(before) instanceof Closeable connection) {
            Thread.ofVirtual().name("connection-end").start(() -> end(connection)); // It waits for seconds.
        }
    }

    private static void end(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("a connection to where a node was has not ended well", e);
        }
    }

    private static Object value(Class<?> owner, String name, Object of) throws ReflectiveOperationException {
        Object value = field(owner, name).get(of);
        if (value == null) {
            throw new NoSuchFieldException(name);
        }
        return value;
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
