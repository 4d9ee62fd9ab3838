package weir.server.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import weir.cluster.restore.Backup;

/** {@code weir cluster backup}: on the machine of a node, beside its server. */
@Command(
        name = "backup",
        description = {
            "Copies a node's data, while its server runs or not.",
            "Runs on the node's own machine and asks no server. See: weir cluster restore"
        },
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            defaultValue = "${env:WEIR_DATA:-./data}",
            description = "The node's data directory (default: WEIR_DATA, else ./data).")
    @SuppressWarnings("NullAway.Init") // Set by picocli before call.
    private Path data;

    @Parameters(paramLabel = "DIR", description = "Where the copy goes; new or empty.")
    @SuppressWarnings("NullAway.Init")
    private Path to;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        FileWork.done(() -> {
            Backup.make(data, to);
            return to;
        });
        spec.commandLine().getOut().println("The data in " + data + " are copied to " + to + ".");
        return ExitCode.DONE;
    }
}
