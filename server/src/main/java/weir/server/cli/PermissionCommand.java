package weir.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code weir permission}. */
@Command(
        name = "permission",
        description = "Says what users may do in a virtual host. Expressions are found anywhere in a name;"
                + " '' matches nothing, '.*' everything.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class PermissionCommand implements Runnable {
    private static final String EVERYTHING = ".*";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir permission set USER");
    }

    @Command(
            name = "set",
            description = "Lets a user in, and says what he may do there.",
            mixinStandardHelpOptions = true)
    int set(
            @Mixin Remote remote,
            @Option(names = "--vhost", paramLabel = "VHOST", defaultValue = "/") String host,
            @Option(
                            names = "--topic",
                            paramLabel = "EXCHANGE",
                            description = "Of routing keys at this topic exchange, rather than of names.")
                    @Nullable
                    String exchange,
            @Option(names = "--configure", paramLabel = "REGEX", defaultValue = EVERYTHING) String configure,
            @Option(names = "--write", paramLabel = "REGEX", defaultValue = EVERYTHING) String write,
            @Option(names = "--read", paramLabel = "REGEX", defaultValue = EVERYTHING) String read,
            @Parameters(paramLabel = "USER") String user) {
        ObjectNode body =
                AdminClient.JSON.createObjectNode().put("write", write).put("read", read);
        if (exchange == null) {
            body.put("configure", configure);
        } else {
            body.put("exchange", exchange);
        }
        try (AdminClient client = remote.connect()) {
            remote.show(
                    client.put(AdminClient.rabbit(kind(exchange), host, user), body),
                    "user " + user + " may now do that in " + host);
            return ExitCode.DONE;
        }
    }

    private static String kind(@Nullable String exchange) {
        return exchange == null ? "permissions" : "topic-permissions";
    }

    @Command(name = "list", description = "Lists permissions, all or a user's.", mixinStandardHelpOptions = true)
    int list(@Mixin Remote remote, @Parameters(paramLabel = "USER", arity = "0..1") @Nullable String user) {
        try (AdminClient client = remote.connect()) {
            ArrayNode all = AdminClient.JSON.createArrayNode();
            Table table = new Table("USER", "VHOST", "TOPIC EXCHANGE", "CONFIGURE", "WRITE", "READ");
            for (String kind : new String[] {"permissions", "topic-permissions"}) {
                for (JsonNode each : client.get(AdminClient.rabbit(kind))) {
                    if (user == null || each.path("user").asString().equals(user)) {
                        all.add(each);
                        table.row(
                                each.path("user").asString(),
                                each.path("vhost").asString(),
                                each.path("exchange").asString("-"),
                                each.path("configure").asString("-"),
                                each.path("write").asString(),
                                each.path("read").asString());
                    }
                }
            }
            remote.show(all, table, "there are none; give some with: weir permission set USER");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "clear",
            description = "Takes away what a user may do in a virtual host: he cannot enter it any more.",
            mixinStandardHelpOptions = true)
    int clear(
            @Mixin Remote remote,
            @Option(names = "--vhost", paramLabel = "VHOST", defaultValue = "/") String host,
            @Option(
                            names = "--topic",
                            paramLabel = "EXCHANGE",
                            description = "Only what is said of this topic exchange: it holds him no more.")
                    @Nullable
                    String exchange,
            @Parameters(paramLabel = "USER") String user) {
        try (AdminClient client = remote.connect()) {
            String path = exchange == null
                    ? AdminClient.rabbit("permissions", host, user)
                    : AdminClient.rabbit("topic-permissions", host, user, exchange);
            remote.show(client.delete(path), "that is taken from user " + user + " in " + host);
            return ExitCode.DONE;
        }
    }
}
