package weir.server.cli.ctl;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Virtual hosts, and the policies in them. */
final class HostVerbs {
    private HostVerbs() {}

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "add_vhost",
                new Verb(
                        "<vhost> [--description <description> --tags \"<tag1>,<tag2>,<...>\" --default-queue-type <quorum|classic|stream>]",
                        1,
                        1,
                        line -> "Adding vhost \"" + line.argument(0) + "\" ...",
                        Verb.quiet(HostVerbs::add)));
        all.put(
                "delete_vhost",
                new Verb(
                        "<vhost>",
                        1,
                        1,
                        line -> "Deleting vhost \"" + line.argument(0) + "\" ...",
                        Verb.quiet(HostVerbs::delete)));
        all.put(
                "set_vhost_limits",
                new Verb(
                        "[--vhost <vhost>] <definition>",
                        1,
                        1,
                        line -> "Setting vhost limits to \"" + line.argument(0) + "\" for vhost \"" + line.host()
                                + "\" ...",
                        Verb.quiet((line, node) -> {
                            check(line.host(), node);
                            Limits.set(node, "vhost-limits", line.host(), line.argument(0));
                        })));
        all.put(
                "clear_vhost_limits",
                new Verb(
                        "[--vhost <vhost>]",
                        0,
                        0,
                        line -> "Clearing vhost \"" + line.host() + "\" limits ...",
                        Verb.quiet((line, node) -> {
                            check(line.host(), node);
                            Limits.clear(node, "vhost-limits", line.host(), List.of("max-connections", "max-queues"));
                        })));
        policies(all, "policy", "policies");
        policies(all, "operator_policy", "operator-policies");
        return all;
    }

    private static void policies(Map<String, Verb> all, String word, String resource) {
        String words = word.replace('_', ' ');
        all.put(
                "set_" + word,
                new Verb(
                        "[--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
                        3,
                        3,
                        line -> "Setting " + words + " \"" + line.argument(0) + "\" for pattern \"" + line.argument(1)
                                + "\" to \"" + line.argument(2) + "\" with priority \"" + line.number("priority", 0)
                                + "\" for vhost \"" + line.host() + "\" ...",
                        Verb.quiet((line, node) -> setPolicy(line, node, resource))));
        all.put(
                "clear_" + word,
                new Verb(
                        "[--vhost <vhost>] <name>",
                        1,
                        1,
                        line -> "Clearing " + words + " \"" + line.argument(0) + "\" on vhost \"" + line.host()
                                + "\" ...",
                        Verb.quiet((line, node) -> {
                            check(line.host(), node);
                            Node.Answer answer = node.delete(Node.path(resource, line.host(), line.argument(0)));
                            if (answer.isMissing()) {
                                throw new CtlFailure(CtlFailure.SOFTWARE, "Parameter does not exist");
                            }
                            Node.done(answer);
                        })));
    }

    /** Throws if there is none. */
    static void check(String host, Node node) {
        Node.Answer answer = node.look(Node.path("vhosts", host));
        if (answer.isMissing()) {
            throw CtlFailure.noVirtualHost(host);
        }
        Node.done(answer);
    }

    private static void add(Line line, Node node) {
        ObjectNode host = Node.object();
        line.value("description").ifPresent(text -> host.put("description", text));
        line.value("tags").ifPresent(text -> host.put("tags", text));
        line.value("default-queue-type").ifPresent(text -> host.put("default_queue_type", text));
        node.put(Node.path("vhosts", line.argument(0)), host);
    }

    private static void delete(Line line, Node node) {
        Node.Answer answer = node.delete(Node.path("vhosts", line.argument(0)));
        if (answer.isMissing()) {
            throw CtlFailure.noVirtualHost(line.argument(0));
        }
        Node.done(answer);
    }

    private static void setPolicy(Line line, Node node, String resource) {
        check(line.host(), node);
        JsonNode definition;
        try {
            definition = Node.JSON.readTree(line.argument(2));
        } catch (JacksonException _) {
            throw new CtlFailure(CtlFailure.SOFTWARE, "Could not parse JSON document: " + line.argument(2));
        }
        ObjectNode policy = Node.object()
                .put("pattern", line.argument(1))
                .put("priority", line.number("priority", 0))
                .put("apply-to", line.value("apply-to").orElse("all"));
        policy.set("definition", definition);
        node.put(Node.path(resource, line.host(), line.argument(0)), policy);
    }
}
