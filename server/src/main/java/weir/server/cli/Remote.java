package weir.server.cli;

import java.io.PrintWriter;
import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The options of every command that talks to a server. */
final class Remote {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server's admin address (default: WEIR_ADMIN_URL, else http://127.0.0.1:9325).",
            defaultValue = "${env:WEIR_ADMIN_URL:-http://127.0.0.1:9325}")
    @SuppressWarnings("NullAway.Init") // Set by picocli, as is spec.
    private URI server;

    @Option(names = "--json", description = "Print JSON rather than a table.")
    boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    AdminClient connect() {
        return new AdminClient(server);
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** The answer as JSON, if that is asked for and there is one; else a line. */
    void show(JsonNode answer, String line) {
        if (!json) {
            out().println(Table.printable(line));
        } else if (!answer.isNull()) {
            printJson(answer);
        }
    }

    /** A list as JSON or as a table; of an empty one, what to do. */
    void show(JsonNode list, Table table, String ifEmpty) {
        if (json) {
            printJson(list);
        } else if (list.isEmpty()) {
            err().println("weir: " + Table.printable(ifEmpty));
        } else {
            table.print(out());
        }
    }

    void printJson(JsonNode answer) {
        out().println(AdminClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    }
}
