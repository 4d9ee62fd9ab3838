package weir.chaos.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server process: started, harmed and started again on the same data. For the nemesis's thread alone. */
public final class Node {
    /** From the start of a process until its port answers; with other nodes' JVMs on the same few cores. */
    private static final Duration READY_MAX = Duration.ofSeconds(90);

    /** Of a command that a person would give: a JVM's start, and an answer that may have to wait for a leader. */
    private static final Duration TOOL_MAX = Duration.ofSeconds(90);

    private static final Duration STOP_MAX = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final int number;
    private final InetSocketAddress port;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path data;
    private final Path log;
    private final @Nullable Disk disk;
    private final Clock clock;
    private @Nullable Process process;
    /** Whether that process has answered once. */
    private volatile boolean wasReady;

    Node(
            int number,
            InetSocketAddress port,
            List<String> command,
            Map<String, String> environment,
            Path data,
            Path log,
            @Nullable Disk disk,
            Clock clock) {
        this.number = number;
        this.port = port;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.data = data;
        this.log = log;
        this.disk = disk;
        this.clock = clock;
    }

    public int number() {
        return number;
    }

    /** Where clients of SQS reach it. */
    public InetSocketAddress port() {
        return port;
    }

    public Disk disk() {
        if (disk == null) {
            throw new IllegalStateException("node " + number + " has no disk of its own");
        }
        return disk;
    }

    public DataFiles files() {
        return new DataFiles(data);
    }

    public Clock clock() {
        return clock;
    }

    /** Starts the process, if it does not run. */
    public void start() throws IOException {
        if (runs()) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("WEIR_"));
        builder.environment().putAll(environment);
        process = builder.start();
        wasReady = false;
    }

    /** Waits until its port answers. What was ending by itself when it was to be started, e.g. for a full disk, is started then. */
    public void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (!answers()) {
            if (!runs() && wasReady) {
                start();
            } else if (!runs()) {
                throw new LabException(
                        "node " + number + " ended with " + exitValue() + " when it was started; see " + log);
            }
            if (System.nanoTime() > end) {
                throw new LabException(
                        "node " + number + " was not ready after " + READY_MAX.toSeconds() + " s; see " + log);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        wasReady = true;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(port, 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    public boolean runs() {
        return process != null && process.isAlive();
    }

    /** How it ended; empty while it runs. */
    public Optional<Integer> exitValue() {
        return process == null || process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /** kill -9. */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** As a service manager does: SIGTERM, and SIGKILL if that does not help. Whether it did. */
    public boolean stop() throws InterruptedException {
        if (process == null) {
            return true;
        }
        process.destroy();
        if (process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        kill();
        return false;
    }

    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process != null) {
            Shell.run("kill", signal, Long.toString(process.pid()));
        }
    }

    /** Deletes all its data. No fault that a cluster has to bear: it shows that the checker finds what is lost. */
    public void wipe() throws IOException {
        if (!Files.exists(data)) {
            return;
        }
        try (var files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** Ends the process for good, interrupted or not. */
    void close() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join(); // The kernel keeps nobody who was killed, so this is short.
        }
    }

    /** Runs another command of the server's own program beside the node, where it reaches the node's loopback. */
    public String tool(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command.subList(0, command.size() - 1)); // The last word is "server".
        all.addAll(List.of(arguments));
        return Shell.run(all, TOOL_MAX);
    }
}
