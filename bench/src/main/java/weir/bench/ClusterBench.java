package weir.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a cluster: three processes on this machine, majority fsync, no wire protocol.
 *
 * <p>Usage: {@code ClusterBench <directory> [key=value…]} (shards, queues, heap in megabytes, jvm for its options, port), then commands on standard input, each answered by a line:
 *
 * <pre>
 * publish own|any|one WORKERS MESSAGES_A_CALL MESSAGES_A_SECOND WARM_UP_S WINDOW_S
 * cycles  own|any|one …                                      the same, each call followed by a receive and an acknowledgement
 * lone    own|other ROUNDS                                   one publish at a time on an otherwise idle cluster
 * elections                                                  how many were won so far, handing over counted, and of how many groups
 * </pre>
 *
 * {@code own}: every node loads the shards that it leads; {@code any}: every node loads all; {@code one}: the first node loads all, so
 * that two thirds are forwarded. Workers and rate are those of all nodes together; 0 messages a second for as fast as it goes.
 */
public final class ClusterBench {
    private static final int NODES = 3;
    private static final int FIRST_PORT = 17_100; // Unless told otherwise: another cluster may run beside it.
    private static final long START_SECONDS = 120;
    private static final long ANSWER_SECONDS = 900;

    private final Path directory;
    private final Map<String, String> options;
    private final List<Child> children = new ArrayList<>();
    private int round;

    private ClusterBench(Path directory, Map<String, String> options) {
        this.directory = directory;
        this.options = options;
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String option : Arrays.asList(args).subList(1, args.length)) {
            int at = option.indexOf('=');
            options.put(option.substring(0, at), option.substring(at + 1));
        }
        BenchLog.quiet();
        ClusterBench bench = new ClusterBench(Files.createDirectories(Path.of(args[0])), options);
        try {
            bench.start();
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.strip().split(" +", -1);
                switch (words[0]) {
                    case "publish", "cycles" -> bench.load(words);
                    case "lone" -> bench.lone(words);
                    case "elections" -> say("elections %s", bench.elections());
                    default -> say("unknown command %s", line);
                }
            }
        } finally {
            bench.stop();
        }
    }

    private int option(String name, int otherwise) {
        return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
    }

    private void start() throws Exception {
        int shards = option("shards", 3);
        for (int number = 1; number <= NODES; number++) {
            children.add(new Child(number, shards));
        }
        for (Child child : children) {
            child.answer(START_SECONDS);
        }
        // Whoever was elected first hands over once all nodes have been alive for a while.
        while (!ask(0, "settled").equals("true")) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        say("open: leaders of shards %s", ask(0, "leaders"));
    }

    /** One of the nodes. */
    private final class Child {
        private final Process process;
        private final PrintStream to;
        private final BufferedReader from;

        Child(int number, int shards) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + option("heap", 1024) + "m",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xlog:gc*,safepoint:file=" + directory.resolve("gc-" + number + ".log")));
            command.addAll(List.of(options.getOrDefault("jvm", "-XX:+UseParallelGC")
                    .replace("%n", "" + number)
                    .split(" ", -1)));
            command.addAll(List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    BenchNode.class.getName(),
                    directory.toString(),
                    "" + number,
                    "" + NODES,
                    "" + option("port", FIRST_PORT),
                    "" + shards));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        CompletableFuture<String> asked(String command) {
            to.println(command);
            return CompletableFuture.supplyAsync(() -> {
                try {
                    String line = from.readLine();
                    if (line == null) {
                        throw new IllegalStateException("a node has ended; its log is in " + directory);
                    }
                    return line;
                } catch (IOException e) {
                    throw new IllegalStateException("a node has ended", e);
                }
            });
        }

        String answer(long seconds) throws Exception {
            return CompletableFuture.supplyAsync(() -> {
                        try {
                            return String.valueOf(from.readLine());
                        } catch (IOException e) {
                            throw new IllegalStateException("a node has ended", e);
                        }
                    })
                    .get(seconds, TimeUnit.SECONDS);
        }
    }

    private String ask(int child, String command) throws Exception {
        return children.get(child).asked(command).get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private record Total(double perSecond, long failures, Histogram micros) {}

    private static Total total(List<String> answers) throws java.util.zip.DataFormatException {
        double perSecond = 0;
        long failures = 0;
        Histogram all = new Histogram(3);
        for (String answer : answers) {
            String[] words = answer.split(" ", -1);
            perSecond += Long.parseLong(words[0]) / Double.parseDouble(words[2]);
            failures += Long.parseLong(words[1]);
            all.add(Histogram.decodeFromByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(words[3])), 0));
        }
        return new Total(perSecond, failures, all);
    }

    private void load(String[] words) throws Exception {
        boolean one = words[1].equals("one");
        String where = one ? "any" : words[1];
        int loaders = one ? 1 : NODES;
        int workers = Integer.parseInt(words[2]);
        double rate = Double.parseDouble(words[4]);
        String prefix = "load" + round++;
        ask(0, "queues " + prefix + " " + option("queues", 12));
        long cpuBefore = cpu();
        long begun = System.nanoTime();
        List<CompletableFuture<String>> asked = new ArrayList<>();
        for (int i = 0; i < loaders; i++) {
            asked.add(children.get(i)
                    .asked(String.join(
                            " ",
                            words[0],
                            prefix,
                            where,
                            "" + workers / loaders,
                            words[3],
                            "" + rate / loaders,
                            words[5],
                            words[6])));
        }
        List<String> answers = new ArrayList<>();
        for (CompletableFuture<String> answer : asked) {
            answers.add(answer.get(ANSWER_SECONDS, TimeUnit.SECONDS));
        }
        double cores = (cpu() - cpuBefore) / 1.0 / (System.nanoTime() - begun);
        Total total = total(answers);
        ask(0, "delete " + prefix);
        say(
                "%s: %.0f/s %.1f MB/s p50 %.2f ms p99 %.2f ms p99.9 %.2f ms failed %d cores %.2f elections %s",
                String.join(" ", words),
                total.perSecond,
                total.perSecond * 1024 / 1e6,
                total.micros.getValueAtPercentile(50) / 1e3,
                total.micros.getValueAtPercentile(99) / 1e3,
                total.micros.getValueAtPercentile(99.9) / 1e3,
                total.failures,
                cores,
                elections());
    }

    private void lone(String[] words) throws Exception {
        ask(0, "queues load " + option("queues", 12));
        Total total = total(List.of(ask(0, String.join(" ", words))));
        ask(0, "delete load");
        say(
                "%s: p50 %.2f ms p99 %.2f ms p99.9 %.2f ms",
                String.join(" ", words),
                total.micros.getValueAtPercentile(50) / 1e3,
                total.micros.getValueAtPercentile(99) / 1e3,
                total.micros.getValueAtPercentile(99.9) / 1e3);
    }

    private long cpu() throws Exception {
        long nanos = 0;
        for (int i = 0; i < NODES; i++) {
            nanos += Long.parseLong(ask(i, "cpu"));
        }
        return nanos;
    }

    /** Each group begins with one, and has another where leaders are spread after that. */
    private String elections() throws IOException {
        int won = 0;
        for (int number = 1; number <= NODES; number++) {
            for (String line : Files.readAllLines(directory.resolve("node-" + number + ".log"))) {
                if (line.contains(": ELECTION PASSED")) { // Not of the question before it, whether one is needed.
                    won++;
                }
            }
        }
        return won + " of " + (option("shards", 3) + 1) + " groups";
    }

    @FormatMethod
    private static void say(String format, @Nullable Object... values) {
        System.out.println(LocalTime.now(ZoneOffset.UTC).toString().substring(0, 8) + " "
                + String.format(Locale.ROOT, format, values));
    }

    private void stop() throws InterruptedException {
        for (Child child : children) {
            child.to.close();
        }
        for (Child child : children) {
            if (!child.process.waitFor(60, TimeUnit.SECONDS)) {
                child.process.destroyForcibly();
            }
        }
    }
}
