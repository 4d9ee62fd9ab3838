package weir.server.cli.ctl;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Ends connections. */
final class ConnectionVerbs {
    private ConnectionVerbs() {}

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "close_connection",
                new Verb(
                        "<connection pid> <explanation>",
                        2,
                        2,
                        line -> "Closing connection " + line.argument(0) + ", reason: " + line.argument(1) + "...",
                        Verb.quiet(ConnectionVerbs::closeOne)));
        all.put(
                "close_all_connections",
                new Verb(
                        "[--vhost <vhost> --limit <limit>] [--global] [--per-connection-delay <delay>] <explanation>",
                        1,
                        1,
                        line -> line.has("global")
                                ? "Closing all connections (across all vhosts), reason: " + line.argument(0) + "..."
                                : "Closing all connections in vhost " + line.host() + ", reason: " + line.argument(0)
                                        + "...",
                        (line, node) -> close(line, node, line.has("global") ? "" : line.host(), "")));
        all.put(
                "close_all_user_connections",
                new Verb(
                        "<username> <explanation>",
                        2,
                        2,
                        line -> "Closing connections of user " + line.argument(0) + ", reason: " + line.argument(1)
                                + "...",
                        (line, node) -> close(line, node, "", line.argument(0))));
        return all;
    }

    private static void closeOne(Line line, Node node) {
        String wanted = line.argument(0);
        for (JsonNode each : node.get("connections")) {
            String name = each.path("name").asString("");
            if (wanted.equals(each.path("pid").asString("")) || wanted.equals(name)) {
                node.delete(Node.path("connections", name), line.argument(1));
                return;
            }
        }
        throw new CtlFailure(CtlFailure.DATA, "there is no connection " + wanted + "; see list_connections pid name");
    }

    /** Of a virtual host, a user, or all for empty ones. */
    private static Output close(Line line, Node node, String host, String user) {
        String why = line.argument(line.arguments().size() - 1);
        long most = line.number("limit", 0);
        long delayMillis = line.number("per-connection-delay", 0);
        long closed = 0;
        for (JsonNode each : node.get("connections")) {
            boolean meant = (host.isEmpty() || host.equals(each.path("vhost").asString("")))
                    && (user.isEmpty() || user.equals(each.path("user").asString("")))
                    && (most <= 0 || closed < most);
            if (meant) {
                node.delete(Node.path("connections", each.path("name").asString("")), why);
                closed++;
                pause(delayMillis);
            }
        }
        return new Output.Said("Closed " + closed + " connections");
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(Math.max(0, millis));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The command is being stopped: the rest is closed without pauses.
        }
    }
}
