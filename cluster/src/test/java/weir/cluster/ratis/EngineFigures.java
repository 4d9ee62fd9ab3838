package weir.cluster.ratis;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/**
 * Measures the engine alone: {@code EngineFigures DIRECTORY local|grpc start|load [KEY=VALUE…]}, the last to try another
 * setting of Ratis. Not a test.
 */
final class EngineFigures {
    private static final int GROUPS = 5;

    private EngineFigures() {}

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        var self = args[1].equals("grpc") ? new Member(1, "127.0.0.1", 17_100) : TestEngine.SELF;
        Optional<ClusterTransport> transport = args[1].equals("grpc")
                ? Optional.of(new ClusterTransport(
                        new InetSocketAddress(self.host(), self.port()), Optional.empty(), (_, request) -> request))
                : Optional.empty();
        LoggerFactory.getLogger(EngineFigures.class)
                .debug("reading the logger's configuration is not what is measured");
        long begin = System.nanoTime();
        var properties = RatisSettings.properties(directory, transport);
        for (var override : List.of(args).subList(3, args.length)) {
            properties.set(override.substring(0, override.indexOf('=')), override.substring(override.indexOf('=') + 1));
        }
        var engine = new RatisEngine(
                directory,
                self,
                transport,
                (group, cause) -> {
                    System.err.println(group + " failed: " + cause);
                    Runtime.getRuntime().halt(3);
                },
                properties);
        var ready = new CountDownLatch(GROUPS);
        var logs = new ArrayList<ReplicatedLog>();
        var replicas = new ArrayList<Purging>();
        for (int i = 0; i < GROUPS; i++) {
            var replica = new Purging(ready);
            var log = engine.open(new GroupId(i), replica, List.of(self));
            replica.log = log;
            logs.add(log);
            replicas.add(replica);
        }
        engine.start();
        ready.await();
        System.out.printf(
                "start to leader: %d ms; since JVM start %d ms, CPU %d ms; replayed %d%n",
                (System.nanoTime() - begin) / 1_000_000,
                System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime(),
                cpuNanos() / 1_000_000,
                replicas.stream().mapToLong(r -> r.applied).sum());
        if (args[2].equals("load")) {
            load("1 KiB x 1", logs.subList(1, 2), 1024, 1, 8);
            load("1 KiB x 64", logs.subList(1, 2), 1024, 64, 4);
            load("128 KiB x 4, 1 group", logs.subList(1, 2), 128 * 1024, 4, 6);
            load("128 KiB x 8, 1 group", logs.subList(1, 2), 128 * 1024, 8, 6);
            load("128 KiB x 4, 4 groups (16 in total)", logs.subList(1, 5), 128 * 1024, 4, 6);
            load("16 KiB x 4, 4 groups (16 in total)", logs.subList(1, 5), 16 * 1024, 4, 4);
            load("16 MiB x 1, 1 group", logs.subList(1, 2), 16 * 1024 * 1024, 1, 4);
            load("1 KiB x 1 again", logs.subList(1, 2), 1024, 1, 5);
        }
        memory();
        long closing = System.nanoTime();
        engine.close();
        System.out.printf("closed in %d ms%n", (System.nanoTime() - closing) / 1_000_000);
    }

    /** Warms up for as long as it measures. */
    private static void load(String name, List<ReplicatedLog> logs, int bytes, int outstanding, int seconds)
            throws InterruptedException {
        run(logs, bytes, outstanding, seconds / 2);
        long cpu = cpuNanos();
        long[] micros = run(logs, bytes, outstanding, seconds);
        long used = cpuNanos() - cpu;
        Arrays.sort(micros);
        int n = micros.length;
        System.out.printf(
                "%-38s %8d/s %7.1f MB/s  p50 %.2f ms p99 %.2f ms  cpu %d us per entry%n",
                name,
                n / seconds,
                (double) n * bytes / seconds / 1e6,
                micros[n / 2] / 1e3,
                micros[(int) (n * 0.99)] / 1e3,
                used / 1000 / Math.max(1, n));
    }

    private static long[] run(List<ReplicatedLog> logs, int bytes, int outstanding, int seconds)
            throws InterruptedException {
        var threads = new ArrayList<Thread>();
        var samples = new ArrayList<List<Long>>();
        for (var log : logs) {
            var mine = new ArrayList<Long>();
            samples.add(mine);
            threads.add(Thread.ofPlatform().start(() -> propose(log, bytes, outstanding, seconds, mine)));
        }
        for (var thread : threads) {
            thread.join();
        }
        return samples.stream().flatMap(List::stream).mapToLong(Long::longValue).toArray();
    }

    private static void propose(ReplicatedLog log, int bytes, int outstanding, int seconds, List<Long> micros) {
        var permits = new Semaphore(outstanding);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            permits.acquireUninterruptibly();
            var payload = new byte[bytes];
            payload[bytes / 2] = 7;
            long begin = System.nanoTime();
            var _ = log.propose(Bytes.of(payload), null).whenComplete((_, e) -> {
                if (e != null) {
                    System.err.println("lost: " + e);
                    Runtime.getRuntime().halt(4);
                }
                long took = (System.nanoTime() - begin) / 1000;
                synchronized (micros) {
                    micros.add(took);
                }
                permits.release();
            });
        }
        permits.acquireUninterruptibly(outstanding);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void memory() throws IOException {
        System.gc();
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        String rss = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
        System.out.printf(
                "heap used %.1f MB, direct %.1f MB, %s, threads %d, classes %d%n",
                heap.getUsed() / 1e6,
                direct / 1e6,
                rss,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    /** Keeps nothing, and calls everything up to 32 MB ago checkpointed, so that the disk does not fill. */
    private static final class Purging implements Replica {
        private final CountDownLatch ready;
        private volatile @Nullable ReplicatedLog log;
        private volatile long applied;
        private long sinceCheckpoint;

        Purging(CountDownLatch ready) {
            this.ready = ready;
        }

        @Override
        public Optional<LogPosition> lastCheckpoint() {
            return Optional.empty();
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
        public void apply(LogPosition position, Bytes entry, @Nullable Object context) {
            applied++;
            sinceCheckpoint += entry.length();
            var purging = log;
            if (sinceCheckpoint > 32_000_000 && purging != null) {
                sinceCheckpoint = 0;
                purging.checkpointed(position);
            }
        }

        @Override
        public LogPosition catchUp(Member leader, long firstKept) throws IOException {
            throw new IOException("there is nobody to catch up from");
        }

        @Override
        public void leading() {
            ready.countDown();
        }

        @Override
        public void notLeading() {}
    }
}
