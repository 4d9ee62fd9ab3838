package weir.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterNode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.broker.Delivery;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * The engine alone: a node in this process, fsync on, no wire protocol.
 *
 * <p>Usage: {@code EngineBench <data directory> <scenario> [arguments]}; the scenarios are the cases of {@link #main}.
 */
public final class EngineBench {
    private static final int SHARDS = 4;
    private static final int BODY_BYTES = 1024;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final ClusterNode node;

    private EngineBench(ClusterNode node) {
        this.node = node;
    }

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        long started = System.nanoTime();
        try (ClusterNode node = ClusterNode.open(data, SHARDS, (group, cause) -> {
            System.err.println(group + " failed: " + cause);
            System.exit(1);
        })) {
            say("open: %.0f ms", millisSince(started));
            EngineBench bench = new EngineBench(node);
            switch (args[1]) {
                case "lone" -> bench.lone();
                case "publish" -> bench.publish(number(args, 2, 512), number(args, 3, 1));
                case "cycles" -> bench.cycles(number(args, 2, 512));
                case "fill" -> bench.fill(args[2], number(args, 3, 1_000_000), number(args, 4, 100));
                case "drain" -> bench.drain(args[2], number(args, 3, 100_000));
                case "backlog" -> bench.backlog();
                case "queues" -> bench.queues(number(args, 2, 10_000));
                case "idle" -> bench.idle(number(args, 2, 30));
                default -> throw new IllegalArgumentException("unknown scenario " + args[1]);
            }
        }
    }

    /** One publish at a time. */
    private void lone() throws Exception {
        PartitionId queue = create("lone");
        for (int i = 0; i < 5_000; i++) {
            publish(queue, BODY_BYTES, 1);
        }
        Histogram latency = new Histogram(3);
        for (int i = 0; i < 10_000; i++) {
            long begun = System.nanoTime();
            publish(queue, BODY_BYTES, 1);
            latency.recordValue((System.nanoTime() - begun) / 1_000);
        }
        say("lone publish of 1 KiB: %s", summary(latency));
    }

    /** Many producers, spread over eight queues. */
    private void publish(int producers, int perCall) throws Exception {
        List<PartitionId> queues = createMany("publish", 8);
        load(
                "publish of 1 KiB, " + producers + " producers, " + perCall + " a call",
                producers,
                perCall,
                (index, _) -> publish(queues.get(index % queues.size()), BODY_BYTES, perCall));
    }

    /** Publish, acquire, acknowledge: each worker does the three for one message after the other. */
    private void cycles(int workers) throws Exception {
        List<PartitionId> queues = createMany("cycles", 8);
        load("life cycles of 1 KiB, " + workers + " workers", workers, 1, (index, _) -> {
            PartitionId queue = queues.get(index % queues.size());
            publish(queue, BODY_BYTES, 1);
            List<Delivery> deliveries = receive(queue, 1, Duration.ofSeconds(5));
            acknowledge(queue, deliveries);
        });
    }

    private interface Work {
        void run(int worker, long round) throws Exception;
    }

    private static void load(String name, int workers, int messages, Work work) throws InterruptedException {
        LongAdder done = new LongAdder();
        ConcurrentHistogram latency = new ConcurrentHistogram(3);
        AtomicLong phase = new AtomicLong(); // 0 warming up, 1 measuring, 2 ending
        CountDownLatch ended = new CountDownLatch(workers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < workers; w++) {
                int worker = w;
                threads.execute(() -> {
                    try {
                        for (long round = 0; phase.get() < 2; round++) {
                            long begun = System.nanoTime();
                            work.run(worker, round);
                            if (phase.get() == 1) {
                                done.add(messages);
                                latency.recordValue((System.nanoTime() - begun) / 1_000);
                            }
                        }
                    } catch (Exception e) {
                        System.err.println("worker " + worker + " stopped: " + e);
                    } finally {
                        ended.countDown();
                    }
                });
            }
            Thread.sleep(WARM_UP);
            phase.set(1);
            long begun = System.nanoTime();
            long cpu = cpuNanos();
            Thread.sleep(WINDOW);
            double seconds = (System.nanoTime() - begun) / 1e9;
            double cores = (cpuNanos() - cpu) / 1e9 / seconds;
            long count = done.sum();
            phase.set(2);
            ended.await();
            say("%s: %,.0f/s, %s, %.2f cores", name, count / seconds, summary(latency), cores);
        }
    }

    /** A backlog, as fast as it goes. */
    private void fill(String name, int messages, int bytes) throws Exception {
        PartitionId queue = create(name);
        long begun = System.nanoTime();
        int perCall = 100;
        AtomicLong left = new AtomicLong(messages / perCall);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int p = 0; p < 32; p++) {
                threads.execute(() -> {
                    try {
                        while (left.getAndDecrement() > 0) {
                            publish(queue, bytes, perCall);
                        }
                    } catch (Exception e) {
                        System.err.println("producer stopped: " + e);
                    }
                });
            }
        }
        say(
                "fill: %,d messages of %d bytes in %.1f s; %s",
                messages, bytes, millisSince(begun) / 1e3, node.status(queue).orElseThrow());
    }

    /** Receives ten at a time and acknowledges them. */
    private double drain(String name, int messages) throws Exception {
        PartitionId queue = create(name);
        AtomicLong left = new AtomicLong(messages);
        LongAdder done = new LongAdder();
        long begun = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < 32; c++) {
                threads.execute(() -> {
                    try {
                        while (left.getAndAdd(-10) > 0) {
                            List<Delivery> deliveries = receive(queue, 10, Duration.ZERO);
                            if (deliveries.isEmpty()) {
                                return;
                            }
                            acknowledge(queue, deliveries);
                            done.add(deliveries.size());
                        }
                    } catch (Exception e) {
                        System.err.println("consumer stopped: " + e);
                    }
                });
            }
        }
        double rate = done.sum() / (millisSince(begun) / 1e3);
        say(
                "drain: %,d messages, %,.0f/s; left %s",
                done.sum(), rate, node.status(queue).orElseThrow());
        return rate;
    }

    /** The receive rate over a deep backlog against that over a shallow one, taken in turns. */
    private void backlog() throws Exception {
        fill("deep", 1_200_000, BODY_BYTES);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            double shallow = shallowRate(30);
            double deep = drain("deep", 30_000);
            ratios.add(deep / shallow);
        }
        say(
                "deep / shallow, in turns: %s",
                ratios.stream()
                        .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
                        .toList());
    }

    private double shallowRate(int rounds) throws Exception {
        double messages = 0;
        double seconds = 0;
        for (int i = 0; i < rounds; i++) {
            fill("shallow", 1_000, BODY_BYTES);
            double rate = drain("shallow", 1_000);
            messages += 1_000;
            seconds += 1_000 / rate;
        }
        return messages / seconds;
    }

    private void queues(int count) throws Exception {
        long begun = System.nanoTime();
        createMany("many", count);
        say("create: %,d queues in %.1f s", count, millisSince(begun) / 1e3);
        begun = System.nanoTime();
        int listed = 0;
        for (String after = ""; ; listed += 1_000) {
            var page = node.list("many", after, 1_000);
            if (page.isEmpty()) {
                break;
            }
            after = page.getLast().name();
        }
        say("list: %,d in pages of 1 000 in %.1f ms", listed, millisSince(begun));
        idle(30);
    }

    private void idle(int seconds) throws InterruptedException, IOException {
        Thread.sleep(Duration.ofSeconds(5));
        System.gc();
        long cpu = cpuNanos();
        Thread.sleep(Duration.ofSeconds(seconds));
        Runtime runtime = Runtime.getRuntime();
        say(
                "idle: %.2f %% of a core, heap in use %,d MiB, resident %s",
                (cpuNanos() - cpu) / 1e7 / seconds, (runtime.totalMemory() - runtime.freeMemory()) >> 20, resident());
    }

    // ---- Calls

    private List<PartitionId> createMany(String prefix, int count) throws Exception {
        List<PartitionId> queues = new ArrayList<>();
        List<java.util.concurrent.Future<PartitionId>> created = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < count; i++) {
                String name = prefix + "-" + i;
                created.add(threads.submit(() -> create(name)));
            }
            for (var one : created) {
                queues.add(one.get());
            }
        }
        return queues;
    }

    private PartitionId create(String name) throws Exception {
        var reply = node.change(new CatalogCommand.CreateQueue(name, QueueSettings.DEFAULT, new TreeMap<>()));
        return ((CatalogReply.Created) reply).queue().partition(0);
    }

    private void publish(PartitionId queue, int bytes, int messages) throws Exception {
        List<Batch> batches = new ArrayList<>(messages);
        for (int i = 0; i < messages; i++) {
            batches.add(Batch.of(Envelope.PLAIN, Bytes.of(new byte[bytes])));
        }
        Reply reply = node.submit(new Command.Publish(queue, batches));
        if (!(reply instanceof Reply.Published)) {
            throw new IllegalStateException("publish: " + reply);
        }
    }

    private List<Delivery> receive(PartitionId queue, int max, Duration patience) throws Exception {
        Receipt receipt = node.receive(new Command.Acquire(queue, max, Command.Acquire.QUEUE_DEFAULT), patience);
        return ((Receipt.Received) receipt).deliveries();
    }

    private void acknowledge(PartitionId queue, List<Delivery> deliveries) throws Exception {
        List<LeaseId> leases = new ArrayList<>(deliveries.size());
        deliveries.forEach(delivery -> leases.add(delivery.leased().lease()));
        if (!leases.isEmpty()) {
            node.submit(new Command.Acknowledge(queue, leases, false));
        }
    }

    // ---- Saying

    private static int number(String[] args, int index, int otherwise) {
        return args.length > index ? Integer.parseInt(args[index]) : otherwise;
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static String summary(Histogram latency) {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms",
                latency.getValueAtPercentile(50) / 1e3,
                latency.getValueAtPercentile(99) / 1e3,
                latency.getValueAtPercentile(99.9) / 1e3);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static String resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return line.substring(6).strip();
            }
        }
        return "unknown";
    }

    @FormatMethod
    private static void say(String format, @Nullable Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
