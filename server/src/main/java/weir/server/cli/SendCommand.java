package weir.server.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code weir send}. */
@Command(
        name = "send",
        description = "Sends a message: the text given, a file, or standard input.",
        mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
    @Mixin
    private final Remote remote = new Remote();

    @Parameters(index = "0", paramLabel = "QUEUE")
    @SuppressWarnings("NullAway.Init") // Set by picocli before call.
    private String queue;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The message.")
    private @Nullable String text;

    @Option(names = "--file", paramLabel = "FILE", description = "Send the content of a file.")
    private @Nullable Path file;

    @Option(names = "--group", paramLabel = "GROUP", description = "The message group.")
    private @Nullable String group;

    @Option(names = "--deduplication-id", paramLabel = "ID", description = "A repeat with the same id is not queued.")
    private @Nullable String deduplicationId;

    @Option(names = "--priority", paramLabel = "LEVEL", description = "0 is the highest (default: the lowest).")
    private @Nullable Integer priority;

    @Option(names = "--delay", paramLabel = "DURATION", description = "Not delivered before, e.g. 10m.")
    private @Nullable String delay;

    @Option(names = "--expires-after", paramLabel = "DURATION", description = "Not delivered after, e.g. 1h.")
    private @Nullable String expiresAfter;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header; may be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Override
    public Integer call() {
        ObjectNode message = AdminClient.JSON.createObjectNode();
        byte[] body = body();
        try {
            message.put(
                    "body",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(body))
                            .toString());
        } catch (CharacterCodingException _) { // Not text, so it travels as base64.
            message.put("bodyBase64", Base64.getEncoder().encodeToString(body));
        }
        SettingOptions.put(message, "group", group);
        SettingOptions.put(message, "deduplicationId", deduplicationId);
        SettingOptions.put(message, "delay", delay);
        SettingOptions.put(message, "expiresAfter", expiresAfter);
        if (priority != null) {
            message.put("priority", priority);
        }
        var headerList = message.putArray("headers");
        headers.forEach(
                (name, value) -> headerList.addObject().put("name", name).put("value", value));
        ObjectNode request = AdminClient.JSON.createObjectNode();
        request.putArray("messages").add(message);
        try (AdminClient client = remote.connect()) {
            JsonNode answer = client.post(AdminClient.queue(queue) + "/messages", request);
            if (remote.json) {
                remote.printJson(answer);
            } else {
                JsonNode sent = answer.path("messages").path(0);
                remote.out()
                        .println((sent.path("duplicate").asBoolean(false) ? "was there already: " : "sent: ")
                                + sent.path("position").asString());
            }
            return ExitCode.DONE;
        }
    }

    private byte[] body() {
        if (text != null && file != null) {
            throw new CommandFailure(ExitCode.USAGE, "there is a text and a --file; give one of them");
        }
        try {
            if (text != null) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            return file != null ? Files.readAllBytes(file) : System.in.readAllBytes();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the message cannot be read: " + e);
        }
    }
}
