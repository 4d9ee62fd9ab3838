package weir.cluster.ratis;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/**
 * Loads three processes as hard as they go and counts changes of leadership: {@code ClusterFigures DIRECTORY SECONDS GROUPS BYTES
 * OUTSTANDING [KEY=VALUE…]}, outstanding for each group. With {@code kill=SECONDS} among the rest it ends the first group's
 * leader that often, starts it again, and tells how long nothing was acknowledged. Not a test. What Ratis says goes to
 * DIRECTORY/node-N.log.
 */
final class ClusterFigures {
    private static final int NODES = 3;
    private static final int FIRST_PORT = 17_201;
    private static final int PROCESS_HEAP_MB = 512;

    /** As much log as a checkpoint of the real replicas covers, more or less. */
    private static final long CHECKPOINT_BYTES = 32_000_000;

    private ClusterFigures() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("node")) {
            new Loaded(args).run();
        } else {
            parent(args);
        }
    }

    private static List<String> command(int node, String[] args) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + PROCESS_HEAP_MB + "m",
                "-Dratis.log=INFO",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ClusterFigures.class.getName(),
                "node",
                Integer.toString(node)));
        command.addAll(Arrays.asList(args));
        return command;
    }

    private static Process start(int node, String[] args, AtomicInteger leader) throws IOException {
        Path log = Files.createDirectories(Path.of(args[0])).resolve("node-" + node + ".log");
        var process = new ProcessBuilder(command(node, args))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Thread.ofPlatform().daemon().start(() -> relay(process, node, leader));
        return process;
    }

    private static void relay(Process process, int node, AtomicInteger leader) {
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                if (line.contains("shard 0 leads")) {
                    leader.set(node);
                }
                System.out.println(
                        LocalTime.now(ZoneOffset.UTC).toString().substring(0, 12) + " node " + node + " " + line);
            }
        } catch (IOException e) {
            System.out.println("node " + node + " is gone: " + e.getMessage());
        }
    }

    private static void parent(String[] args) throws Exception {
        var leader = new AtomicInteger();
        var processes = new Process[NODES + 1];
        for (int node = 1; node <= NODES; node++) {
            processes[node] = start(node, args, leader);
        }
        int kill = Arrays.stream(args)
                .filter(arg -> arg.startsWith("kill="))
                .mapToInt(arg -> Integer.parseInt(arg.substring(5)))
                .findFirst()
                .orElse(0);
        long end =
                System.nanoTime() + Duration.ofSeconds(Long.parseLong(args[1])).toNanos();
        try {
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(Duration.ofSeconds(kill == 0 ? 1 : kill).toNanos());
                int killed = leader.get();
                if (kill > 0 && killed > 0 && System.nanoTime() < end) {
                    System.out.println(
                            LocalTime.now(ZoneOffset.UTC).toString().substring(0, 12) + " killing node " + killed);
                    processes[killed].destroyForcibly().waitFor();
                    LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
                    processes[killed] = start(killed, args, leader);
                }
            }
        } finally {
            for (int node = 1; node <= NODES; node++) {
                processes[node].destroy();
                processes[node].waitFor();
            }
        }
    }

    /** One of the processes. */
    private static final class Loaded {
        private final int number;
        private final Path directory;
        private final int groups;
        private final int bytes;
        private final int outstanding;
        private final List<String> overrides;
        private final AtomicLong acknowledged = new AtomicLong();
        private final AtomicLong unacknowledged = new AtomicLong();
        private final AtomicLong longestPauseMillis = new AtomicLong();
        private final AtomicLong longestStallMillis = new AtomicLong();
        private final AtomicLong lost = new AtomicLong();
        private final Map<Integer, Driver> drivers = new ConcurrentHashMap<>();
        private @Nullable PeerCalls calls;

        Loaded(String[] args) {
            number = Integer.parseInt(args[1]);
            directory = Path.of(args[2]);
            groups = Integer.parseInt(args[4]);
            bytes = Integer.parseInt(args[5]);
            outstanding = Integer.parseInt(args[6]);
            overrides = List.of(args).subList(7, args.length);
        }

        void run() throws Exception {
            var members = new ArrayList<Member>();
            for (int node = 1; node <= NODES; node++) {
                members.add(new Member(node, "127.0.0.1", FIRST_PORT + node));
            }
            var self = members.get(number - 1);
            var transport = Optional.of(new ClusterTransport(
                    new InetSocketAddress(self.host(), self.port()), Optional.empty(), (_, group) -> applied(group)));
            Path files = directory.resolve("node-" + number);
            var properties = RatisSettings.properties(files, transport);
            for (var override : overrides) {
                int at = override.indexOf('=');
                if (override.startsWith("raft.")) {
                    properties.set(override.substring(0, at), override.substring(at + 1));
                }
            }
            watchPauses();
            var engine = new RatisEngine(
                    files,
                    self,
                    transport,
                    (group, cause) -> {
                        System.out.println(group + " failed: " + cause);
                        Runtime.getRuntime().halt(3);
                    },
                    properties);
            calls = engine.peers();
            engine.start();
            for (int i = 1; i <= groups; i++) {
                var driver = new Driver(new GroupId(i));
                drivers.put(i, driver);
                driver.log = engine.open(driver.group, driver, members);
            }
            while (true) {
                long before = acknowledged.get();
                LockSupport.parkNanos(Duration.ofSeconds(10).toNanos());
                long done = acknowledged.get() - before;
                System.out.printf(
                        "%5d/s %6.1f MB/s, lost leadership %d times, longest gc %d ms, longest stall %d ms, unanswered %d%n",
                        done / 10,
                        (double) done * bytes / 10 / 1e6,
                        lost.get(),
                        longestPauseMillis.getAndSet(0),
                        longestStallMillis.getAndSet(0),
                        unacknowledged.get());
            }
        }

        /** A leader's checkpoint is no more than where it ends. */
        private Bytes applied(Bytes group) {
            var driver = Objects.requireNonNull(drivers.get(Integer.parseInt(group.utf8())));
            var position = driver.position;
            return Bytes.utf8(position.term() + " " + position.index());
        }

        private void watchPauses() {
            for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                ((NotificationEmitter) collector)
                        .addNotificationListener(
                                (notification, _) -> {
                                    var info = GarbageCollectionNotificationInfo.from(
                                            (CompositeData) notification.getUserData());
                                    longestPauseMillis.accumulateAndGet(
                                            info.getGcInfo().getDuration(), Math::max);
                                },
                                null,
                                null);
            }
            Thread.ofPlatform().daemon().start(() -> {
                while (true) { // A thread that wants little: how late it is shows what threads of Ratis suffer.
                    long before = System.nanoTime();
                    LockSupport.parkNanos(10_000_000);
                    longestStallMillis.accumulateAndGet((System.nanoTime() - before) / 1_000_000 - 10, Math::max);
                }
            });
        }

        /** Proposes while it leads, and forgets what it was given. */
        private final class Driver implements Replica {
            private final GroupId group;
            private volatile @Nullable ReplicatedLog log;
            private volatile int term;
            private long sinceCheckpoint;
            private volatile long lastAcknowledged;

            private final Path file;
            private volatile LogPosition position = new LogPosition(0, -1);

            Driver(GroupId group) throws IOException {
                this.group = group;
                this.file = directory.resolve("node-" + number + "-checkpoint-" + group.number());
                if (Files.exists(file)) {
                    position = parse(Files.readString(file));
                }
            }

            private static LogPosition parse(String text) {
                int space = text.indexOf(' ');
                return new LogPosition(
                        Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
            }

            @Override
            public Optional<LogPosition> lastCheckpoint() {
                return position.index() < 0 ? Optional.empty() : Optional.of(position);
            }

            private void save(LogPosition at) {
                try {
                    Path next = file.resolveSibling(file.getFileName() + ".next");
                    Files.writeString(next, at.term() + " " + at.index());
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void apply(LogPosition at, Bytes entry, @Nullable Object context) {
                position = at;
                sinceCheckpoint += entry.length();
                var purged = log;
                long now = System.nanoTime();
                if (lastAcknowledged != 0 && now - lastAcknowledged > 500_000_000L) {
                    System.out.println(
                            group + " had nothing committed for " + (now - lastAcknowledged) / 1_000_000 + " ms");
                }
                lastAcknowledged = now;
                if (sinceCheckpoint > CHECKPOINT_BYTES && purged != null) {
                    sinceCheckpoint = 0;
                    save(at);
                    purged.checkpointed(at);
                }
            }

            @Override
            @SuppressWarnings("NonAtomicVolatileUpdate") // The engine calls one of these at a time.
            public void leading() {
                term++;
                System.out.println(group + " leads");
                int mine = term;
                Thread.ofPlatform().daemon().start(() -> propose(mine));
            }

            @Override
            @SuppressWarnings("NonAtomicVolatileUpdate")
            public void notLeading() {
                term++;
                lost.incrementAndGet();
                System.out.println(group + " leads no longer");
            }

            private void propose(int mine) {
                var permits = new Semaphore(outstanding);
                while (term == mine) {
                    permits.acquireUninterruptibly();
                    var leading = log;
                    if (leading == null) {
                        return;
                    }
                    var payload = new byte[bytes];
                    payload[bytes / 2] = 7;
                    var _ = leading.propose(Bytes.of(payload), null).whenComplete((_, failure) -> {
                        (failure == null ? acknowledged : unacknowledged).incrementAndGet();
                        permits.release();
                    });
                }
            }

            @Override
            public LogPosition catchUp(Member leader, long firstKept) throws IOException, InterruptedException {
                try {
                    var taken = parse(Objects.requireNonNull(calls)
                            .call(
                                    leader.host(),
                                    leader.port(),
                                    PeerRequest.CHECKPOINT,
                                    Bytes.utf8("" + group.number()),
                                    Duration.ofSeconds(5))
                            .get()
                            .utf8());
                    System.out.println(group + " was behind the leader's log and goes on at " + taken);
                    save(taken);
                    position = taken;
                    return taken;
                } catch (ExecutionException e) {
                    throw new IOException(e.getCause());
                }
            }
        }
    }
}
