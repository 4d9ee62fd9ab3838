package weir.server.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import weir.core.text.Durations;
import weir.core.text.Sizes;
import weir.server.load.Load;
import weir.server.load.LoadReport;
import weir.server.load.LoadRun;

/** {@code weir bench}. */
@Command(
        name = "bench",
        description = "Puts a load on an SQS endpoint, Weir's or another's, and reports rates and latencies.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call.
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The SQS endpoint (default: ${DEFAULT-VALUE}).",
            defaultValue = "http://127.0.0.1:9324")
    private URI url;

    @Option(
            names = "--queue",
            paramLabel = "QUEUE",
            description = "Created if it is not there (default: ${DEFAULT-VALUE}).",
            defaultValue = "weir-bench")
    private String queue;

    @Option(names = "--messages", paramLabel = "N", description = "Send so many at most (default: no limit).")
    private long messages = Long.MAX_VALUE / 2;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            description = "Send so long at most (default: ${DEFAULT-VALUE}).",
            converter = DurationText.class,
            defaultValue = "10s")
    private Duration duration;

    @Option(
            names = "--warmup",
            paramLabel = "DURATION",
            description = "Send so long before counting (default: ${DEFAULT-VALUE}).",
            converter = DurationText.class,
            defaultValue = "3s")
    private Duration warmUp;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "Body of a message (default: ${DEFAULT-VALUE}).",
            converter = SizeText.class,
            defaultValue = "1KiB")
    private Integer size;

    @Option(names = "--producers", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "8")
    private int producers;

    @Option(names = "--consumers", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "8")
    private int consumers;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Messages in one send, 1 to 10 (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Send requests a second of all producers together, at even distances (default: no limit).")
    private int rate;

    @Option(
            names = "--groups",
            paramLabel = "N",
            description = "Use a FIFO queue (QUEUE ends in .fifo) and send to so many message groups in turns.")
    private int groups;

    @Option(names = "--delete-queue", description = "Delete the queue at the end.")
    private boolean deleteQueue;

    @Option(names = "--json", description = "Print the report as JSON, and no progress.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Load load;
        try {
            load = new Load(
                    url,
                    queue,
                    messages,
                    duration,
                    warmUp,
                    size,
                    producers,
                    consumers,
                    batch,
                    rate,
                    groups,
                    deleteQueue);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), isTerminal());
        LoadReport report;
        try {
            report = LoadRun.run(load, json ? (_, _, _, _, _) -> {} : progress);
        } catch (IOException e) {
            progress.end();
            throw new CommandFailure(
                    ExitCode.NO_ANSWER,
                    "the load on " + url + " failed: " + e.getMessage() + "; is a server running there?");
        }
        progress.end();
        print(report, spec.commandLine().getOut());
        return ExitCode.DONE;
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private void print(LoadReport report, PrintWriter out) {
        if (json) {
            out.println(AdminClient.JSON.writeValueAsString(report));
            return;
        }
        Table table = new Table("", "MESSAGES", "PER SECOND", "P50 MS", "P90 MS", "P99 MS", "P99.9 MS", "MAX MS");
        for (LoadReport.Line line : report.lines()) {
            table.row(
                    line.what(),
                    line.messages(),
                    String.format(Locale.ROOT, "%.0f", line.perSecond()),
                    millis(line.p50Millis()),
                    millis(line.p90Millis()),
                    millis(line.p99Millis()),
                    millis(line.p999Millis()),
                    millis(line.maxMillis()));
        }
        table.print(out);
        out.printf(Locale.ROOT, "%.1f s, %d errors%n", report.seconds(), report.errors());
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.2f", millis);
    }

    /** One line that is written over on a terminal, a new line each time elsewhere. */
    private static final class ProgressLine implements LoadRun.Progress {
        private final PrintWriter err;
        private final boolean terminal;
        private double lastSeconds;
        private long lastSent;
        private long lastDeleted;

        ProgressLine(PrintWriter err, boolean terminal) {
            this.err = err;
            this.terminal = terminal;
        }

        @Override
        public void at(double seconds, boolean warmingUp, long sent, long deleted, long errors) {
            if (warmingUp) {
                line(String.format(Locale.ROOT, "%5.0f s  warming up, %d errors", seconds, errors));
                return;
            }
            double elapsed = Math.max(0.001, seconds - lastSeconds);
            line(String.format(
                    Locale.ROOT,
                    "%5.0f s  sent %d (%.0f/s)  deleted %d (%.0f/s)  errors %d",
                    seconds,
                    sent,
                    (sent - lastSent) / elapsed,
                    deleted,
                    (deleted - lastDeleted) / elapsed,
                    errors));
            lastSeconds = seconds;
            lastSent = sent;
            lastDeleted = deleted;
        }

        void end() {
            if (terminal) {
                line("");
                err.print('\r');
                err.flush();
            }
        }

        private void line(String text) {
            if (terminal) {
                err.print("\r\033[K" + text); // Back to the start, and what stood there is erased.
            } else if (!text.isEmpty()) {
                err.println(text);
            }
            err.flush();
        }
    }

    /** Reads {@code 30s}. */
    static final class DurationText implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Durations.parse(text)
                    .orElseThrow(() ->
                            new CommandLine.TypeConversionException("'" + text + "', allowed is " + Durations.ALLOWED));
        }
    }

    /** Reads {@code 1KiB}. */
    static final class SizeText implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            long bytes = Sizes.parse(text).orElse(Long.MAX_VALUE);
            if (bytes > Integer.MAX_VALUE) {
                throw new CommandLine.TypeConversionException("'" + text + "', allowed is " + Sizes.ALLOWED);
            }
            return (int) bytes;
        }
    }
}
