package weir.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code weir receive}. */
@Command(
        name = "receive",
        description = "Receives messages, prints them, and acknowledges them when they are printed.",
        mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
    @Mixin
    private final Remote remote = new Remote();

    @Parameters(paramLabel = "QUEUE")
    @SuppressWarnings("NullAway.Init") // Set by picocli, as is wait.
    private String queue;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Up to so many, 1 to 100 (default: 1).",
            defaultValue = "1")
    private int max;

    @Option(names = "--wait", paramLabel = "DURATION", description = "Wait for the first, up to 50s (default: 0s).")
    private @Nullable String wait;

    @Option(names = "--lease", paramLabel = "DURATION", description = "Hold them so long (default: the queue's).")
    private @Nullable String lease;

    @Option(names = "--no-ack", description = "Leave them leased; they come again when the lease runs out.")
    private boolean noAck;

    @Override
    public Integer call() {
        ObjectNode request = AdminClient.JSON.createObjectNode().put("max", max);
        SettingOptions.put(request, "wait", wait);
        SettingOptions.put(request, "lease", lease);
        try (AdminClient client = remote.connect()) {
            JsonNode answer = client.post(AdminClient.queue(queue) + "/receive", request);
            JsonNode messages = answer.path("messages");
            if (remote.json) {
                remote.printJson(answer);
            } else {
                messages.forEach(message -> MessagePrinter.print(remote.out(), message));
            }
            remote.out().flush();
            if (remote.out().checkError()) {
                throw new CommandFailure(
                        ExitCode.REFUSED, "the output could not be written; the messages come again after their lease");
            }
            if (messages.isEmpty()) {
                remote.err().println("weir: no message is ready; wait for one with --wait 20s");
            } else if (!noAck) {
                acknowledge(client, messages);
            }
            return ExitCode.DONE;
        }
    }

    private void acknowledge(AdminClient client, JsonNode messages) {
        ObjectNode request = AdminClient.JSON.createObjectNode();
        var tokens = request.putArray("tokens");
        messages.forEach(message -> tokens.add(message.path("token").asString()));
        JsonNode outcomes =
                client.post(AdminClient.queue(queue) + "/acknowledge", request).path("outcomes");
        for (JsonNode outcome : outcomes) {
            if (!outcome.asString().equals("done")) {
                remote.err()
                        .println("weir: a message could not be acknowledged (" + outcome.asString()
                                + "), it may come again; use a longer --lease");
            }
        }
    }
}
