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

/** {@code weir key}. */
@Command(
        name = "key",
        description = "Creates, lists, switches off and deletes access keys.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeyCommand implements Runnable {
    private static final String USER = "USER";
    private static final String KEY = "KEY";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir key create USER");
    }

    @Command(
            name = "create",
            description = "Creates an access key and prints it, in the form that AWS's tools read. The secret is"
                    + " never shown again.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Remote remote,
            @Option(
                            names = "--lifetime",
                            paramLabel = "DURATION",
                            description = "The key ends after this, e.g. 12h, and has a session token.")
                    @Nullable
                    String lifetime,
            @Parameters(paramLabel = USER) String user) {
        ObjectNode body = AdminClient.JSON.createObjectNode();
        SettingOptions.put(body, "lifetime", lifetime);
        try (AdminClient client = remote.connect()) {
            JsonNode key = client.post(keys(user), body);
            StringBuilder lines = new StringBuilder()
                    .append("AWS_ACCESS_KEY_ID=")
                    .append(key.path("id").asString())
                    .append(System.lineSeparator())
                    .append("AWS_SECRET_ACCESS_KEY=")
                    .append(key.path("secret").asString());
            if (key.has("sessionToken")) {
                lines.append(System.lineSeparator())
                        .append("AWS_SESSION_TOKEN=")
                        .append(key.path("sessionToken").asString());
            }
            if (remote.json) {
                remote.printJson(key);
            } else {
                remote.out().println(lines);
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "Lists a user's keys, without secrets.", mixinStandardHelpOptions = true)
    int list(@Mixin Remote remote, @Parameters(paramLabel = USER) String user) {
        try (AdminClient client = remote.connect()) {
            JsonNode keys = client.get(keys(user)).path("keys");
            Table table = new Table("KEY", "STATE", "CREATED", "ENDS");
            for (JsonNode key : keys) {
                table.row(
                        key.path("id").asString(),
                        key.path("enabled").asBoolean(false) ? "on" : "off",
                        key.path("createdAt").asString(),
                        key.path("expiresAt").asString("never"));
            }
            remote.show(keys, table, "user " + user + " has no keys; create one with: weir key create " + user);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "disable",
            description = "Switches a key off, to see who misses it.",
            mixinStandardHelpOptions = true)
    int disable(
            @Mixin Remote remote,
            @Parameters(paramLabel = USER) String user,
            @Parameters(paramLabel = KEY) String key) {
        return setEnabled(remote, user, key, false);
    }

    @Command(name = "enable", description = "Switches a key on again.", mixinStandardHelpOptions = true)
    int enable(
            @Mixin Remote remote,
            @Parameters(paramLabel = USER) String user,
            @Parameters(paramLabel = KEY) String key) {
        return setEnabled(remote, user, key, true);
    }

    private static int setEnabled(Remote remote, String user, String key, boolean enabled) {
        try (AdminClient client = remote.connect()) {
            ObjectNode body = AdminClient.JSON.createObjectNode().put("enabled", enabled);
            remote.show(client.patch(path(user, key), body), "key " + key + " is " + (enabled ? "on" : "off"));
            return ExitCode.DONE;
        }
    }

    @Command(name = "delete", description = "Deletes a key.", mixinStandardHelpOptions = true)
    int delete(
            @Mixin Remote remote,
            @Parameters(paramLabel = USER) String user,
            @Parameters(paramLabel = KEY) String key) {
        try (AdminClient client = remote.connect()) {
            remote.show(client.delete(path(user, key)), "key " + key + " is deleted");
            return ExitCode.DONE;
        }
    }

    private static String keys(String user) {
        return AdminClient.user(user) + "/keys";
    }

    private static String path(String user, String key) {
        return keys(user) + "/" + AdminClient.encoded(key);
    }
}
