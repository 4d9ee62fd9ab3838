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
import tools.jackson.databind.node.ObjectNode;

/** {@code weir user}. */
@Command(
        name = "user",
        description = "Adds, lists and deletes users.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class UserCommand implements Runnable {
    private static final String NAME = "USER";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir user add NAME");
    }

    @Command(name = "add", description = "Adds a user. Then: weir key create USER", mixinStandardHelpOptions = true)
    int add(
            @Mixin Remote remote,
            @Option(
                            names = "--account",
                            paramLabel = "DIGITS",
                            description = "Twelve digits (default: the server's own, whose queues are here).")
                    @Nullable
                    String account,
            @Parameters(paramLabel = NAME) String name) {
        ObjectNode body = AdminClient.JSON.createObjectNode().put("name", name);
        SettingOptions.put(body, "account", account);
        try (AdminClient client = remote.connect()) {
            JsonNode user = client.post("/api/v1/users", body);
            remote.show(
                    user, "user " + name + " of account " + user.path("account").asString() + " is there");
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "Lists users.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Remote remote,
            @Parameters(paramLabel = "PREFIX", arity = "0..1", description = "How the names begin.") @Nullable
                    String prefix) {
        try (AdminClient client = remote.connect()) {
            Table table = new Table("NAME", "ACCOUNT", "ID", "CREATED");
            var all = AdminClient.JSON.createArrayNode();
            String after = "";
            boolean more = true;
            while (more) {
                JsonNode page = client.get("/api/v1/users?limit=1000&prefix="
                        + AdminClient.encoded(prefix == null ? "" : prefix) + "&after=" + AdminClient.encoded(after));
                for (JsonNode user : page.path("users")) {
                    all.add(user);
                    table.row(
                            user.path("name").asString(),
                            user.path("account").asString(),
                            user.path("id").asString(),
                            user.path("createdAt").asString());
                }
                more = page.has("next");
                after = page.path("next").asString("");
            }
            remote.show(all, table, "there are no such users; add one with: weir user add NAME");
            return ExitCode.DONE;
        }
    }

    @Command(name = "delete", description = "Deletes a user and all keys of it.", mixinStandardHelpOptions = true)
    int delete(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        try (AdminClient client = remote.connect()) {
            remote.show(client.delete(AdminClient.user(name)), "user " + name + " is deleted");
            return ExitCode.DONE;
        }
    }
}
