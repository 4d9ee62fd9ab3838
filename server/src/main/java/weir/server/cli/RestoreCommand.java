package weir.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import weir.cluster.replication.Member;
import weir.cluster.restore.Restore;

/** {@code weir cluster restore}: on a machine that is to be the first of a new cluster. */
@Command(
        name = "restore",
        description = {
            "Makes a new cluster of one node from copies of nodes that are lost.",
            "Runs without a server. The copies are not changed; with more than one, each shard is taken from the copy that",
            "has come furthest. Then start a server on the new directory; others join it with empty directories."
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            defaultValue = "${env:WEIR_DATA:-./data}",
            description = "The new data directory (default: WEIR_DATA, else ./data); new or empty.")
    @SuppressWarnings("NullAway.Init") // Set by picocli before call.
    private Path data;

    @Option(
            names = "--node",
            paramLabel = "N",
            defaultValue = "${env:WEIR_NODE_ID:-1}",
            description = "The number of the node that it becomes (default: WEIR_NODE_ID, else 1).")
    private int node;

    @Parameters(paramLabel = "COPY", arity = "1..*", description = "A copy of a node's data directory.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> copies;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (node < 1 || node > Member.NODE_MAX) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--node is " + node + ", allowed is a number from 1 to " + Member.NODE_MAX);
        }
        Restore.Restored restored = FileWork.done(() -> Restore.make(copies, data, node));
        spec.commandLine()
                .getOut()
                .println("Restored " + restored.queues() + " queues in " + restored.shards() + " shards to " + data
                        + ", as node " + node + " of the new cluster " + restored.cluster()
                        + ". Start it with WEIR_DATA=" + data + " WEIR_NODE_ID=" + node + " WEIR_SHARDS="
                        + restored.shards() + ".");
        return ExitCode.DONE;
    }
}
