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

/** {@code weir vhost}. */
@Command(
        name = "vhost",
        description = "Creates, lists, limits and deletes virtual hosts of RabbitMQ's clients.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class VhostCommand implements Runnable {
    private static final String NAME = "VHOST";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir vhost create NAME");
    }

    @Command(
            name = "create",
            description = "Creates a virtual host. Then: weir permission set USER --vhost NAME",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Remote remote,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description,
            @Option(
                            names = "--default-queue-type",
                            paramLabel = "TYPE",
                            description = "What a queue is that does not say: classic, quorum.")
                    @Nullable
                    String type,
            @Parameters(paramLabel = NAME) String name) {
        ObjectNode body = AdminClient.JSON.createObjectNode();
        SettingOptions.put(body, "description", description);
        SettingOptions.put(body, "default_queue_type", type);
        try (AdminClient client = remote.connect()) {
            remote.show(client.put(AdminClient.rabbit("vhosts", name), body), "virtual host " + name + " is there");
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "Lists virtual hosts and their limits.", mixinStandardHelpOptions = true)
    int list(@Mixin Remote remote) {
        try (AdminClient client = remote.connect()) {
            JsonNode hosts = client.get(AdminClient.rabbit("vhosts"));
            JsonNode limits = client.get(AdminClient.rabbit("vhost-limits"));
            Table table = new Table("NAME", "DESCRIPTION", "QUEUES ARE", "CONNECTIONS MAX", "QUEUES MAX");
            for (JsonNode host : hosts) {
                String name = host.path("name").asString();
                JsonNode most = AdminClient.JSON.createObjectNode();
                for (JsonNode each : limits) {
                    most = each.path("vhost").asString().equals(name) ? each.path("value") : most;
                }
                table.row(
                        name,
                        host.path("description").asString("-"),
                        host.path("default_queue_type").asString("-"),
                        most.path("max-connections").asString("-"),
                        most.path("max-queues").asString("-"));
            }
            remote.show(hosts, table, "there are none; create one with: weir vhost create NAME");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "limit",
            description = "Limits what may be in a virtual host; a negative number is no limit.",
            mixinStandardHelpOptions = true)
    int limit(
            @Mixin Remote remote,
            @Option(names = "--connections", paramLabel = "N", description = "Connections at each node.") @Nullable
                    Long connections,
            @Option(names = "--queues", paramLabel = "N", description = "Queues.") @Nullable Long queues,
            @Parameters(paramLabel = NAME) String name) {
        Rabbit.limit(remote, "vhost-limits", name, "max-connections", connections, "max-queues", queues);
        return ExitCode.DONE;
    }

    @Command(
            name = "delete",
            description = "Deletes a virtual host with all that is in it, and ends its connections.",
            mixinStandardHelpOptions = true)
    int delete(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        try (AdminClient client = remote.connect()) {
            remote.show(client.delete(AdminClient.rabbit("vhosts", name)), "virtual host " + name + " is deleted");
            return ExitCode.DONE;
        }
    }
}
