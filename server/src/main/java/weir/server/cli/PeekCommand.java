package weir.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code weir peek}. */
@Command(
        name = "peek",
        description = "Shows messages in order, whatever their state, without taking them.",
        mixinStandardHelpOptions = true)
final class PeekCommand implements Callable<Integer> {
    @Mixin
    private final Remote remote = new Remote();

    @Parameters(paramLabel = "QUEUE")
    @SuppressWarnings("NullAway.Init") // Set by picocli, as is from.
    private String queue;

    @Option(
            names = "--from",
            paramLabel = "[PARTITION:]LEVEL:OFFSET",
            description = "Where to begin (default: 0:0).",
            defaultValue = "0:0")
    @SuppressWarnings("NullAway.Init")
    private String from;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Up to so many, 1 to 100 (default: 10).",
            defaultValue = "10")
    private int limit;

    @Override
    public Integer call() {
        try (AdminClient client = remote.connect()) {
            JsonNode page = client.get(
                    AdminClient.queue(queue) + "/messages?from=" + AdminClient.encoded(from) + "&limit=" + limit);
            if (remote.json) {
                remote.printJson(page);
                return ExitCode.DONE;
            }
            page.path("messages").forEach(message -> MessagePrinter.print(remote.out(), message));
            if (page.path("messages").isEmpty()) {
                remote.err().println("weir: there are no messages");
            } else if (page.has("next")) {
                remote.err()
                        .println("weir: go on with --from " + page.path("next").asString());
            }
            return ExitCode.DONE;
        }
    }
}
