package weir.server.cli.ctl;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Limits of users and virtual hosts, which are set as one JSON document and kept one by one. */
final class Limits {
    private Limits() {}

    /** @param of {@code user-limits} or {@code vhost-limits} */
    static void set(Node node, String of, String whose, String definition) {
        JsonNode limits;
        try {
            limits = Node.JSON.readTree(definition);
        } catch (JacksonException _) {
            throw new CtlFailure(CtlFailure.SOFTWARE, "Could not parse JSON document: " + definition);
        }
        if (!limits.isObject()) {
            throw new CtlFailure(CtlFailure.SOFTWARE, "Could not parse JSON document: " + definition);
        }
        for (Map.Entry<String, JsonNode> each : limits.properties()) {
            if (!each.getValue().isIntegralNumber()) {
                throw new CtlFailure(
                        CtlFailure.SOFTWARE,
                        "Validation failed\n\n" + each.getKey() + " should be an integer, actually was "
                                + each.getValue());
            }
        }
        for (Map.Entry<String, JsonNode> each : limits.properties()) {
            node.put(
                    Node.path(of, whose, each.getKey()),
                    Node.object().put("value", each.getValue().asLong()));
        }
    }

    /** There need be none. */
    static void clear(Node node, String of, String whose, List<String> names) {
        for (String name : names) {
            Node.Answer answer = node.delete(Node.path(of, whose, name));
            if (!answer.isMissing()) {
                Node.done(answer);
            }
        }
    }
}
