package weir.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The settings of a queue as options. Their values are checked by the server, which has the rules. */
final class SettingOptions {
    @Option(names = "--lease", paramLabel = "DURATION", description = "How long a delivery is held, e.g. 30s.")
    private @Nullable String lease;

    @Option(names = "--delay", paramLabel = "DURATION", description = "How long a new message waits, e.g. 5m.")
    private @Nullable String delay;

    @Option(names = "--retention", paramLabel = "DURATION", description = "How long a message is kept, e.g. 14d.")
    private @Nullable String retention;

    @Option(names = "--message-bytes-max", paramLabel = "SIZE", description = "The largest message, e.g. 256KiB.")
    private @Nullable String messageBytesMax;

    @Option(names = "--messages-max", paramLabel = "N", description = "Messages that it holds, or unlimited.")
    private @Nullable String messagesMax;

    @Option(names = "--bytes-max", paramLabel = "SIZE", description = "Bytes that it holds, e.g. 10GiB, or unlimited.")
    private @Nullable String bytesMax;

    @Option(names = "--overflow", paramLabel = "WHAT", description = "When full: refuse or drop-oldest.")
    private @Nullable String overflow;

    @Option(names = "--in-flight-max", paramLabel = "N", description = "Leases out at a time.")
    private @Nullable Integer inFlightMax;

    @Option(
            names = "--deduplication-scope",
            paramLabel = "SCOPE",
            description = "Where a deduplication id is unique: queue or group.")
    private @Nullable String deduplicationScope;

    @Option(
            names = "--deduplication-window",
            paramLabel = "DURATION",
            description = "How long a deduplication id is remembered, e.g. 5m.")
    private @Nullable String deduplicationWindow;

    @Option(names = "--priority-levels", paramLabel = "N", description = "1 to 32; level 0 is the highest.")
    private @Nullable Integer priorityLevels;

    @Option(names = "--priority-mode", paramLabel = "MODE", description = "bounded (none starves) or strict.")
    private @Nullable String priorityMode;

    @Option(names = "--dead-letter", paramLabel = "QUEUE", description = "Where failed messages go; \"\" for nowhere.")
    private @Nullable String deadLetter;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = "Deliveries before a message is dead-lettered (default: 5).",
            defaultValue = "5")
    private int maxAttempts;

    @Option(names = "--dead-letter-expired", description = "Expired messages are dead-lettered too.")
    private boolean deadLetterExpired;

    ObjectNode json() {
        ObjectNode json = AdminClient.JSON.createObjectNode();
        put(json, "lease", lease);
        put(json, "delay", delay);
        put(json, "retention", retention);
        put(json, "messageBytesMax", messageBytesMax);
        if (messagesMax != null && messagesMax.matches("\\d{1,18}")) {
            json.put("messagesMax", Long.parseLong(messagesMax));
        } else {
            put(json, "messagesMax", messagesMax);
        }
        put(json, "bytesMax", bytesMax);
        put(json, "overflow", overflow);
        if (inFlightMax != null) {
            json.put("inFlightMax", inFlightMax);
        }
        put(json, "deduplicationScope", deduplicationScope);
        put(json, "deduplicationWindow", deduplicationWindow);
        if (priorityLevels != null) {
            json.put("priorityLevels", priorityLevels);
        }
        put(json, "priorityMode", priorityMode);
        if (deadLetter != null && deadLetter.isEmpty()) {
            json.putNull("deadLetter");
        } else if (deadLetter != null) {
            json.putObject("deadLetter")
                    .put("queue", deadLetter)
                    .put("maxAttempts", maxAttempts)
                    .put("onExpiry", deadLetterExpired);
        }
        return json;
    }

    static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
