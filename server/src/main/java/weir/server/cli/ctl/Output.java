package weir.server.cli.ctl;

import java.io.PrintWriter;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a command came to, and how it is printed. */
sealed interface Output {
    /** Nothing is to be said. */
    record Nothing() implements Output {}

    /** A line, or several. */
    record Said(String text) implements Output {}

    /** @param rows each with a value for each column */
    record Rows(List<String> columns, List<List<JsonNode>> rows) implements Output {}

    /** How rows are printed. */
    enum Format {
        TABLE,
        CSV,
        JSON,
        ERLANG;

        static Format of(Line line) {
            return switch (line.value("formatter").orElse("table")) {
                case "table", "pretty_table", "string", "report" -> TABLE;
                case "csv" -> CSV;
                case "json" -> JSON;
                case "erlang" -> ERLANG;
                case String other ->
                    throw CtlFailure.usage(
                            "Formatter \"" + other + "\" is not supported; allowed are table, csv, json," + " erlang");
            };
        }
    }

    default void print(PrintWriter out, Line line, String node) {
        Format format = Format.of(line);
        switch (this) {
            case Nothing() -> {
                if (format == Format.JSON) {
                    out.println(Node.JSON.writeValueAsString(result(node)));
                }
            }
            case Said(String text) -> {
                if (format == Format.JSON) {
                    out.println(Node.JSON.writeValueAsString(result(node).put("value", text)));
                } else {
                    out.println(text);
                }
            }
            case Rows rows -> {
                switch (format) {
                    case JSON -> out.println(Node.JSON.writeValueAsString(objects(rows)));
                    case TABLE ->
                        lines(out, rows, "\t", hasHeads(line) && !rows.rows().isEmpty());
                    case CSV -> lines(out, rows, ",", hasHeads(line));
                    case ERLANG -> out.println(terms(rows));
                }
            }
        }
    }

    private static boolean hasHeads(Line line) {
        return !line.has("silent") && !line.has("no-table-headers");
    }

    private static ObjectNode result(String node) {
        return Node.object().put("node", node).put("result", "ok");
    }

    private static void lines(PrintWriter out, Rows rows, String between, boolean heads) {
        if (heads) {
            out.println(String.join(between, rows.columns()));
        }
        for (List<JsonNode> row : rows.rows()) {
            StringJoiner line = new StringJoiner(between);
            for (JsonNode value : row) {
                String text = ErlangText.cell(value);
                boolean quoted = between.equals(",") && (text.contains(",") || text.contains("\""));
                line.add(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text);
            }
            out.println(line);
        }
    }

    private static ArrayNode objects(Rows rows) {
        ArrayNode all = Node.JSON.createArrayNode();
        for (List<JsonNode> row : rows.rows()) {
            ObjectNode object = all.addObject();
            for (int i = 0; i < row.size(); i++) {
                JsonNode value = row.get(i);
                object.set(rows.columns().get(i), value.isMissingNode() ? Node.JSON.nullNode() : value);
            }
        }
        return all;
    }

    private static String terms(Rows rows) {
        StringJoiner all = new StringJoiner(",\n ", "[", "]");
        for (List<JsonNode> row : rows.rows()) {
            StringJoiner one = new StringJoiner(",", "[", "]");
            for (int i = 0; i < row.size(); i++) {
                one.add("{" + rows.columns().get(i) + "," + ErlangText.within(row.get(i)) + "}");
            }
            all.add(one.toString());
        }
        return all.toString();
    }
}
