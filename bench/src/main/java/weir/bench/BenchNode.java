package weir.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import weir.cluster.ClusterLimits;
import weir.cluster.ClusterNode;
import weir.cluster.NodeSettings;
import weir.cluster.forming.Address;
import weir.cluster.replication.Member;
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
import weir.core.catalog.Queue;
import weir.core.cluster.ClusterOverview;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * One of the processes of {@link ClusterBench}: a node without a protocol that loads itself as it is told on standard input,
 * a line for a command, and answers each with a line. Ends with its input.
 */
final class BenchNode {
    private static final int BODY_BYTES = 1024;
    private static final Duration LEASE_PATIENCE = Duration.ofSeconds(5);

    private final int number;
    private final ClusterNode node;
    private final Bytes body;
    private List<Queue> queues = List.of();

    private BenchNode(int number, ClusterNode node) {
        this.number = number;
        this.node = node;
        byte[] random = new byte[BODY_BYTES];
        new Random(number).nextBytes(random);
        body = Bytes.of(random);
    }

    /** {@code <directory> <number> <nodes> <first port> <shards>} */
    public static void main(String[] args) throws Exception {
        int number = Integer.parseInt(args[1]);
        int nodes = Integer.parseInt(args[2]);
        int firstPort = Integer.parseInt(args[3]);
        int shards = Integer.parseInt(args[4]);
        Path directory = Path.of(args[0]);
        BenchLog.to(directory.resolve("node-" + number + ".log"));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        var cluster = new NodeSettings.Cluster(
                new Member(number, loopback.getHostAddress(), firstPort + number),
                new InetSocketAddress(loopback, firstPort + number),
                IntStream.rangeClosed(1, nodes)
                        .mapToObj(each -> new Address(loopback.getHostAddress(), firstPort + each))
                        .toList(),
                Optional.empty(),
                "",
                nodes,
                Duration.ofMinutes(10),
                ClusterLimits.SCRUB_INTERVAL,
                new TreeMap<>());
        long checkpointBytes =
                ClusterLimits.checkpointBytes(shards, Runtime.getRuntime().maxMemory());
        var settings = new NodeSettings(
                directory.resolve("node-" + number), shards, checkpointBytes, number, Optional.of(cluster));
        try (ClusterNode node = ClusterNode.open(settings, InstantSource.system(), (group, cause) -> {
            System.err.println("node " + number + ": " + group + " failed: " + cause);
            Runtime.getRuntime().halt(3);
        })) {
            System.out.println("open");
            new BenchNode(number, node).serve();
        }
    }

    private void serve() throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            System.out.println(
                    switch (words[0]) {
                        case "cpu" -> Long.toString(cpuNanos());
                        case "leaders" -> leaders();
                        case "settled" -> Boolean.toString(settled());
                        case "queues" -> createQueues(words[1], Integer.parseInt(words[2]));
                        case "delete" -> deleteQueues(words[1]);
                        case "publish" -> publish(words);
                        case "cycles" -> cycles(words);
                        case "lone" -> lone(words[1], Integer.parseInt(words[2]));
                        default -> throw new IllegalArgumentException("unknown command " + line);
                    });
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private Map<Integer, Integer> leaderOfShards() throws InterruptedException {
        Map<Integer, Integer> leaders = new HashMap<>();
        ClusterOverview overview = node.control().orElseThrow().overview();
        for (ClusterOverview.GroupView group : overview.groups()) {
            if (!group.name().equals("catalog")) {
                leaders.put(Integer.parseInt(group.name()), group.leader().orElse(0));
            }
        }
        return leaders;
    }

    /** Whether all is well, and each shard is led by whom it is to be led by. */
    private boolean settled() throws InterruptedException {
        ClusterOverview overview = node.control().orElseThrow().overview();
        return overview.troubles().isEmpty()
                && overview.groups().stream()
                        .allMatch(group -> group.leader().isPresent()
                                && (group.preferred().isEmpty()
                                        || group.preferred().equals(group.leader())));
    }

    private String leaders() throws InterruptedException {
        return new TreeMap<>(leaderOfShards())
                .values().stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Some that every node knows by their names; which are whose, each finds out when it is loaded. */
    private String createQueues(String prefix, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            var reply = node.change(
                    new CatalogCommand.CreateQueue(prefix + "-" + i, QueueSettings.DEFAULT, new TreeMap<>()));
            if (!(reply instanceof CatalogReply.Created)) {
                throw new IllegalStateException("create: " + reply);
            }
        }
        return "created";
    }

    private String deleteQueues(String prefix) throws Exception {
        node.catchUp();
        for (Queue queue : List.copyOf(node.list(prefix, "", 1_000))) {
            node.change(new CatalogCommand.DeleteQueue(queue.name()));
        }
        return "deleted";
    }

    /** @param where {@code own}: those that this node leads; {@code other}: those that it does not; {@code any} */
    private List<PartitionId> queues(String prefix, String where) throws Exception {
        node.catchUp();
        queues = node.list(prefix, "", 1_000);
        Map<Integer, Integer> leaders = leaderOfShards();
        List<PartitionId> chosen = new ArrayList<>();
        for (Queue queue : queues) {
            boolean own = leaders.getOrDefault(queue.shard(), 0) == number;
            if (where.equals("any") || own == where.equals("own")) {
                chosen.add(queue.partition(0));
            }
        }
        return chosen;
    }

    /** {@code publish <prefix> <where> <workers> <messages a call> <messages a second> <warm-up s> <window s>} */
    private String publish(String[] words) throws Exception {
        int workers = Integer.parseInt(words[3]);
        int perCall = Integer.parseInt(words[4]);
        List<PartitionId> chosen = queues(words[1], words[2]);
        return load(words, chosen, (worker, round) -> {
            // Each worker goes through the queues, so that no shard is left to the slowest.
            publish(chosen.get((int) ((worker + round * workers) % chosen.size())), perCall);
        });
    }

    /** The same arguments; each call is followed by a receive and an acknowledgement of as many. */
    private String cycles(String[] words) throws Exception {
        int perCall = Integer.parseInt(words[4]);
        List<PartitionId> chosen = queues(words[1], words[2]);
        return load(words, chosen, (worker, _) -> {
            PartitionId queue = chosen.get(worker % chosen.size());
            publish(queue, perCall);
            acknowledge(queue, perCall);
        });
    }

    private static String load(String[] words, List<PartitionId> chosen, Load.Piece piece) throws Exception {
        int workers = Integer.parseInt(words[3]);
        int perCall = Integer.parseInt(words[4]);
        double rate = Double.parseDouble(words[5]);
        if (chosen.isEmpty() || workers == 0) {
            return answer(0, 0, 1, new Histogram(3));
        }
        Load.Measured measured = new Load(workers, rate / perCall)
                .run(
                        piece,
                        Duration.ofSeconds(Integer.parseInt(words[6])),
                        Duration.ofSeconds(Integer.parseInt(words[7])));
        return answer(measured.pieces() * perCall, measured.failures(), measured.seconds(), measured.micros());
    }

    private String lone(String where, int rounds) throws Exception {
        PartitionId queue = queues("load", where).getFirst();
        Histogram micros = new Histogram(3);
        long begun = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            long sent = System.nanoTime();
            publish(queue, 1);
            micros.recordValue((System.nanoTime() - sent) / 1_000);
        }
        return answer(rounds, 0, (System.nanoTime() - begun) / 1e9, micros);
    }

    private static String answer(long messages, long failures, double seconds, Histogram micros) {
        ByteBuffer encoded = ByteBuffer.allocate(micros.getNeededByteBufferCapacity());
        int length = micros.encodeIntoByteBuffer(encoded);
        String histogram = Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
        return messages + " " + failures + " " + seconds + " " + histogram;
    }

    private void publish(PartitionId queue, int messages) throws Exception {
        List<Batch> batches = new ArrayList<>(messages);
        for (int i = 0; i < messages; i++) {
            batches.add(Batch.of(Envelope.PLAIN, body));
        }
        Reply reply = node.submit(new Command.Publish(queue, batches));
        if (!(reply instanceof Reply.Published)) {
            throw new IllegalStateException("publish: " + reply);
        }
    }

    private void acknowledge(PartitionId queue, int messages) throws Exception {
        Receipt receipt =
                node.receive(new Command.Acquire(queue, messages, Command.Acquire.QUEUE_DEFAULT), LEASE_PATIENCE);
        if (!(receipt instanceof Receipt.Received(List<Delivery> deliveries, boolean _))) {
            throw new IllegalStateException("receive: " + receipt);
        }
        List<LeaseId> leases =
                deliveries.stream().map(delivery -> delivery.leased().lease()).toList();
        if (!leases.isEmpty()) {
            node.submit(new Command.Acknowledge(queue, leases, false));
        }
    }
}
