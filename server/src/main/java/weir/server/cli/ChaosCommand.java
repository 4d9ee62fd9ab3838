package weir.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import weir.chaos.ChaosRun;
import weir.chaos.history.History;
import weir.chaos.lab.Namespaces;
import weir.chaos.nemesis.Harm;
import weir.chaos.report.Report;

/** {@code weir chaos}. */
@Command(
        name = "chaos",
        description =
                "Starts a cluster of its own, harms it in every way while clients use it, and checks what they saw.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every promise held", "1:one was broken; the report says which", "2:it could not be run"})
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call.
final class ChaosCommand implements Callable<Integer> {
    private static final String JAR = ".jar";
    /** Of the run itself; its checker holds all of a long history in memory. */
    private static final String HEAP = "-Xmx2g";
    /** Of each node. Little, so that checkpoints are many and three nodes fit. */
    private static final String HEAP_OF_A_NODE = "-Xmx384m";

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long clients send while the cluster is harmed (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private double minutes;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "1 to " + ChaosRun.NODES_MAX + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int nodes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What is done, to whom and when follows from it; what comes of it does not (default: any).")
    private @Nullable Long seed;

    @Option(
            names = "--nemesis",
            paramLabel = "HARM,...",
            description = "Only these (default: all that are possible). See --list.",
            split = ",")
    private @Nullable List<String> harms;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second, of all clients together (default: ${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int rate;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where the history, the report and the nodes' logs go (default: chaos-TIME).")
    private @Nullable Path directory;

    @Option(names = "--loopback", description = "Without namespaces: no root is needed, and only processes are harmed.")
    private boolean loopback;

    @Option(
            names = "--check",
            paramLabel = "FILE",
            description = "Run nothing: check the history of an earlier run, and print the report.")
    private @Nullable Path check;

    @Option(names = "--list", description = "Print what can be done to a cluster.")
    private boolean list;

    @Option(names = "--inside", hidden = true, description = "In namespaces of its own already.")
    private boolean inside;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (list) {
            Arrays.stream(Harm.values()).forEach(harm -> out().printf("%-10s %s%n", harm.text(), harm.meaning()));
            return ExitCode.DONE;
        }
        return check != null ? check(check) : run();
    }

    private int check(Path history) {
        try {
            return print(Report.of(History.read(history)));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "the history cannot be checked: " + e.getMessage());
        }
    }

    private int run() throws IOException, InterruptedException {
        Path reports = directory != null
                ? directory
                : Path.of("chaos-" + LocalDateTime.now(ZoneOffset.UTC).format(STAMP));
        ChaosRun run = asked(reports.toAbsolutePath());
        if (!loopback && !inside) {
            Optional<String> hindrance = Namespaces.hindrance();
            if (hindrance.isEmpty()) {
                return apart(run);
            }
            throw new CommandFailure(
                    ExitCode.USAGE,
                    hindrance.get() + "; with --loopback nodes run without them, and only processes are harmed");
        }
        if (inside) {
            endWithParent();
        }
        Files.createDirectories(run.directory());
        Thread cleaning = new Thread(() -> clean(run));
        Runtime.getRuntime().addShutdownHook(cleaning);
        try {
            long began = System.nanoTime();
            Report report = run.run(line -> {
                out().printf(
                                "%4d s  %s%n",
                                Duration.ofNanos(System.nanoTime() - began).toSeconds(), line);
                out().flush();
            });
            return print(report);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the run failed: " + e.getMessage() + "; see " + run.directory());
        } finally {
            clean(run);
        }
    }

    private ChaosRun asked(Path reports) {
        try {
            return new ChaosRun(
                    Duration.ofSeconds(Math.round(minutes * 60)),
                    nodes,
                    seed != null ? seed : ThreadLocalRandom.current().nextLong(1_000_000),
                    harms != null ? harms.stream().map(Harm::parse).toList() : Harm.bearable(),
                    rate,
                    inside,
                    java(HEAP_OF_A_NODE, "server"),
                    reports);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    /** The same command once more, in namespaces. It ends when the pipe to it is closed, however this process ends. */
    private int apart(ChaosRun run) throws IOException, InterruptedException {
        List<String> command = java(
                HEAP,
                "chaos",
                "--inside",
                "--minutes",
                Double.toString(minutes),
                "--nodes",
                Integer.toString(nodes),
                "--seed",
                Long.toString(run.seed()),
                "--rate",
                Integer.toString(rate),
                "--nemesis",
                String.join(",", run.harms().stream().map(Harm::text).toList()),
                "--report",
                run.directory().toString());
        Process process = new ProcessBuilder(Namespaces.enter(command))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread ending = new Thread(() -> {
            process.destroyForcibly(); // With it goes the whole namespace.
            clean(run);
        });
        Runtime.getRuntime().addShutdownHook(ending);
        return process.waitFor();
    }

    private static void endWithParent() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {} // Nothing is ever sent.
            } catch (IOException _) { // The same as its end.
            }
            System.exit(ExitCode.USAGE);
        });
    }

    /** What is large. The history, the report and the logs stay. */
    private static void clean(ChaosRun run) {
        Path disks = run.directory().resolve("disks");
        if (!Files.exists(disks)) {
            return;
        }
        try (Stream<Path> images = Files.list(disks);
                Stream<Path> all = Files.walk(disks)) {
            for (Path image : images.filter(Files::isRegularFile).toList()) {
                Files.delete(image); // First: all that is large, and it can be deleted while it is mounted.
            }
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException _) { // Still mounted; the process outside does the rest.
        }
    }

    /** A command of this program, as it was started itself: the same JVM, from the same files. */
    private static List<String> java(String heap, String... arguments) {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // Several start at once, on few cores, and live for minutes.
                "-XX:+ExitOnOutOfMemoryError",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
        if (classPath.endsWith(JAR) && classPath.indexOf(java.io.File.pathSeparatorChar) < 0) {
            command.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            command.addAll(List.of("-cp", classPath, "weir.server.Main"));
        }
        command.addAll(List.of(arguments));
        return command;
    }

    private int print(Report report) {
        out().println();
        out().print(report.text());
        out().println();
        out().println(report.holds() ? "Every promise held." : "A PROMISE WAS BROKEN.");
        out().flush();
        return report.holds() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
