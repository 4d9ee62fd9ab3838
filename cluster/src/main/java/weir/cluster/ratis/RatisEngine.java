package weir.cluster.ratis;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import weir.cluster.peer.PeerCalls;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.replication.ReplicationEngine;
import weir.net.tls.Certificates;

/**
 * The engine: one Ratis server with a group for each log.
 *
 * <p>Without a {@link ClusterTransport} every group has this node as its only member, and there is no network code in the
 * process at all. With one, the listener is up from {@link #start} on, so that nodes can talk before there is any group.
 */
public final class RatisEngine implements ReplicationEngine {
    /**
     * The cluster of a node that does not know of one: "weir", so that a directory found on a disk says whose it is. Its logs
     * are taken along when it learns the cluster's identity.
     */
    private static final UUID NO_CLUSTER = new UUID(0x7765_6972_0000_0000L, 0);

    private final Path directory;
    private final Member self;
    private final Optional<ClusterTransport> transport;
    private final FailureListener failures;
    private final RaftProperties properties;
    private final Parameters parameters = new Parameters();
    private final PeerClient calls;
    private final PeerAddresses addresses;
    private final LeaderWatch watch;
    /** Read by Ratis's threads while a group is being opened. */
    private final Map<RaftGroupId, LogStateMachine> machines = new ConcurrentHashMap<>();

    /** Groups whose start is complete; before that they must not be told to catch up. */
    private final Set<RaftGroupId> opened = ConcurrentHashMap.newKeySet();

    private final Thread notes = Thread.ofVirtual().name("weir-log-notes").unstarted(this::takeNotes);

    private UUID cluster = NO_CLUSTER;
    private @Nullable RaftServer server;
    private boolean closed;

    /**
     * @param directory holds the logs and nothing else; made if absent. One process at a time
     * @param self this node; its number must stay the same for the life of the directory, its address need not
     * @param transport how other nodes reach this one; none for a node that is alone
     * @throws IOException if the certificates cannot be read
     */
    public RatisEngine(Path directory, Member self, Optional<ClusterTransport> transport, FailureListener failures)
            throws IOException {
        this(directory, self, transport, failures, RatisSettings.properties(directory, transport));
    }

    RatisEngine(
            Path directory,
            Member self,
            Optional<ClusterTransport> transport,
            FailureListener failures,
            RaftProperties properties)
            throws IOException {
        this.directory = directory;
        this.self = self;
        this.transport = transport;
        this.failures = failures;
        this.properties = properties;
        this.addresses = new PeerAddresses(self.node());
        this.watch = new LeaderWatch(self.node(), addresses);
        Optional<Certificates> certificates = Optional.empty();
        if (transport.isPresent()) {
            var listener = new PeerListener(transport.get().service(), opened::contains, watch);
            GrpcConfigKeys.Server.setServicesCustomizer(parameters, listener);
            if (transport.get().tls().isPresent()) {
                var read = new Certificates(transport.get().tls().get().files());
                certificates = Optional.of(read);
                GrpcConfigKeys.Server.setTlsConf(parameters, tls(read));
            }
        }
        this.calls = new PeerClient(certificates);
        // Ratis registers every group with JMX and cannot be told not to. Loading that costs a tenth of a second, and
        // may as
        // well happen while the replicas are being restored.
        Thread.ofPlatform().daemon().name("jmx").start(ManagementFactory::getPlatformMBeanServer);
    }

    private static GrpcTlsConfig tls(Certificates certificates) {
        return GrpcTlsConfig.newBuilder()
                .setMutualTls(true)
                .setKeyManager(certificates.keys())
                .setTrustManager(certificates.trust())
                // The other choice is a native library, which does not ask a key manager again at each handshake.
                .setSslProvider(SslProvider.JDK)
                .build();
    }

    /** The way to other nodes; usable before the start, and until the engine is closed. */
    public PeerCalls peers() {
        return calls;
    }

    /**
     * Says where a node is, whatever the members of the groups say, which may be older. At any time, also before the start; the
     * last word counts.
     */
    public void know(Member member) {
        addresses.know(member);
    }

    /**
     * Says which cluster this node belongs to, before any group is opened. It becomes a part of every group's identity, so
     * that a node of another cluster that has our address by mistake can neither lead nor follow our logs. Logs that this
     * node wrote while it knew of no cluster are taken along.
     */
    public synchronized void belongsTo(UUID identity) throws IOException {
        if (!machines.isEmpty()) {
            throw new IllegalStateException("a cluster is named before its groups are opened");
        }
        cluster = identity;
        if (Files.exists(directory)) {
            try (var files = Files.list(directory)) {
                for (var file : (Iterable<Path>) files::iterator) {
                    var number = numberWithoutCluster(file.getFileName().toString());
                    if (number.isPresent()) {
                        Files.move(file, directoryOf(idOf(new GroupId(number.getAsInt()))));
                    }
                }
            }
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static OptionalInt numberWithoutCluster(String name) {
        String example = directoryWithoutCluster(GroupId.CATALOG);
        int digits = example.length() - 4;
        return name.length() == example.length() && name.startsWith(example.substring(0, digits))
                ? OptionalInt.of(Integer.parseInt(name.substring(digits), 16))
                : OptionalInt.empty();
    }

    @Override
    public synchronized ReplicatedLog open(GroupId group, Replica replica, List<Member> founders) throws IOException {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        var machine = new LogStateMachine(group, replica, failures, founders, addresses, files(group));
        var id = idOf(group);
        if (machines.putIfAbsent(id, machine) != null) {
            throw new IllegalStateException(group + " is open already");
        }
        boolean opened = false;
        try {
            var log = new RatisLog(machine, self);
            replica.opened(log);
            var running = server;
            if (running != null) {
                open(running, machine);
            }
            opened = true;
            return log;
        } finally {
            if (!opened) {
                machine.stopping();
                machines.remove(id);
            }
        }
    }

    private void open(RaftServer running, LogStateMachine machine) throws IOException {
        try {
            files(machine.group()).prepare(machine.checkpointIndex());
            add(running, machine);
        } catch (IOException | RuntimeException e) {
            throw cannotOpen(e);
        }
    }

    @Override
    public synchronized void drop(GroupId group) throws IOException {
        LogFiles.delete(leave(group));
    }

    @Override
    public synchronized boolean hasLog(GroupId group) {
        return Files.exists(directoryOf(idOf(group)));
    }

    @Override
    public synchronized List<Integer> membersOnDisk(GroupId group) {
        return files(group).members();
    }

    @Override
    public synchronized Path leave(GroupId group) throws IOException {
        if (transport.isEmpty()) {
            throw new IOException(group + " is on a node that is alone");
        }
        var id = idOf(group);
        var machine = machines.get(id);
        var running = server;
        opened.remove(id);
        if (machine != null) {
            machine.stopping();
            if (running != null) {
                remove(running, group);
            }
            machine.stopped(null);
            machines.remove(id);
        }
        return directoryOf(id);
    }

    /** A group that Ratis does not know was removed before, by an attempt that failed after that. */
    private void remove(RaftServer running, GroupId group) throws IOException {
        @Nullable Exception failure;
        try {
            failure = running.groupManagement(GroupManagementRequest.newRemove(
                            ClientId.randomId(), peerId(), 0, idOf(group), false, false))
                    .getException();
        } catch (IOException e) {
            failure = e;
        }
        if (failure != null && !(failure instanceof GroupMismatchException)) {
            throw new IOException(group + " cannot be left", failure);
        }
    }

    @Override
    public synchronized void start() throws IOException {
        if (server != null || closed) {
            throw new IllegalStateException("an engine is started once");
        }
        // Else Ratis ends the process if its port is taken.
        ExitUtils.disableSystemExit();
        Files.createDirectories(directory);
        for (var machine : machines.values()) {
            files(machine.group()).prepare(machine.checkpointIndex());
        }
        try {
            if (transport.isPresent()) {
                startWithOthers();
            } else {
                startAlone();
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw cannotOpen(e);
        }
    }

    /** Ratis opens all groups that it finds on the disk, several at a time; the others are new and follow. */
    private void startAlone() throws IOException {
        var starting = build();
        starting.start();
        for (var machine : inOrder()) {
            if (!Files.exists(directoryOf(idOf(machine.group())))) {
                add(starting, machine);
            }
        }
    }

    /** Which groups there are is not known yet, so Ratis is built without a directory to find any in. */
    private void startWithOthers() throws IOException {
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve("none").toFile()));
        var starting = build();
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        addresses.attach(starting);
        try {
            starting.start();
        } catch (ExitUtils.ExitException e) {
            var bind = transport.orElseThrow().bind();
            var taken = new BindException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + ": " + rootOf(e));
            taken.initCause(e);
            throw taken;
        }
        for (var machine : inOrder()) {
            add(starting, machine);
        }
        notes.start();
        watch.start(starting);
    }

    /** What was lost of a log is found by them at the next start; see {@link LogFiles#passed}. */
    private void takeNotes() {
        try {
            while (true) {
                Thread.sleep(RatisSettings.NOTES_APART);
                machines.forEach((id, machine) -> {
                    if (opened.contains(id)) {
                        machine.noteHowFar();
                    }
                });
            }
        } catch (InterruptedException _) {
            // The engine is being closed.
        }
    }

    private RaftServer build() throws IOException {
        var starting = RaftServer.newBuilder()
                .setServerId(peerId())
                .setProperties(properties)
                .setParameters(parameters)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachineRegistry(this::machineOf)
                .build();
        server = starting;
        return starting;
    }

    private List<LogStateMachine> inOrder() {
        return machines.values().stream()
                .sorted(Comparator.comparingInt(machine -> machine.group().number()))
                .toList();
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

    /** What a log on the disk says of the members goes before the founders. */
    private void add(RaftServer running, LogStateMachine machine) throws IOException {
        var peers = machine.founders().stream()
                .map(founder -> Peers.peerOf(founder, 0))
                .toList();
        var request = GroupManagementRequest.newAdd(
                ClientId.randomId(), peerId(), 0, RaftGroup.valueOf(idOf(machine.group()), peers), false);
        var reply = running.groupManagement(request);
        if (!reply.isSuccess()) {
            throw new IOException("a log was refused", reply.getException());
        }
        opened.add(idOf(machine.group()));
    }

    private IOException cannotOpen(Exception e) {
        return switch (e) {
            case DamagedLogException damaged -> damaged;
            case BindException taken -> taken;
            default -> new IOException("the replicated logs in " + directory + " cannot be opened: " + rootOf(e), e);
        };
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
        notes.interrupt();
        watch.close();
        machines.values().forEach(LogStateMachine::stopping);
        var running = server;
        try {
            if (running != null) {
                running.close();
            }
        } catch (IOException | CompletionException e) {
            throw new IllegalStateException("the logs in " + directory + " were not closed", e);
        } finally { // Whoever waits is answered in any case.
            machines.values().forEach(machine -> machine.stopped(null));
            calls.close();
        }
    }

    private LogFiles files(GroupId group) {
        return new LogFiles(group, peerId(), directoryOf(idOf(group)), transport.isEmpty());
    }

    private RaftPeerId peerId() {
        return Peers.idOf(self.node());
    }

    private Path directoryOf(RaftGroupId id) {
        return directory.resolve(id.getUuid().toString());
    }

    private RaftGroupId idOf(GroupId group) {
        return idOf(cluster, group);
    }

    /** The cluster's identity but for its last 16 bits, which are the group's number. */
    private static RaftGroupId idOf(UUID cluster, GroupId group) {
        return RaftGroupId.valueOf(new UUID(
                cluster.getMostSignificantBits(), (cluster.getLeastSignificantBits() & ~0xFFFFL) | group.number()));
    }

    /** The directory name of a group of a cluster. */
    static String directoryOf(UUID cluster, GroupId group) {
        return idOf(cluster, group).getUuid().toString();
    }

    /** The directory name of a group of a node that knows of no cluster. */
    static String directoryWithoutCluster(GroupId group) {
        return idOf(NO_CLUSTER, group).getUuid().toString();
    }
}
