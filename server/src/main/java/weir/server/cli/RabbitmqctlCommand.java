package weir.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import weir.server.cli.ctl.Rabbitmqctl;

/** {@code weir rabbitmqctl}: takes its line as it is, since RabbitMQ's options are not ours. */
@Command(
        name = "rabbitmqctl",
        description = "What scripts ask of RabbitMQ's rabbitmqctl: its subcommands, columns and exit codes."
                + " See: weir rabbitmqctl help")
final class RabbitmqctlCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call.
    private CommandSpec spec;

    @Unmatched
    private final List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        return Rabbitmqctl.run(spec.commandLine().getOut(), spec.commandLine().getErr(), words);
    }
}
