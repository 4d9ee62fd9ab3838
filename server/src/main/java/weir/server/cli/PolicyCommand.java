package weir.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code weir policy}. */
@Command(
        name = "policy",
        description = "Sets, lists and clears policies: what holds for the queues and exchanges whose names match.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class PolicyCommand implements Runnable {
    private static final String NAME = "NAME";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    /** The options that name a set of policies. */
    static final class Which {
        @Option(names = "--vhost", paramLabel = "VHOST", defaultValue = "/", description = "(default: /)")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private String host;

        @Option(names = "--operator", description = "An operator's policy, which only makes limits smaller.")
        private boolean operator;

        String path(String... name) {
            String[] parts = new String[2 + name.length];
            parts[0] = operator ? "operator-policies" : "policies";
            parts[1] = host;
            System.arraycopy(name, 0, parts, 2, name.length);
            return AdminClient.rabbit(parts);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing, such as: weir policy set NAME '^q' max-length=1000");
    }

    @Command(
            name = "set",
            description = "Sets a policy; it takes effect on what is there within moments.",
            mixinStandardHelpOptions = true)
    int set(
            @Mixin Remote remote,
            @Mixin Which which,
            @Option(
                            names = "--apply-to",
                            paramLabel = "WHAT",
                            defaultValue = "all",
                            description =
                                    "all, queues, classic_queues, quorum_queues, streams, exchanges (default: all).")
                    String applyTo,
            @Option(
                            names = "--priority",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "The highest that matches holds alone (default: 0).")
                    int priority,
            @Parameters(paramLabel = NAME, index = "0") String name,
            @Parameters(paramLabel = "REGEX", index = "1", description = "Found anywhere in a name.") String pattern,
            @Parameters(
                            paramLabel = "KEY=VALUE",
                            index = "2..*",
                            arity = "1..*",
                            description = "What holds, e.g. message-ttl=60000 or overflow=reject-publish.")
                    String[] settings) {
        ObjectNode definition = AdminClient.JSON.createObjectNode();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(ExitCode.USAGE, "\"" + setting + "\" is no setting; allowed is KEY=VALUE");
            }
            definition.set(setting.substring(0, equals), value(setting.substring(equals + 1)));
        }
        ObjectNode body = AdminClient.JSON
                .createObjectNode()
                .put("pattern", pattern)
                .put("apply-to", applyTo)
                .put("priority", priority);
        body.set("definition", definition);
        try (AdminClient client = remote.connect()) {
            remote.show(client.put(which.path(name), body), "policy " + name + " is set");
            return ExitCode.DONE;
        }
    }

    /** A number is one; anything else is text. */
    private static JsonNode value(String text) {
        try {
            JsonNode value = AdminClient.JSON.readTree(text);
            return value.isIntegralNumber()
                    ? value
                    : AdminClient.JSON.getNodeFactory().stringNode(text);
        } catch (JacksonException _) {
            return AdminClient.JSON.getNodeFactory().stringNode(text);
        }
    }

    @Command(name = "list", description = "Lists policies, the one that wins first.", mixinStandardHelpOptions = true)
    int list(@Mixin Remote remote, @Mixin Which which) {
        try (AdminClient client = remote.connect()) {
            ArrayNode all = AdminClient.JSON.createArrayNode();
            Table table = new Table("NAME", "PATTERN", "APPLIES TO", "PRIORITY", "SAYS");
            for (JsonNode each : client.get(which.path())) {
                all.add(each);
                table.row(
                        each.path("name").asString(),
                        each.path("pattern").asString(),
                        each.path("apply-to").asString(),
                        each.path("priority").asString(),
                        each.path("definition").toString());
            }
            remote.show(all, table, "there are none; set one with: weir policy set NAME REGEX KEY=VALUE");
            return ExitCode.DONE;
        }
    }

    @Command(name = "clear", description = "Clears a policy.", mixinStandardHelpOptions = true)
    int clear(@Mixin Remote remote, @Mixin Which which, @Parameters(paramLabel = NAME) String name) {
        try (AdminClient client = remote.connect()) {
            remote.show(client.delete(which.path(name)), "policy " + name + " is cleared");
            return ExitCode.DONE;
        }
    }
}
