package weir.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import weir.cluster.replication.DamagedLogException;
import weir.server.Logging;
import weir.server.WeirServer;
import weir.server.config.ConfigException;
import weir.server.config.ConfigReader;
import weir.server.config.Setting;
import weir.server.config.WeirConfig;
import weir.storage.CorruptStoreException;

/** {@code weir server}. */
@Command(
        name = "server",
        description = "Runs a server in the foreground until it is told to stop (Ctrl-C, SIGTERM).",
        mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file; variables override it.")
    private @Nullable Path file;

    @Option(names = "--settings", description = "Print every setting with its variable and default, and exit.")
    private boolean settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (settings) {
            print(spec.commandLine().getOut());
            return ExitCode.DONE;
        }
        try {
            WeirConfig config = ConfigReader.read(file, System.getenv());
            Logging.setLevel(config.logLevel());
            WeirServer server = WeirServer.start(config);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
            server.awaitStop();
            return server.failed() ? ExitCode.REFUSED : ExitCode.DONE;
        } catch (ConfigException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (CorruptStoreException | DamagedLogException e) { // They say which file, and what to do.
            throw new CommandFailure(ExitCode.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    private static void print(PrintWriter out) {
        Table table = new Table("SETTING", "VARIABLE", "DEFAULT", "ALLOWED");
        for (Setting setting : Setting.values()) {
            table.row(setting.key(), setting.variable(), setting.byDefault(), setting.allowed());
        }
        table.print(out);
        out.println(String.format(Locale.ROOT, "%nIn the YAML file, a dot separates a section from its key."));
    }
}
