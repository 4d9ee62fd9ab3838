package weir.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Recorder;
import weir.chaos.lab.Lab;
import weir.chaos.lab.Node;
import weir.chaos.nemesis.Harm;
import weir.chaos.nemesis.Nemesis;
import weir.chaos.report.Report;
import weir.chaos.workload.AccessKey;
import weir.chaos.workload.AmqpFront;
import weir.chaos.workload.SqsFront;
import weir.chaos.workload.Workload;

/**
 * One run, as it is asked for.
 *
 * @param duration of the load; draining and starting come on top
 * @param nodes 1 to 9
 * @param rate messages a second that are sent by all clients together
 * @param apart whether the nodes are in namespaces of their own, which this program then has to be in already
 * @param server the command that starts a node; its last word is {@code server}
 * @param directory for the history, the report, the nodes' logs, and their disks while it lasts
 */
public record ChaosRun(
        Duration duration,
        int nodes,
        long seed,
        List<Harm> harms,
        int rate,
        boolean apart,
        List<String> server,
        Path directory) {
    public static final Duration DURATION_MAX = Duration.ofHours(12);
    public static final int NODES_MAX = 9;
    public static final int RATE_MAX = 2_000;

    /** @throws IllegalArgumentException if a bound is exceeded, with what is allowed */
    public ChaosRun {
        harms = List.copyOf(harms);
        server = List.copyOf(server);
        if (!duration.isPositive() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException("the run is to last " + duration.toMinutes()
                    + " minutes, allowed is up to " + DURATION_MAX.toMinutes());
        }
        if (nodes < 1 || nodes > NODES_MAX) {
            throw new IllegalArgumentException("nodes is " + nodes + ", allowed is 1 to " + NODES_MAX);
        }
        if (rate < 1 || rate > RATE_MAX) {
            throw new IllegalArgumentException("rate is " + rate + ", allowed is 1 to " + RATE_MAX);
        }
    }

    /** Where its history will be. */
    public Path history() {
        return directory.resolve("history.log");
    }

    /**
     * Runs, checks and reports. What it needs of disk: the history (about 150 bytes for each operation), and the nodes'
     * disks, which are of a fixed size.
     */
    public Report run(Consumer<String> progress) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        SplittableRandom random = new SplittableRandom(seed);
        try (Recorder recorder = new Recorder(history());
                Lab lab = Lab.create(nodes, apart, server, directory)) {
            recorder.record(new Entry.Run(seed, nodes, tolerance().toNanos() / 1_000, toString(harms)));
            progress.accept("starting " + nodes + (nodes == 1 ? " node" : " nodes") + ", seed " + seed);
            lab.start();
            List<InetSocketAddress> ports = lab.nodes().stream().map(Node::port).toList();
            List<String> key = lab.createKey();
            SqsFront sqs = new SqsFront(new AccessKey(key.getFirst(), key.getLast()));
            List<String> login = lab.createLogin();
            AmqpFront amqp = new AmqpFront(Lab.AMQP_PORT, new AmqpFront.Login(login.getFirst(), login.getLast()));
            try (Workload workload = new Workload(List.of(sqs, amqp), ports, recorder)) {
                workload.start(rate, random.split());
                new Nemesis(lab, recorder, random.split(), harms, progress)
                        .run(duration, () -> workload.failure().isPresent());
                progress.accept("draining");
                workload.drain();
                if (workload.failure().isPresent()) {
                    throw new IOException(
                            "a client failed: " + workload.failure().get());
                }
            }
        }
        progress.accept("checking");
        return report(directory, History.read(history()));
    }

    private String toString(List<Harm> chosen) {
        return nodes + (nodes == 1 ? " node, " : " nodes, ")
                + (apart ? "each with its own network and disk, " : "all on loopback, ")
                + "harmed by "
                + String.join(" ", chosen.stream().map(Harm::text).toList());
    }

    private Duration tolerance() {
        return harms.contains(Harm.CLOCK) ? Nemesis.TOLERANCE_WITH_CLOCKS : Nemesis.TOLERANCE;
    }

    /** Checks {@code history}, and writes the report into {@code directory}. */
    public static Report report(Path directory, History history) throws IOException {
        Report report = Report.of(history);
        Files.writeString(directory.resolve("report.txt"), report.text());
        Files.writeString(directory.resolve("report.html"), report.html());
        return report;
    }
}
