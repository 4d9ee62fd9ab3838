package weir.cluster.ratis;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The transport of a node that is alone: there is nobody to call. gRPC and Netty would cost a single node hundreds of
 * classes, a port and a dozen threads for nothing.
 *
 * <p>Ratis makes an instance by the class name in its settings.
 */
final class LocalRpc implements RpcType {
    @Override
    public String name() {
        return "LOCAL";
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this);
    }

    private record Factory(RpcType type) implements ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new Nobody(type);
        }
    }

    private record Nobody(RpcType type) implements RaftServerRpc {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public void start() {}

        @Override
        public void close() {}

        /** Ratis takes null for "no address"; it stands so in the configuration of the group. */
        @Override
        @SuppressWarnings("NullAway") // Ratis is not annotated, and asks for an address even where there is none.
        public @Nullable InetSocketAddress getInetSocketAddress() {
            return null;
        }

        @Override
        public void addRaftPeers(Collection<RaftPeer> peers) {
            if (!peers.isEmpty() && peers.size() > 1) {
                throw alone();
            }
        }

        @Override
        public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {}

        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) {
            throw alone();
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
            throw alone();
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
            throw alone();
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request) {
            throw alone();
        }

        private static IllegalStateException alone() {
            return new IllegalStateException(
                    "a group has several peers, but this node has no cluster address to reach them from");
        }
    }
}
