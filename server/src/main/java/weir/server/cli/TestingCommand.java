package weir.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code weir testing}, for a server that was started with {@code testing.enabled}. */
@Command(
        name = "testing",
        description = "Moves the clock of a server that is for tests, or empties it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class TestingCommand implements Runnable {
    private static final String PATH = "/api/v1/testing";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir testing advance 5m");
    }

    @Command(name = "clock", description = "Shows the server's time.", mixinStandardHelpOptions = true)
    int clock(@Mixin Remote remote) {
        try (AdminClient client = remote.connect()) {
            return show(remote, client.get(PATH + "/clock"));
        }
    }

    @Command(
            name = "advance",
            description = "Moves the server's time on: leases, delays, retention and deduplication run out.",
            mixinStandardHelpOptions = true)
    int advance(@Mixin Remote remote, @Parameters(paramLabel = "DURATION", description = "E.g. 5m.") String by) {
        ObjectNode body = AdminClient.JSON.createObjectNode().put("advance", by);
        try (AdminClient client = remote.connect()) {
            return show(remote, client.post(PATH + "/clock", body));
        }
    }

    @Command(
            name = "reset",
            description = "Deletes every queue and everything else that is defined.",
            mixinStandardHelpOptions = true)
    int reset(@Mixin Remote remote) {
        try (AdminClient client = remote.connect()) {
            client.post(PATH + "/reset", AdminClient.JSON.createObjectNode());
            if (!remote.json) {
                remote.out().println("there is nothing left");
            }
            return ExitCode.DONE;
        }
    }

    private static int show(Remote remote, JsonNode clock) {
        if (remote.json) {
            remote.printJson(clock);
        } else {
            remote.out().println("it is " + Table.printable(clock.path("now").asString()));
        }
        return ExitCode.DONE;
    }
}
