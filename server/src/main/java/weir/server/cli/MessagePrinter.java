package weir.server.cli;

import java.io.PrintWriter;
import tools.jackson.databind.JsonNode;

/** Prints messages for people: a line about each, then its body. */
final class MessagePrinter {
    private MessagePrinter() {}

    static void print(PrintWriter out, JsonNode message) {
        StringBuilder line =
                new StringBuilder("-- ").append(message.path("position").asString());
        append(line, "state", message.path("state"));
        append(line, "published", message.path("publishedAt"));
        append(line, "attempts", message.path("attempts"));
        append(line, "group", message.path("group"));
        append(line, "not before", message.path("deliverAt"));
        append(line, "expires", message.path("expiresAt"));
        append(line, "token", message.path("token"));
        out.println(Table.printable(line.toString()));
        for (JsonNode header : message.path("headers")) {
            out.println(Table.printable("-- " + header.path("name").asString() + ": "
                    + header.path("value").asString(header.path("valueBase64").asString(""))));
        }
        if (message.has("body")) {
            // A body may have lines, but nothing else that moves the cursor.
            out.println(message.path("body").asString().replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "\uFFFD"));
        } else {
            out.println("(base64) " + message.path("bodyBase64").asString(""));
        }
        if (message.path("bodyTruncated").asBoolean(false)) {
            out.println("... (" + message.path("bodyBytes").asString() + " bytes in all)");
        }
    }

    private static void append(StringBuilder line, String name, JsonNode value) {
        if (!value.isMissingNode()) {
            line.append("  ").append(name).append(' ').append(value.asString());
        }
    }
}
