package weir.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import weir.core.text.Sizes;

/** {@code weir cluster}. Any node of the cluster may be asked. */
@Command(
        name = "cluster",
        subcommands = {BackupCommand.class, RestoreCommand.class},
        description = "Shows the cluster, and takes nodes in and out.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ClusterCommand implements Runnable {
    private static final String PATH = "/api/v1/cluster";
    private static final String NODE = "NODE";
    private static final String A_NODE = "Its number.";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as: weir cluster status");
    }

    @Command(
            name = "status",
            description = "Shows nodes and shards, and says what is wrong.",
            mixinStandardHelpOptions = true)
    int status(@Mixin Remote remote) {
        try (AdminClient client = remote.connect()) {
            JsonNode status = client.get(PATH);
            if (remote.json) {
                remote.printJson(status);
            } else if (!status.path("clustered").asBoolean(false)) {
                line(remote, status.path("message").asString());
            } else {
                show(remote, status);
            }
            return ExitCode.DONE;
        }
    }

    private static void show(Remote remote, JsonNode status) {
        Table nodes = new Table("NODE", "ADDRESS", "RACK", "STATE", "ALIVE", "SINCE", "LEADERS", "REPLICAS", "BYTES");
        for (JsonNode node : status.path("nodes")) {
            boolean removed = node.path("state").asString().equals("removed");
            nodes.row(
                    node.path("node").asInt(),
                    node.path("address").asString(),
                    orDash(node.path("rack").asString("")),
                    node.path("state").asString(),
                    removed ? "-" : node.path("alive").asBoolean(false) ? "yes" : "no",
                    removed ? "-" : node.path("since").asString(),
                    node.path("leaders").asInt(),
                    node.path("replicas").asInt(),
                    size(node.path("bytes").asLong()));
        }
        nodes.print(remote.out());
        remote.out().println();
        Table groups = new Table("SHARD", "LEADER", "REPLICAS", "LOAD", "WHY");
        for (JsonNode group : status.path("groups")) {
            groups.row(
                    group.path("name").asString(),
                    leader(group),
                    replicas(group.path("replicas")),
                    load(group),
                    group.path("why").asString());
        }
        groups.print(remote.out());
        if (status.has("edition")) {
            remote.out().println();
            line(remote, status.path("edition").asString());
        }
        if (!status.has("catalogLeader")) {
            remote.out().println();
            line(
                    remote,
                    "This is what node " + status.path("seenBy").asInt()
                            + " sees by itself: it knows no node that leads the catalog, so nothing can be changed.");
        }
        remote.out().println();
        if (status.path("troubles").isEmpty()) {
            line(remote, "All is well.");
        }
        for (JsonNode trouble : status.path("troubles")) {
            line(remote, "! " + trouble.asString());
        }
    }

    private static String leader(JsonNode group) {
        String leader = group.has("leader") ? group.path("leader").asString() : "none";
        boolean other =
                group.has("preferred") && !group.path("preferred").asString().equals(leader);
        return other ? leader + " (not " + group.path("preferred").asString() + ")" : leader;
    }

    /** Of the last minute or so. */
    private static String load(JsonNode group) {
        return group.has("bytesPerSecond")
                ? size(group.path("bytesPerSecond").asLong()) + "/s, "
                        + group.path("commandsPerSecond").asLong(0) + " commands/s"
                : "-";
    }

    /** A number stands for a follower that is where the leader is; for the rest it is said what they are. */
    private static String replicas(JsonNode replicas) {
        List<String> all = new ArrayList<>();
        for (JsonNode replica : replicas) {
            String role = replica.path("role").asString();
            long lag = replica.path("lag").asLong(0);
            List<String> remarks = new ArrayList<>();
            if (!role.equals("follower") && !role.equals("leader")) {
                remarks.add(role);
            }
            if (lag > 0) {
                remarks.add(lag + " behind");
            }
            all.add(replica.path("node").asString()
                    + (remarks.isEmpty() ? "" : " (" + String.join(", ", remarks) + ")"));
        }
        return String.join(", ", all);
    }

    /** Rounded: what it is exactly, JSON tells. */
    private static String size(long bytes) {
        int shift = 0;
        while (bytes >> shift >= 10_240) {
            shift += 10;
        }
        return Sizes.format(bytes >> shift << shift);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    @Command(
            name = "add",
            description = {
                "Gives a node that was being drained its share again.",
                "A new node needs no command: it joins when it is started with the cluster's seeds."
            },
            mixinStandardHelpOptions = true)
    int add(@Mixin Remote remote, @Parameters(paramLabel = NODE, description = A_NODE) int node) {
        return ask(remote, "/nodes/" + node + "/add", AdminClient.JSON.createObjectNode());
    }

    @Command(
            name = "drain",
            description = "Takes leaders and replicas away from a node, so that it can be removed.",
            mixinStandardHelpOptions = true)
    int drain(@Mixin Remote remote, @Parameters(paramLabel = NODE, description = A_NODE) int node) {
        return ask(remote, "/nodes/" + node + "/drain", AdminClient.JSON.createObjectNode());
    }

    @Command(
            name = "remove",
            description = "Removes a node that was drained, or is dead, for good.",
            mixinStandardHelpOptions = true)
    int remove(
            @Mixin Remote remote,
            @Option(names = "--force", description = "Also if it has replicas, as it is dead and will not come back.")
                    boolean force,
            @Parameters(paramLabel = NODE, description = A_NODE) int node) {
        return ask(
                remote,
                "/nodes/" + node + "/remove",
                AdminClient.JSON.createObjectNode().put("force", force));
    }

    @Command(
            name = "rebalance",
            description = "Shares replicas, bytes and leaders as evenly as can be.",
            mixinStandardHelpOptions = true)
    int rebalance(
            @Mixin Remote remote,
            @Option(names = "--dry-run", description = "Only tell what would be done.") boolean dryRun) {
        return ask(remote, "/rebalance", AdminClient.JSON.createObjectNode().put("dryRun", dryRun));
    }

    @Command(
            name = "transfer",
            description = "Lets a node lead a shard, until the next rebalance.",
            mixinStandardHelpOptions = true)
    int transfer(
            @Mixin Remote remote,
            @Parameters(paramLabel = "SHARD", description = "Its number.") int shard,
            @Parameters(paramLabel = NODE, description = "One that has a replica of it.") int node) {
        return ask(
                remote,
                "/shards/" + shard + "/transfer",
                AdminClient.JSON.createObjectNode().put("node", node));
    }

    private static int ask(Remote remote, String path, ObjectNode body) {
        try (AdminClient client = remote.connect()) {
            JsonNode answer = client.post(PATH + path, body);
            if (remote.json) {
                remote.printJson(answer);
            } else {
                for (JsonNode message : answer.path("messages")) {
                    line(remote, message.asString());
                }
            }
            return ExitCode.DONE;
        }
    }

    private static void line(Remote remote, String text) {
        remote.out().println(Table.printable(text));
    }
}
