package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import weir.server.cli.WeirCommand;

/** A server as a process of its own, on free ports of this machine. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile(".* is ready after .* SQS (http://[^ ,]*).* AMQP [^ ]*:(\\d+)(?: \\(.*\\))?,"
                    + " Kafka [^ ]*:(\\d+), admin (http://[^ ,]*),.*");
    private static final int SECONDS_MAX = 120;
    static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private final Process process;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Matcher> ready = new CompletableFuture<>();
    private final Thread listener;

    private NodeProcess(Process process) {
        this.process = process;
        listener = Thread.ofVirtual().start(() -> listen(process.inputReader(StandardCharsets.UTF_8)));
    }

    /** With a heap for several on one machine, and compiled the quick way, as that starts in half the time. */
    static NodeProcess start(Path data, Map<String, String> variables) throws IOException {
        return start(data, variables, "-Xmx256m", QUICK_START);
    }

    /** @param variables names and values, beside its data and its ports for clients */
    static NodeProcess start(Path data, Map<String, String> variables, String... javaOptions) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(javaOptions));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "weir.server.Main",
                "server"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "WEIR_DATA",
                        data.toString(),
                        "WEIR_SQS_PORT",
                        "0",
                        "WEIR_AMQP_PORT",
                        "0",
                        "WEIR_KAFKA_PORT",
                        "0",
                        "WEIR_AMQP_MANAGEMENT_PORT",
                        "0",
                        "WEIR_ADMIN_PORT",
                        "0"));
        builder.environment().putAll(variables);
        return new NodeProcess(builder.start());
    }

    /** What makes it a node of a cluster of two shards whose seeds are all those ports. */
    static Map<String, String> clustered(int number, List<Integer> ports) {
        Map<String, String> variables = clustered(number, ports, ports.size());
        variables.put("WEIR_SHARDS", "2");
        return variables;
    }

    /** @param seeds how many of the ports are those of seeds, from the first on */
    static Map<String, String> clustered(int number, List<Integer> ports, int seeds) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("WEIR_NODE_ID", Integer.toString(number));
        variables.put("WEIR_CLUSTER_PORT", Integer.toString(ports.get(number - 1)));
        variables.put("WEIR_CLUSTER_HOST", "127.0.0.1");
        variables.put(
                "WEIR_CLUSTER_SEEDS",
                String.join(
                        ",",
                        ports.stream()
                                .limit(seeds)
                                .map(port -> "127.0.0.1:" + port)
                                .toList()));
        return variables;
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports.add(free.getLocalPort());
            }
        }
        return ports;
    }

    private void listen(BufferedReader lines) {
        try {
            lines.lines().forEach(line -> {
                said.add(line);
                if (ready.isDone() && line.contains(" ERROR ")) {
                    errors.add(line);
                }
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    ready.complete(matcher);
                }
            });
        } catch (UncheckedIOException _) { // It was killed.
        }
        ready.completeExceptionally(new IOException("it ended: " + said));
    }

    private Matcher ready() throws Exception {
        return ready.get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    NodeProcess awaitReady() throws Exception {
        var _ = ready();
        return this;
    }

    URI sqs() throws Exception {
        return URI.create(ready().group(1));
    }

    /** The lines so far. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** What it logged as an error since it was ready. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    boolean endsWithin(Duration patience) throws InterruptedException {
        return process.waitFor(patience);
    }

    /** Waits for its end, and returns what it said. */
    String awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                .as("%s", said)
                .isTrue();
        listener.join(); // By then everything was read.
        return String.join("\n", said);
    }

    SqsClient client() throws Exception {
        return SqsClient.builder()
                .endpointOverride(sqs())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    int amqpPort() throws Exception {
        return Integer.parseInt(ready().group(2));
    }

    int kafkaPort() throws Exception {
        return Integer.parseInt(ready().group(3));
    }

    /** Of its admin API. */
    String adminUrl() throws Exception {
        return ready().group(4);
    }

    /** Runs a command against it, and returns what it printed. */
    String weir(String... arguments) throws Exception {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--server";
        all[arguments.length + 1] = ready().group(4);
        return run(all);
    }

    /** Runs a command here, and returns what it printed. */
    static String run(String... arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        WeirCommand.run(writer, writer, arguments);
        return out.toString();
    }

    /** Asks again until the answer holds that. */
    void await(String part, String... arguments) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        for (String answer = weir(arguments); !answer.contains(part); answer = weir(arguments)) {
            assertThat(System.nanoTime()).as(answer).isLessThan(end);
        }
    }

    void kill() {
        process.destroyForcibly().onExit().join();
        try {
            listener.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The test is over, and nobody asks what it said.
        }
    }

    /** @param name without SIG: STOP, CONT */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        kill();
    }
}
