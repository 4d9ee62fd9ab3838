package weir.cluster.ratis;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.replication.ReplicationEngine;

/**
 * The engine: one Ratis server with a group for each log. Every group has this node as its only peer; without a cluster
 * address there is no network code in the process at all.
 */
public final class RatisEngine implements ReplicationEngine {
    /** "weir", so that a directory found on a disk says whose it is. */
    private static final long GROUP_ID_HIGH = 0x7765_6972_0000_0000L;

    private final Path directory;
    private final RaftPeerId node;
    private final Optional<InetSocketAddress> clusterAddress;
    private final FailureListener failures;
    private final RaftProperties properties;
    private final Map<RaftGroupId, LogStateMachine> machines = new LinkedHashMap<>();
    private @Nullable RaftServer server;
    private boolean closed;

    /**
     * @param directory holds the logs and nothing else; made if absent. One process at a time
     * @param node this node's name in the groups; must stay the same for the life of the directory
     * @param clusterAddress where other nodes reach this one; none for a node that is alone
     */
    public RatisEngine(
            Path directory, String node, Optional<InetSocketAddress> clusterAddress, FailureListener failures) {
        this(directory, node, clusterAddress, failures, RatisSettings.properties(directory, clusterAddress));
    }

    RatisEngine(
            Path directory,
            String node,
            Optional<InetSocketAddress> clusterAddress,
            FailureListener failures,
            RaftProperties properties) {
        this.directory = directory;
        this.node = RaftPeerId.valueOf(node);
        this.clusterAddress = clusterAddress;
        this.failures = failures;
        this.properties = properties;
        // Ratis registers every group with JMX and cannot be told not to. Loading that costs a tenth of a second, and
        // may as
        // well happen while the replicas are being restored.
        Thread.ofPlatform().daemon().name("jmx").start(ManagementFactory::getPlatformMBeanServer);
    }

    @Override
    public synchronized ReplicatedLog open(GroupId group, Replica replica, List<Member> founders) {
        if (server != null || closed) {
            throw new IllegalStateException("groups are opened before the engine is started");
        }
        var machine = new LogStateMachine(group, replica, failures);
        if (machines.putIfAbsent(idOf(group), machine) != null) {
            throw new IllegalStateException(group + " is open already");
        }
        return new RatisLog(machine);
    }

    @Override
    public void drop(GroupId group) throws IOException {
        throw new IOException(group + " is on a node that is alone");
    }

    @Override
    public synchronized void start() throws IOException {
        if (server != null || closed) {
            throw new IllegalStateException("an engine is started once");
        }
        Files.createDirectories(directory);
        for (var entry : machines.entrySet()) {
            var files =
                    new LogFiles(entry.getValue().group(), node, directoryOf(entry.getKey()), clusterAddress.isEmpty());
            files.prepare(entry.getValue().checkpointIndex());
        }
        try {
            // This opens every group on the disk; the others are new and follow.
            var starting = RaftServer.newBuilder()
                    .setServerId(node)
                    .setProperties(properties)
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .setStateMachineRegistry(this::machineOf)
                    .build();
            server = starting;
            starting.start();
            for (var id : machines.keySet()) {
                if (!Files.exists(directoryOf(id))) {
                    add(starting, id);
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw new IOException("the replicated logs in " + directory + " cannot be opened: " + rootOf(e), e);
        }
    }

    private LogStateMachine machineOf(RaftGroupId id) {
        var machine = machines.get(id);
        if (machine == null) {
            throw new IllegalStateException(
                    "the directory " + directoryOf(id)
                            + " holds a log of this node that its configuration does not know; was the number of shards changed?");
        }
        return machine;
    }

    private void add(RaftServer starting, RaftGroupId id) throws IOException {
        var peer = RaftPeer.newBuilder().setId(node);
        clusterAddress.ifPresent(peer::setAddress);
        var request =
                GroupManagementRequest.newAdd(ClientId.randomId(), node, 0, RaftGroup.valueOf(id, peer.build()), false);
        var reply = starting.groupManagement(request);
        if (!reply.isSuccess()) {
            throw new IOException("a new log was refused", reply.getException());
        }
    }

    /** What went wrong is often several wrappers deep, and the outer ones name Ratis's classes. */
    private static String rootOf(Throwable e) {
        var root = e;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        machines.values().forEach(LogStateMachine::stopping);
        var running = server;
        if (running != null) {
            try {
                running.close();
            } catch (IOException | CompletionException e) {
                throw new IllegalStateException("the logs in " + directory + " were not closed", e);
            }
        }
        machines.values().forEach(machine -> machine.stopped(null));
    }

    private Path directoryOf(RaftGroupId id) {
        return directory.resolve(id.getUuid().toString());
    }

    static RaftGroupId idOf(GroupId group) {
        return RaftGroupId.valueOf(new UUID(GROUP_ID_HIGH, group.number()));
    }
}
