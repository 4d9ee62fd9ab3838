package weir.server.cli.ctl;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads a command line of RabbitMQ's tool, and does what it says. */
public final class Rabbitmqctl {
    private static final String SERVER = "http://127.0.0.1:9325";
    private static final String VARIABLE = "WEIR_ADMIN_URL";

    private final Map<String, Verb> verbs = new TreeMap<>();

    private Rabbitmqctl() {
        verbs.putAll(UserVerbs.all());
        verbs.putAll(HostVerbs.all());
        verbs.putAll(ListVerbs.all());
        verbs.putAll(ConnectionVerbs.all());
        verbs.putAll(QueueVerbs.all());
        verbs.putAll(NodeVerbs.all());
    }

    /** @return the exit code, which is one of RabbitMQ's tool */
    public static int run(PrintWriter out, PrintWriter err, List<String> words) {
        try {
            return new Rabbitmqctl().run(out, Line.of(words));
        } catch (CtlFailure e) {
            String message = String.valueOf(e.getMessage());
            err.println(message.startsWith("Error:") ? message : "Error:\n" + message);
            return e.exitCode();
        }
    }

    private int run(PrintWriter out, Line line) {
        if (line.command().isEmpty() || line.command().equals("help") || line.has("help")) {
            out.println(usage());
            return line.command().isEmpty() && !line.has("help") ? CtlFailure.USAGE : 0;
        }
        Verb verb = verbs.get(line.command());
        if (verb == null) {
            throw CtlFailure.usage("Command '" + line.command() + "' not found.\n\n" + usage());
        }
        int given = line.arguments().size();
        if (given < verb.least() || given > verb.most()) {
            throw CtlFailure.usage((given < verb.least() ? "not enough" : "too many") + " arguments.\n\nUsage\n\n"
                    + "rabbitmqctl " + line.command() + " " + verb.usage());
        }
        Output.Format format = Output.Format.of(line);
        String banner = verb.banner().apply(line);
        if (!line.isQuiet() && format != Output.Format.JSON && !banner.isEmpty()) {
            out.println(banner);
        }
        String variable = System.getenv(VARIABLE);
        try (Node node = new Node(line.value("server").orElse(variable == null ? SERVER : variable))) {
            verb.work().run(line, node).print(out, line, node.name());
        }
        return 0;
    }

    private String usage() {
        StringBuilder text = new StringBuilder("Usage\n\nrabbitmqctl [-q] [-p <vhost>] [--formatter json]"
                + " [--server <url>] <command> [<arguments>]\n\nAvailable commands:\n");
        verbs.forEach(
                (name, verb) -> text.append("\n   ").append(name).append(' ').append(verb.usage()));
        return text.toString();
    }
}
