package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.peer.PeerService;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/** Several nodes in one process, over loopback and with real files; each with one group of small files. */
final class TestCluster implements AutoCloseable {
    static final GroupId GROUP = GroupId.shard(0);
    static final UUID ID = UUID.fromString("5b1d7f0e-9c35-4a55-8d52-6a4f5e0c7a11");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Answers with what it was asked. */
    private static final PeerService ECHO = (_, request) -> request;

    private static final Logger LOG = LoggerFactory.getLogger(TestCluster.class);

    private final Path directory;
    private final Optional<Duration> silence;
    private final Map<Integer, Member> addresses = new TreeMap<>();
    private final Map<Integer, Node> nodes = new ConcurrentSkipListMap<>();

    TestCluster(Path directory) {
        this(directory, Optional.empty());
    }

    /** @param silence after which a follower stands for election, if it is not to be the usual one */
    TestCluster(Path directory, Optional<Duration> silence) {
        this.directory = directory;
        this.silence = silence;
    }

    /** A running node. */
    final class Node implements AutoCloseable {
        final Member self;
        final RatisEngine engine;
        final Recorder replica;
        final ReplicatedLog log;
        final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

        private Node(Member self, Optional<UUID> cluster, Recorder replica, List<Member> founders) throws IOException {
            this.self = self;
            this.replica = replica;
            var transport = self.port() == 0
                    ? Optional.<ClusterTransport>empty()
                    : Optional.of(new ClusterTransport(
                            new InetSocketAddress(self.host(), self.port()), Optional.empty(), ECHO));
            var properties = RatisSettings.properties(files(self.node()), transport);
            RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(TestEngine.SEGMENT_BYTES));
            silence.ifPresent(time -> {
                RaftServerConfigKeys.Rpc.setTimeoutMin(
                        properties, TimeDuration.valueOf(time.toMillis(), TimeUnit.MILLISECONDS));
                RaftServerConfigKeys.Rpc.setTimeoutMax(
                        properties, TimeDuration.valueOf(2 * time.toMillis(), TimeUnit.MILLISECONDS));
            });
            engine =
                    new RatisEngine(files(self.node()), self, transport, (_, cause) -> failures.add(cause), properties);
            boolean opened = false;
            try {
                if (cluster.isPresent()) {
                    engine.belongsTo(cluster.get());
                }
                if (self.port() == 0) { // Alone: before the start, as a single node does it.
                    log = engine.open(GROUP, replica, founders);
                    engine.start();
                } else {
                    engine.start();
                    log = engine.open(GROUP, replica, founders);
                }
                opened = true;
            } finally {
                if (!opened) {
                    engine.close();
                }
            }
            nodes.put(self.node(), this);
        }

        List<String> texts() {
            return replica.texts();
        }

        @Override
        public void close() {
            nodes.remove(self.node());
            engine.close();
        }
    }

    Path files(int node) {
        return directory.resolve("node-" + node);
    }

    /** Where the log of the one group is. */
    Path logOf(int node) throws IOException {
        try (var logs = Files.list(files(node))) {
            return logs.filter(log -> log.getFileName().toString().length()
                            == ID.toString().length())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The node's address: the same each time, on a port that was free when first asked. */
    Member member(int node) {
        return addresses.computeIfAbsent(node, number -> new Member(number, "127.0.0.1", freePort()));
    }

    Member memberElsewhere(int node) {
        addresses.remove(node);
        return member(node);
    }

    /** Not of those that the system gives to outgoing connections: a node that is restarted needs its port again. */
    static int freePort() {
        var random = new Random();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = random.nextInt(20_000, 32_000);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException _) {
                LOG.debug("port {} is taken", port);
            }
        }
        throw new AssertionError("no port is free");
    }

    List<Member> members(int... numbers) {
        var all = new ArrayList<Member>();
        for (int number : numbers) {
            all.add(member(number));
        }
        return all;
    }

    /** Founds a cluster of these nodes. */
    void found(int... numbers) throws IOException {
        for (int number : numbers) {
            start(number, new Recorder(), members(numbers));
        }
    }

    Node start(int number, Recorder replica, List<Member> founders) throws IOException {
        return new Node(member(number), Optional.of(ID), replica, founders);
    }

    /** Starts a node that has its log already, or waits to be added. */
    Node start(int number) throws IOException {
        return start(number, new Recorder(), List.of());
    }

    Node start(Member self, Optional<UUID> cluster, List<Member> founders) throws IOException {
        return new Node(self, cluster, new Recorder(), founders);
    }

    Node node(int number) {
        return Objects.requireNonNull(nodes.get(number), "this node does not run");
    }

    List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    /** Waits for a leader that is ready. */
    Node leader() {
        await("a leader", () -> nodes().stream().anyMatch(node -> node.log.isLeader()));
        return nodes().stream().filter(node -> node.log.isLeader()).findFirst().orElseGet(this::leader);
    }

    Node follower() {
        var leader = leader();
        return nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
    }

    /** Proposes to whoever leads, again and again if it was refused. */
    void propose(String text) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                leader().log.propose(Bytes.utf8(text), null).get(60, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof ProposalRefusedException) || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    void awaitEverywhere(List<String> texts) {
        for (var node : nodes()) {
            await("all entries on node " + node.self.node(), () -> node.texts().equals(texts));
        }
    }

    /** Looks every few milliseconds: what is waited for has no event of its own. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** The position of the last entry that the node was given. */
    static LogPosition end(Node node) {
        return node.replica.applied().getLast().position();
    }

    @Override
    public void close() {
        var closing = new ArrayList<Thread>(); // Each takes a second, in which Ratis waits for nothing.
        for (var node : nodes()) {
            closing.add(Thread.ofPlatform().start(node::close));
        }
        for (var each : closing) {
            boolean interrupted = false;
            while (each.isAlive()) {
                try {
                    each.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
