package weir.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
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

/** {@code weir queue}. */
@Command(
        name = "queue",
        description = "Creates, shows, changes and deletes queues.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class QueueCommand implements Runnable {
    private static final String NAME = "QUEUE";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir queue list");
    }

    @Command(name = "create", description = "Creates a queue.", mixinStandardHelpOptions = true)
    int create(
            @Mixin Remote remote,
            @Mixin SettingOptions settings,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            description = "How many partitions it has, 1 to 64 (default: 1); fixed from then on.")
                    @Nullable
                    Integer partitions,
            @Option(names = "--ordered", description = "Keep strict order within each message group.") boolean ordered,
            @Parameters(paramLabel = NAME) String name) {
        ObjectNode changes = settings.json();
        if (ordered) {
            changes.put("ordering", "group");
        }
        ObjectNode body = AdminClient.JSON.createObjectNode().put("name", name);
        if (partitions != null) {
            body.put("partitions", partitions);
        }
        body.set("settings", changes);
        return show(remote, client -> client.post("/api/v1/queues", body), "queue " + name + " is there");
    }

    @Command(name = "update", description = "Changes settings of a queue.", mixinStandardHelpOptions = true)
    int update(@Mixin Remote remote, @Mixin SettingOptions settings, @Parameters(paramLabel = NAME) String name) {
        ObjectNode changes = settings.json();
        if (changes.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "nothing to change; name a setting, such as --lease 1m (see --help)");
        }
        ObjectNode body = AdminClient.JSON.createObjectNode();
        body.set("settings", changes);
        return show(remote, client -> client.patch(AdminClient.queue(name), body), "queue " + name + " is changed");
    }

    @Command(name = "list", description = "Lists queues with their counters.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Remote remote,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            description = "At most so many (default: all).",
                            defaultValue = "2147483647")
                    int limit,
            @Parameters(paramLabel = "PREFIX", arity = "0..1", description = "How the names begin.") @Nullable
                    String prefix) {
        try (AdminClient client = remote.connect()) {
            Table table = new Table("NAME", "PARTITIONS", "READY", "DELAYED", "LEASED", "BYTES", "OLDEST", "STATE");
            var all = AdminClient.JSON.createArrayNode();
            int shown = 0;
            String after = "";
            while (shown < limit) {
                JsonNode page = client.get("/api/v1/queues?limit=" + Math.clamp(limit - shown, 1, 1_000) + "&prefix="
                        + AdminClient.encoded(prefix == null ? "" : prefix) + "&after=" + AdminClient.encoded(after));
                for (JsonNode queue : page.path("queues")) {
                    JsonNode counters = queue.path("counters");
                    all.add(queue);
                    table.row(
                            queue.path("name").asString(),
                            queue.path("partitions").asString("1"),
                            counters.path("ready").asString("?"),
                            counters.path("delayed").asString("?"),
                            counters.path("leased").asString("?"),
                            counters.path("bytes").asString("?"),
                            counters.path("oldestAt").asString("-"),
                            state(queue.path("settings")));
                    shown++;
                }
                if (!page.has("next")) {
                    break;
                }
                after = page.path("next").asString();
            }
            if (remote.json) {
                remote.printJson(all);
            } else if (shown == 0) {
                remote.err().println("weir: there are no such queues; create one with: weir queue create NAME");
            } else {
                table.print(remote.out());
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "cancel",
            description = "Drops messages that wait for their time; weir peek shows where they are.",
            mixinStandardHelpOptions = true)
    int cancel(
            @Mixin Remote remote,
            @Parameters(paramLabel = NAME, index = "0") String name,
            @Parameters(paramLabel = "[PARTITION:]LEVEL:OFFSET", index = "1..*", arity = "1..*")
                    List<String> positions) {
        ObjectNode body = AdminClient.JSON.createObjectNode();
        positions.forEach(body.putArray("positions")::add);
        try (AdminClient client = remote.connect()) {
            JsonNode answer = client.post(AdminClient.queue(name) + "/cancel", body);
            long cancelled = 0;
            for (JsonNode outcome : answer.path("outcomes")) {
                cancelled += outcome.asString().equals("done") ? 1 : 0;
            }
            remote.show(answer, cancelled + " of " + positions.size() + " are cancelled");
            return cancelled == positions.size() ? ExitCode.DONE : ExitCode.REFUSED;
        }
    }

    @Command(name = "describe", description = "Shows a queue.", mixinStandardHelpOptions = true)
    int describe(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        try (AdminClient client = remote.connect()) {
            JsonNode queue = client.get(AdminClient.queue(name));
            if (remote.json) {
                remote.printJson(queue);
            } else {
                Table table = new Table("PROPERTY", "VALUE");
                describe(table, "", queue);
                table.print(remote.out());
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "purge", description = "Drops all messages of a queue.", mixinStandardHelpOptions = true)
    int purge(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        return show(
                remote,
                client -> client.post(AdminClient.queue(name) + "/purge", AdminClient.JSON.createObjectNode()),
                "queue " + name + " is empty");
    }

    @Command(name = "delete", description = "Deletes a queue and its messages.", mixinStandardHelpOptions = true)
    int delete(@Mixin Remote remote, @Parameters(paramLabel = NAME) String name) {
        return show(remote, client -> client.delete(AdminClient.queue(name)), "queue " + name + " is deleted");
    }

    @Command(
            name = "pause",
            description = "Refuses publishes and hands nothing out; one of them with an option.",
            mixinStandardHelpOptions = true)
    int pause(@Mixin Remote remote, @Mixin Sides sides, @Parameters(paramLabel = NAME) String name) {
        return show(
                remote,
                client -> client.post(AdminClient.queue(name) + "/pause", sides.json()),
                "queue " + name + " is paused");
    }

    @Command(name = "resume", description = "Ends a pause.", mixinStandardHelpOptions = true)
    int resume(@Mixin Remote remote, @Mixin Sides sides, @Parameters(paramLabel = NAME) String name) {
        return show(
                remote,
                client -> client.post(AdminClient.queue(name) + "/resume", sides.json()),
                "queue " + name + " is resumed");
    }

    /** Which sides are meant. */
    static final class Sides {
        @Option(names = "--publish", description = "Only publishing.")
        private boolean publish;

        @Option(names = "--delivery", description = "Only delivery.")
        private boolean delivery;

        ObjectNode json() {
            ObjectNode json = AdminClient.JSON.createObjectNode();
            if (publish) {
                json.put("publish", true);
            }
            if (delivery) {
                json.put("delivery", true);
            }
            return json;
        }
    }

    private interface Call {
        JsonNode on(AdminClient client);
    }

    private static int show(Remote remote, Call call, String done) {
        try (AdminClient client = remote.connect()) {
            JsonNode answer = call.on(client);
            PrintWriter out = remote.out();
            if (!remote.json) {
                out.println(Table.printable(done));
            } else if (!answer.isNull()) {
                remote.printJson(answer);
            }
            return ExitCode.DONE;
        }
    }

    private static String state(JsonNode settings) {
        boolean publish = settings.path("publishPaused").asBoolean(false);
        boolean delivery = settings.path("deliveryPaused").asBoolean(false);
        return publish && delivery ? "paused" : publish ? "publish paused" : delivery ? "delivery paused" : "-";
    }

    private static void describe(Table table, String prefix, JsonNode object) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            if (property.getValue().isObject()) {
                describe(table, prefix + property.getKey() + ".", property.getValue());
            } else {
                String value =
                        property.getValue().isNull() ? "-" : property.getValue().asString();
                table.row(prefix + property.getKey(), value);
            }
        }
    }
}
