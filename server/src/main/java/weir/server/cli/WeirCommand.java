package weir.server.cli;

import java.io.PrintWriter;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import weir.server.Version;

/** {@code weir}: gathers the commands. */
@Command(
        name = "weir",
        description = "One durable message queue for SQS, RabbitMQ and Kafka clients.",
        versionProvider = WeirCommand.VersionText.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServerCommand.class,
            QueueCommand.class,
            SendCommand.class,
            ReceiveCommand.class,
            PeekCommand.class,
            UserCommand.class,
            KeyCommand.class,
            ClusterCommand.class,
            VhostCommand.class,
            PermissionCommand.class,
            PolicyCommand.class,
            RabbitmqctlCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            TestingCommand.class,
            TrainCommand.class,
            WeirCommand.Completion.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the server refused",
            "2:wrong usage or configuration",
            "3:no answer: it may or may not have been done"
        })
public final class WeirCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    /** Runs a command on standard output and error, and returns its exit code. */
    public static int run(String... arguments) {
        return run(new CommandLine(new WeirCommand()), arguments);
    }

    /** The same on other writers. */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return run(new CommandLine(new WeirCommand()).setOut(out).setErr(err), arguments);
    }

    private static int run(CommandLine line, String... arguments) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Objects.requireNonNull(line.getSubcommands().get("rabbitmqctl")).setStopAtUnmatched(true);
        line.setExecutionExceptionHandler((failure, command, _) -> {
            if (failure instanceof CommandFailure known) {
                command.getErr().println("weir: " + known.getMessage());
                return known.exitCode();
            }
            throw failure;
        });
        line.setParameterExceptionHandler((e, _) -> {
            PrintWriter err = e.getCommandLine().getErr();
            err.println("weir: " + e.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
            err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return ExitCode.USAGE;
        });
        return line.execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir server");
    }

    /** Asked for by {@code --version}. */
    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weir " + Version.current() + " (Java " + Runtime.version() + ")"};
        }
    }

    /** {@code weir completion}. */
    @Command(
            name = "completion",
            description = "Prints a completion script. Use it with: source <(weir completion bash)",
            mixinStandardHelpOptions = true)
    static final class Completion implements Runnable {
        private enum Shell {
            BASH,
            ZSH
        }

        @Parameters(description = "bash or zsh; the same script serves both.", defaultValue = "bash")
        @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Set by picocli; checked by being parsed.
        private Shell shell;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            out.print(AutoComplete.bash("weir", spec.root().commandLine()));
            out.flush();
        }
    }
}
