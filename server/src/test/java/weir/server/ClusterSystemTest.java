package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import weir.server.cli.WeirCommand;

/** Nodes as processes of their own on one machine, asked with AWS's SDK and {@code weir cluster}. */
class ClusterSystemTest {
    private static final Pattern READY =
            Pattern.compile(".* is ready after .* SQS (http://[^ ,]*).* admin (http://[^ ,]*),.*");
    private static final int READY_SECONDS_MAX = 120;
    /** A placement is carried out within seconds; under load it may take its time. */
    private static final int STEPS_SECONDS_MAX = 90;

    @TempDir
    private Path data;

    private final SortedMap<Integer, Node> nodes = new TreeMap<>();
    private final List<Integer> ports = new ArrayList<>();
    private String replaceAfter = "10m";

    /** One that runs, or ran. {@code said} has its last line at the end. */
    private record Node(
            Process process,
            BlockingQueue<String> ready,
            List<String> said,
            @Nullable URI sqs,
            String admin) {}

    @AfterEach
    void end() throws Exception {
        for (Node node : nodes.values()) {
            node.process.destroyForcibly().waitFor();
        }
    }

    @Test
    void threeNodesAreOneQueueAndLoseNothingWithOneOfThem() throws Exception {
        start(1, 3);
        start(2, 3);
        start(3, 3);
        List.of(1, 2, 3).forEach(this::awaitReady);
        List<String> queues = new ArrayList<>();
        Set<String> sent = new HashSet<>();
        try (SqsClient one = client(1);
                SqsClient two = client(2);
                SqsClient three = client(3)) {
            for (int i = 0; i < 8; i++) { // So that each node leads some.
                String name = "orders-" + i + ".fifo";
                Map<QueueAttributeName, String> fifo = Map.of(QueueAttributeName.FIFO_QUEUE, "true");
                queues.add(one.createQueue(create -> create.queueName(name).attributes(fifo))
                        .queueUrl());
            }
            for (int i = 0; i < 80; i++) {
                SqsClient through = List.of(one, two, three).get(i % 3);
                send(through, queues.get(i % 8), "m" + i);
                sent.add("m" + i);
            }
            kill(1);
            for (int i = 80; i < 160; i++) {
                SqsClient through = List.of(two, three).get(i % 2);
                send(through, queues.get(i % 8), "m" + i);
                sent.add("m" + i);
            }
            start(1, 3);
            awaitReady(1);
        }
        try (SqsClient again = client(1)) {
            Set<String> received = new HashSet<>();
            for (String queue : queues) {
                List<String> bodies = receiveAll(again, queue);
                assertThat(received).doesNotContainAnyElementsOf(bodies);
                assertThat(bodies).isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
                received.addAll(bodies);
            }
            assertThat(received).isEqualTo(sent);
        }
    }

    /** A flipped bit in the catalog's log, and a shard's log deleted with its directory: both are made anew, by nobody. */
    @Test
    void nodeWhoseCatalogAndShardAreDamagedIsMendedFromTheOthers() throws Exception {
        for (int node = 1; node <= 3; node++) {
            start(node, 3);
        }
        List.of(1, 2, 3).forEach(this::awaitReady);
        awaitStatus("All is well.");
        List<String> queues = new ArrayList<>();
        try (SqsClient sqs = client(2)) {
            for (int i = 0; i < 8; i++) { // So that each shard has some.
                String name = "kept-" + i + ".fifo";
                Map<QueueAttributeName, String> fifo = Map.of(QueueAttributeName.FIFO_QUEUE, "true");
                queues.add(sqs.createQueue(create -> create.queueName(name).attributes(fifo))
                        .queueUrl());
                send(sqs, queues.getLast(), "m" + i);
            }
            kill(1);
            Path catalog = logOf(1, 0).resolve("current").resolve("log_inprogress_0");
            byte[] bytes = Files.readAllBytes(catalog);
            bytes[60] ^= 1;
            Files.write(catalog, bytes);
            deleteAll(logOf(1, 1));
            start(1, 3);
            awaitReady(1);
            assertThat(data.resolve("node-1").resolve("damaged").resolve("0-1")).isNotEmptyDirectory();
            awaitStatus("All is well.");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEPS_SECONDS_MAX);
            while (!Files.exists(logOf(1, 1))) { // It said that all is well before it looked, too.
                assertThat(System.nanoTime()).as("shard 0 is made anew").isLessThan(end);
                awaitStatus("All is well.");
            }
            assertThat(node(1).said).anyMatch(line -> line.contains("the whole directory of its log is missing"));
        }
        kill(2); // What node 1 has now is half of what is left.
        try (SqsClient sqs = client(1)) {
            for (int i = 0; i < 8; i++) {
                String queue =
                        sqs.getQueueUrl(get -> get.queueName("kept-0.fifo")).queueUrl();
                assertThat(receiveAll(sqs, queue.replace("kept-0", "kept-" + i)))
                        .containsExactly("m" + i);
            }
        }
    }

    /** The last digits of a log's directory are the number of its group: 0 is the catalog, 1 is shard 0. */
    private Path logOf(int node, int group) throws IOException {
        Path raft = data.resolve("node-" + node).resolve("raft");
        try (var logs = Files.list(raft)) {
            return logs.filter(log -> log.toString().endsWith("000" + group))
                    .findFirst()
                    .orElse(raft.resolve("missing"));
        }
    }

    private static void deleteAll(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static int number(String body) {
        return Integer.parseInt(body.substring(1));
    }

    @Test
    void nodeThatJoinsTakesItsShareAndOneThatIsDrainedGivesItAway() throws Exception {
        start(1, 1);
        awaitReady(1);
        try (SqsClient sqs = client(1)) {
            String queue = sqs.createQueue(create -> create.queueName("grown")).queueUrl();
            for (int i = 0; i < 50; i++) {
                String body = "m" + i;
                sqs.sendMessage(message -> message.queueUrl(queue).messageBody(body));
            }
            start(2, 2);
            start(3, 3);
            awaitReady(2);
            awaitReady(3);
            awaitStatus("All is well.", "1, 2, 3");
            assertThat(weir("cluster", "drain", "1")).contains("gives away its leaders");
            awaitStatus("node 1 is drained");
            awaitRemoval();
        }
        kill(1);
        try (SqsClient sqs = client(2)) {
            String queue = sqs.getQueueUrl(get -> get.queueName("grown")).queueUrl();
            assertThat(receiveAll(sqs, queue)).hasSize(50).doesNotHaveDuplicates();
        }
        start(1, 3);
        Node refused = node(1);
        assertThat(refused.process.waitFor(READY_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(String.join("\n", refused.said)).contains("node 1 was removed from this cluster");
    }

    @Test
    void whatALostNodeHadIsMadeAnewOnAFourthAfterTheGraceTime(TestReporter reporter) throws Exception {
        replaceAfter = "10s";
        start(1, 3);
        start(2, 3);
        start(3, 3);
        List.of(1, 2, 3).forEach(this::awaitReady);
        start(4, 3);
        awaitReady(4);
        try (SqsClient sqs = client(4)) {
            String queue = sqs.createQueue(create -> create.queueName("kept")).queueUrl();
            for (int i = 0; i < 50; i++) {
                String body = "m" + i;
                sqs.sendMessage(message -> message.queueUrl(queue).messageBody(body));
            }
            awaitStatus("All is well.");
            awaitStatus("to share replicas evenly");
            awaitStatus("All is well.");
            assertThat(weir("cluster", "remove", "2")).contains("drain it first");
            kill(2);
            long killed = System.nanoTime();
            awaitStatus("node 2 (", "has been silent for");
            reporter.publishEntry("silence told of after", seconds(killed));
            awaitStatus("which has been silent for");
            reporter.publishEntry("first replica moved after", seconds(killed));
            awaitStatus("its replicas were made anew on others");
            reporter.publishEntry("all made anew after", seconds(killed));
            assertThat(weir("cluster", "remove", "2", "--force")).contains("is removed");
            awaitStatus("All is well.");
            kill(3); // Of three replicas, all on nodes that are there.
            assertThat(receiveAll(sqs, queue)).hasSize(50).doesNotHaveDuplicates();
        }
    }

    private static String seconds(long sinceNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos) / 1000.0 + " s";
    }

    /** Refused while the drained node still leads the catalog. */
    private void awaitRemoval() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEPS_SECONDS_MAX);
        String said = "";
        while (!said.contains("is removed")) {
            assertThat(System.nanoTime()).as(said).isLessThan(end);
            said = weir("cluster", "remove", "1");
        }
    }

    private void awaitStatus(String... parts) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEPS_SECONDS_MAX);
        String status = "";
        while (!List.of(parts).stream().allMatch(status::contains)) {
            assertThat(System.nanoTime()).as("%s", status + said()).isLessThan(end);
            status = weir("cluster", "status");
        }
    }

    /** The last lines of each node. */
    private String said() {
        StringBuilder all = new StringBuilder();
        nodes.forEach((number, node) -> {
            List<String> lines = List.copyOf(node.said);
            all.append("\n---- node ").append(number).append('\n');
            lines.subList(Math.max(0, lines.size() - 100), lines.size()).stream()
                    .filter(line -> !line.startsWith("\tat "))
                    .forEach(line -> all.append(line).append('\n'));
        });
        return all.toString();
    }

    /** Runs a command against the node with the highest number, and returns what it printed. */
    private String weir(String... arguments) {
        java.io.StringWriter out = new java.io.StringWriter();
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--server";
        all[arguments.length + 1] = node(nodes.lastKey()).admin;
        var writer = new java.io.PrintWriter(out);
        WeirCommand.run(writer, writer, all);
        return out.toString();
    }

    private static void send(SqsClient sqs, String queue, String body) {
        sqs.sendMessage(message -> message.queueUrl(queue)
                .messageBody(body)
                .messageGroupId("g")
                .messageDeduplicationId(body)); // So that the SDK's retry of an unknown outcome is no second message.
    }

    private static List<String> receiveAll(SqsClient sqs, String queue) {
        List<String> bodies = new ArrayList<>();
        while (true) {
            List<Message> messages = sqs.receiveMessage(receive ->
                            receive.queueUrl(queue).maxNumberOfMessages(10).waitTimeSeconds(1))
                    .messages();
            if (messages.isEmpty()) {
                return bodies;
            }
            for (Message message : messages) {
                bodies.add(message.body());
                sqs.deleteMessage(delete -> delete.queueUrl(queue).receiptHandle(message.receiptHandle()));
            }
        }
    }

    private SqsClient client(int node) {
        return SqsClient.builder()
                .endpointOverride(node(node).sqs)
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    // ---- Processes

    private Node node(int number) {
        return java.util.Objects.requireNonNull(nodes.get(number));
    }

    private void kill(int node) throws InterruptedException {
        node(node).process.destroyForcibly().waitFor();
    }

    /** @param seeds how many of the nodes, from the first on, are its seeds */
    private void start(int number, int seeds) throws IOException {
        while (ports.size() < 4) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports.add(free.getLocalPort());
            }
        }
        List<String> addresses = ports.subList(0, seeds).stream()
                .map(port -> "127.0.0.1:" + port)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // It starts in half the time.
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "weir.server.Main",
                        "server")
                .redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "WEIR_NODE_ID",
                        Integer.toString(number),
                        "WEIR_CLUSTER_PORT",
                        Integer.toString(ports.get(number - 1)),
                        "WEIR_CLUSTER_HOST",
                        "127.0.0.1",
                        "WEIR_CLUSTER_SEEDS",
                        String.join(",", addresses),
                        "WEIR_DATA",
                        data.resolve("node-" + number).toString(),
                        "WEIR_SQS_PORT",
                        "0",
                        "WEIR_AMQP_PORT",
                        "0",
                        "WEIR_ADMIN_PORT",
                        "0",
                        "WEIR_CLUSTER_REPLACE_AFTER",
                        replaceAfter));
        Process process = builder.start();
        BlockingQueue<String> ready = new LinkedBlockingQueue<>();
        List<String> said = java.util.Collections.synchronizedList(new ArrayList<>());
        Thread.ofVirtual().start(() -> listen(process.inputReader(StandardCharsets.UTF_8), ready, said));
        nodes.put(number, new Node(process, ready, said, null, ""));
    }

    private static void listen(BufferedReader lines, BlockingQueue<String> ready, List<String> said) {
        lines.lines().forEach(line -> {
            said.add(line);
            if (READY.matcher(line).matches()) {
                ready.add(line);
            }
        });
    }

    private void awaitReady(int number) {
        Node node = node(number);
        try {
            @Nullable String line = node.ready.poll(READY_SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(line).as("node %d: %s", number, node.said).isNotNull();
            Matcher matcher = READY.matcher(String.valueOf(line));
            assertThat(matcher.matches()).isTrue();
            nodes.put(
                    number,
                    new Node(node.process, node.ready, node.said, URI.create(matcher.group(1)), matcher.group(2)));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
