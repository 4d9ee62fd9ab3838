package weir.server.cli.ctl;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The node itself: whether it serves clients, what alarms it has, how it is. */
final class NodeVerbs {
    private static final Pattern SET_ALARM = Pattern.compile(
            "rabbit_alarm:set_alarm\\(\\{\\{resource_limit,(memory|disk),(?:node\\(\\)|'[^']*'|[\\w@.]+)\\},\\[\\]\\}\\)\\.?");
    private static final Pattern CLEAR_ALARM = Pattern.compile(
            "rabbit_alarm:clear_alarm\\(\\{resource_limit,(memory|disk),(?:node\\(\\)|'[^']*'|[\\w@.]+)\\}\\)\\.?");
    private static final Pattern CHANNEL_MAX =
            Pattern.compile("application:set_env\\(rabbit,channel_max,(\\d{1,5})\\)\\.?");
    private static final Pattern LOOPBACK_USERS =
            Pattern.compile("application:set_env\\(rabbit,loopback_users,\\[(.*)]\\)\\.?");
    private static final Pattern GET_LOOPBACK_USERS =
            Pattern.compile("\\{ok,(\\w+)}=application:get_env\\(rabbit,loopback_users\\),\\1\\.?");

    private NodeVerbs() {}

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "stop_app",
                new Verb("", 0, 0, _ -> "Stopping rabbit application ...", Verb.quiet((_, node) -> run(node, false))));
        all.put("start_app", new Verb("", 0, 0, _ -> "Starting node ...", Verb.quiet((_, node) -> run(node, true))));
        all.put("await_startup", new Verb("", 0, 0, _ -> "", Verb.quiet((_, node) -> node.get("overview"))));
        all.put("ping", new Verb("", 0, 0, _ -> "Will ping the node ...", (_, node) -> {
            node.get("overview");
            return new Output.Said("Ping succeeded");
        }));
        all.put("status", new Verb("", 0, 0, _ -> "Status of the node ...", NodeVerbs::status));
        all.put(
                "version",
                new Verb(
                        "",
                        0,
                        0,
                        _ -> "",
                        (_, node) -> new Output.Said(
                                node.get("overview").path("rabbitmq_version").asString(""))));
        all.put(
                "set_vm_memory_high_watermark",
                new Verb(
                        "<fraction> | absolute <value>",
                        1,
                        2,
                        line -> "Setting memory threshold to " + String.join(" ", line.arguments()) + " ...",
                        Verb.quiet(NodeVerbs::watermark)));
        all.put("eval", new Verb("<expression>", 1, Verb.ANY, _ -> "", NodeVerbs::eval));
        all.put("trace_on", tracing("Starting", true));
        all.put("trace_off", tracing("Stopping", false));
        return all;
    }

    private static Verb tracing(String doing, boolean on) {
        return new Verb(
                "[--vhost <vhost>]",
                0,
                0,
                line -> doing + " tracing for vhost \"" + line.host() + "\" ...",
                (line, node) -> {
                    HostVerbs.check(line.host(), node);
                    node.put(
                            Node.path("operator", "tracing", line.host()),
                            Node.object().put("on", on));
                    return new Output.Said("Trace " + (on ? "enabled" : "disabled") + " for vhost " + line.host());
                });
    }

    private static void run(Node node, boolean running) {
        node.put("operator/app", Node.object().put("running", running));
    }

    private static Output status(Line line, Node node) {
        JsonNode overview = node.get("overview");
        JsonNode operator = node.get("operator/app");
        StringBuilder text = new StringBuilder("Runtime\n\n");
        text.append("RabbitMQ version: ")
                .append(overview.path("rabbitmq_version").asString("?"))
                .append("\nNode name: ")
                .append(overview.path("node").asString("?"))
                .append("\nCluster name: ")
                .append(overview.path("cluster_name").asString("?"))
                .append("\nServes clients: ")
                .append(operator.path("running").asBoolean(true) ? "yes" : "no, until start_app")
                .append("\n\nAlarms\n\n");
        JsonNode alarms = operator.path("alarms");
        if (alarms.isEmpty()) {
            text.append("(none)\n");
        }
        alarms.forEach(alarm -> text.append(alarm.asString()).append(" alarm\n"));
        text.append("\nTotals\n");
        overview.path("object_totals").properties().forEach(each -> text.append('\n')
                .append(each.getKey())
                .append(": ")
                .append(each.getValue().asString()));
        return new Output.Said(text.toString());
    }

    private static void watermark(Line line, Node node) {
        boolean absolute = line.argument(0).equals("absolute");
        if (absolute != (line.arguments().size() == 2)) {
            throw CtlFailure.usage("The threshold is a fraction, or 'absolute' and a number of bytes");
        }
        ObjectNode body = Node.object();
        try {
            if (absolute) {
                body.put("bytes", bytes(line.argument(1)));
            } else {
                body.put("fraction", Double.parseDouble(line.argument(0)));
            }
        } catch (NumberFormatException _) {
            throw new CtlFailure(CtlFailure.DATA, "The threshold should be a number, with a unit or without");
        }
        node.put("operator/memory-high-watermark", body);
    }

    private static long bytes(String text) {
        Matcher size = Pattern.compile("(\\d{1,15})\\s*([kMGTKgt]?)i?B?").matcher(text);
        if (!size.matches()) {
            throw new NumberFormatException(text);
        }
        int power =
                " kmgt".indexOf(size.group(2).isEmpty() ? " " : size.group(2).toLowerCase(java.util.Locale.ROOT));
        return Long.parseLong(size.group(1)) << (10 * power);
    }

    /** What test suites of clients are known to ask for. */
    private static Output eval(Line line, Node node) {
        String expression = String.join(" ", line.arguments()).replaceAll("\\s", "");
        Matcher match = SET_ALARM.matcher(expression);
        if (match.matches()) {
            node.put(Node.path("operator", "alarms", match.group(1)), Node.object());
            return new Output.Said("ok");
        }
        match = CLEAR_ALARM.matcher(expression);
        if (match.matches()) {
            Node.done(node.delete(Node.path("operator", "alarms", match.group(1))));
            return new Output.Said("ok");
        }
        match = CHANNEL_MAX.matcher(expression);
        if (match.matches()) {
            node.put("operator/settings", Node.object().put("channel_max", Integer.parseInt(match.group(1))));
            return new Output.Said("ok");
        }
        match = LOOPBACK_USERS.matcher(expression);
        if (match.matches()) {
            ObjectNode body = Node.object();
            ArrayNode users = body.putArray("loopback_users");
            Matcher each = Pattern.compile("<<\"([^\"]*)\">>").matcher(match.group(1));
            while (each.find()) {
                users.add(each.group(1));
            }
            node.put("operator/settings", body);
            return new Output.Said("ok");
        }
        if (GET_LOOPBACK_USERS.matcher(expression).matches()) {
            StringJoiner users = new StringJoiner(",", "[", "]");
            node.get("operator/settings")
                    .path("loopback_users")
                    .forEach(user -> users.add("<<\"" + user.asString("") + "\">>"));
            return new Output.Said(users.toString());
        }
        throw new CtlFailure(
                CtlFailure.DATA,
                "Evaluation failed: this node is not written in Erlang. Understood are rabbit_alarm:set_alarm and"
                        + " clear_alarm of {resource_limit, memory or disk, node()}, and application:set_env of rabbit's"
                        + " channel_max and loopback_users");
    }
}
