package weir.server.cli.ctl;

import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Values as RabbitMQ's tool prints them: scripts look for Erlang's terms in its output. */
final class ErlangText {
    private ErlangText() {}

    /** A value that stands alone in its column. */
    static String cell(JsonNode value) {
        if (value.isString()) {
            return value.asString();
        }
        if (value.isArray()) {
            StringJoiner all = new StringJoiner(", ", "[", "]");
            value.forEach(each -> all.add(cell(each)));
            return all.toString();
        }
        return within(value);
    }

    /** A value within another. */
    static String within(JsonNode value) {
        if (value.isObject()) {
            StringJoiner all = new StringJoiner(",", "[", "]");
            for (Map.Entry<String, JsonNode> each : value.properties()) {
                all.add("{" + text(each.getKey()) + "," + within(each.getValue()) + "}");
            }
            return all.toString();
        }
        if (value.isArray()) {
            StringJoiner all = new StringJoiner(",", "[", "]");
            value.forEach(each -> all.add(within(each)));
            return all.toString();
        }
        if (value.isString()) {
            return text(value.asString());
        }
        return value.isNull() || value.isMissingNode() ? "" : value.asString();
    }

    /** An Erlang string is a list of characters, and an empty one is an empty list. */
    private static String text(String text) {
        if (text.isEmpty()) {
            return "[]";
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ') {
                        quoted.append("\\x{").append(Integer.toHexString(c)).append('}');
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
