package weir.server.cli;

import java.util.List;
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
        description = "Adds, lists and deletes users; their keys for AWS's clients are with: weir key.",
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

    @Command(
            name = "password",
            description = "Lets a user in by RabbitMQ's clients, with this password; adds him if there is none. Then:"
                    + " weir permission set USER",
            mixinStandardHelpOptions = true)
    int password(
            @Mixin Remote remote,
            @Parameters(paramLabel = NAME) String name,
            @Parameters(
                            paramLabel = "PASSWORD",
                            arity = "0..1",
                            interactive = true,
                            prompt = "Password: ",
                            description = "Asked for if it is not given.")
                    String password) {
        try (AdminClient client = remote.connect()) {
            String path = AdminClient.rabbit("users", name);
            ObjectNode body = AdminClient.JSON.createObjectNode().put("password", password);
            body.set("tags", tags(client, name));
            remote.show(client.put(path, body), "user " + name + " has this password");
            return ExitCode.DONE;
        }
    }

    private static JsonNode tags(AdminClient client, String name) {
        for (JsonNode user : client.get(AdminClient.rabbit("users"))) {
            if (user.path("name").asString().equals(name)) {
                return user.path("tags");
            }
        }
        return AdminClient.JSON.createArrayNode();
    }

    @Command(
            name = "tags",
            description = "Sets RabbitMQ's tags of a user, such as administrator or monitoring; none for no tags.",
            mixinStandardHelpOptions = true)
    int setTags(
            @Mixin Remote remote,
            @Parameters(paramLabel = NAME) String name,
            @Parameters(paramLabel = "TAG", arity = "0..*") @Nullable List<String> tags) {
        try (AdminClient client = remote.connect()) {
            String path = AdminClient.rabbit("users", name);
            JsonNode user = client.get(path);
            ObjectNode body = AdminClient.JSON
                    .createObjectNode()
                    .put("password_hash", user.path("password_hash").asString())
                    .put("hashing_algorithm", user.path("hashing_algorithm").asString())
                    .put("tags", tags == null ? "" : String.join(",", tags));
            remote.show(client.put(path, body), "user " + name + " has these tags");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "limit",
            description = "Limits RabbitMQ's connections and channels of a user; a negative number is no limit.",
            mixinStandardHelpOptions = true)
    int limit(
            @Mixin Remote remote,
            @Option(names = "--connections", paramLabel = "N", description = "Connections at each node.") @Nullable
                    Long connections,
            @Option(names = "--channels", paramLabel = "N", description = "Channels at each node.") @Nullable
                    Long channels,
            @Parameters(paramLabel = NAME) String name) {
        Rabbit.limit(remote, "user-limits", name, "max-connections", connections, "max-channels", channels);
        return ExitCode.DONE;
    }

    @Command(name = "delete", description = "Deletes a user and all keys of it.", mixinStandardHelpOptions = true)
    int delete(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        try (AdminClient client = remote.connect()) {
            remote.show(client.delete(AdminClient.user(name)), "user " + name + " is deleted");
            return ExitCode.DONE;
        }
    }
}
