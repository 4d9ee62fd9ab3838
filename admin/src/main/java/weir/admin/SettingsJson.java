package weir.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import weir.core.DeadLetterPolicy;
import weir.core.DeduplicationScope;
import weir.core.Limits;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.text.Durations;
import weir.core.text.Sizes;

/** The settings of a queue as JSON: one line for each, from which reading, writing and error messages follow. */
public final class SettingsJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String UNLIMITED = "unlimited";

    /**
     * @param allowed completes "allowed is"
     * @param read sets the builder's field, or throws {@link NotAllowed}
     */
    private record Setting(
            String name,
            String allowed,
            BiConsumer<QueueSettings.Builder, JsonNode> read,
            Function<QueueSettings, JsonNode> write) {}

    /** The value is not what {@link Setting#allowed} says. */
    private static final class NotAllowed extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotAllowed() {
            super(null, null, false, false);
        }
    }

    private static final List<Setting> SETTINGS = List.of(
            new Setting(
                    "ordering",
                    names(Ordering.values()) + ", fixed at creation",
                    (to, json) -> to.ordering(constant(json, Ordering.values())),
                    from -> text(from.ordering())),
            new Setting(
                    "lease",
                    durations(Duration.ZERO, Limits.LEASE_MAX),
                    (to, json) -> to.lease(duration(json, Duration.ZERO, Limits.LEASE_MAX)),
                    from -> text(from.lease())),
            new Setting(
                    "delay",
                    durations(Duration.ZERO, Limits.DELAY_MAX),
                    (to, json) -> to.delay(duration(json, Duration.ZERO, Limits.DELAY_MAX)),
                    from -> text(from.delay())),
            new Setting(
                    "retention",
                    durations(Duration.ofMillis(1), Limits.RETENTION_MAX),
                    (to, json) -> to.retention(duration(json, Duration.ofMillis(1), Limits.RETENTION_MAX)),
                    from -> text(from.retention())),
            new Setting(
                    "messageBytesMax",
                    "a size from 1B to " + Sizes.format(Limits.MESSAGE_BYTES_MAX) + " with B, KiB or MiB",
                    (to, json) -> to.messageBytesMax((int) size(json, Limits.MESSAGE_BYTES_MAX)),
                    from -> JSON.stringNode(Sizes.format(from.messageBytesMax()))),
            new Setting(
                    "messagesMax",
                    "a whole number from 1, or \"unlimited\"",
                    (to, json) -> to.messagesMax(isUnlimited(json) ? QueueSettings.UNLIMITED : atLeastOne(json)),
                    from -> from.messagesMax() == QueueSettings.UNLIMITED
                            ? JSON.stringNode(UNLIMITED)
                            : JSON.numberNode(from.messagesMax())),
            new Setting(
                    "bytesMax",
                    "a size from 1B such as 10GiB, or \"unlimited\"",
                    (to, json) ->
                            to.bytesMax(isUnlimited(json) ? QueueSettings.UNLIMITED : size(json, Long.MAX_VALUE - 1)),
                    from -> JSON.stringNode(
                            from.bytesMax() == QueueSettings.UNLIMITED ? UNLIMITED : Sizes.format(from.bytesMax()))),
            new Setting(
                    "overflow",
                    names(Overflow.values()),
                    (to, json) -> to.overflow(constant(json, Overflow.values())),
                    from -> text(from.overflow())),
            new Setting(
                    "inFlightMax",
                    "a whole number from 1 to " + Limits.IN_FLIGHT_MAX,
                    (to, json) -> to.inFlightMax(number(json, Limits.IN_FLIGHT_MAX)),
                    from -> JSON.numberNode(from.inFlightMax())),
            new Setting(
                    "deduplicationScope",
                    names(DeduplicationScope.values()),
                    (to, json) -> to.deduplicationScope(constant(json, DeduplicationScope.values())),
                    from -> text(from.deduplicationScope())),
            new Setting(
                    "deduplicationWindow",
                    durations(Duration.ZERO, Limits.DEDUPLICATION_WINDOW_MAX),
                    (to, json) ->
                            to.deduplicationWindow(duration(json, Duration.ZERO, Limits.DEDUPLICATION_WINDOW_MAX)),
                    from -> text(from.deduplicationWindow())),
            new Setting(
                    "priorityLevels",
                    "a whole number from 1 to " + Limits.PRIORITY_LEVELS_MAX,
                    (to, json) -> to.priorityLevels(number(json, Limits.PRIORITY_LEVELS_MAX)),
                    from -> JSON.numberNode(from.priorityLevels())),
            new Setting(
                    "priorityMode",
                    names(PriorityMode.values()),
                    (to, json) -> to.priorityMode(constant(json, PriorityMode.values())),
                    from -> text(from.priorityMode())),
            new Setting(
                    "deadLetter",
                    "null, or an object with queue (a name), maxAttempts (from 1), onExpiry (true or false, false if"
                            + " left out), onOverflow and onRejection (the same, if left out as before or true)",
                    SettingsJson::readDeadLetter,
                    SettingsJson::writeDeadLetter),
            new Setting(
                    "publishPaused",
                    "true or false",
                    (to, json) -> to.publishPaused(truth(json)),
                    from -> JSON.booleanNode(from.publishPaused())),
            new Setting(
                    "deliveryPaused",
                    "true or false",
                    (to, json) -> to.deliveryPaused(truth(json)),
                    from -> JSON.booleanNode(from.deliveryPaused())));

    private SettingsJson() {}

    public static ObjectNode write(QueueSettings settings) {
        ObjectNode json = JSON.objectNode();
        for (Setting setting : SETTINGS) {
            json.set(setting.name(), setting.write().apply(settings));
        }
        return json;
    }

    /**
     * {@code base}, changed in what {@code json} names.
     *
     * @throws Failure.Thrown with the setting's name, its value and what is allowed
     */
    static QueueSettings read(JsonNode json, QueueSettings base) {
        if (!json.isObject()) {
            throw Failure.invalid("settings is not an object").thrown();
        }
        QueueSettings.Builder changed = base.change();
        Set<String> unknown = new TreeSet<>(json.propertyNames());
        for (Setting setting : SETTINGS) {
            JsonNode value = json.get(setting.name());
            if (value == null) {
                continue;
            }
            unknown.remove(setting.name());
            try {
                setting.read().accept(changed, value);
            } catch (NotAllowed _) {
                throw Failure.invalid("settings." + setting.name() + " is " + shown(value) + ", allowed is "
                                + setting.allowed())
                        .thrown();
            }
        }
        if (!unknown.isEmpty()) {
            throw Failure.invalid("settings." + unknown.iterator().next() + " is not known, allowed are "
                            + SETTINGS.stream().map(Setting::name).collect(Collectors.joining(", ")))
                    .thrown();
        }
        try {
            return changed.build();
        } catch (IllegalArgumentException e) { // Each value is in its bounds, so this is about their combination.
            throw Failure.invalid(String.valueOf(e.getMessage())).thrown();
        }
    }

    /** The names of the settings in which the two differ. */
    static List<String> differences(QueueSettings one, QueueSettings other) {
        List<String> names = new ArrayList<>();
        for (Setting setting : SETTINGS) {
            if (!setting.write().apply(one).equals(setting.write().apply(other))) {
                names.add(setting.name());
            }
        }
        return names;
    }

    private static void readDeadLetter(QueueSettings.Builder to, JsonNode json) {
        if (json.isNull()) {
            to.deadLetter(null);
            return;
        }
        if (!json.isObject()
                || !Set.of("queue", "maxAttempts", "onExpiry", "onOverflow", "onRejection")
                        .containsAll(json.propertyNames())) {
            throw new NotAllowed();
        }
        String queue = string(json.path("queue"));
        if (queue.isEmpty() || queue.length() > Limits.QUEUE_NAME_CHARS_MAX) {
            throw new NotAllowed();
        }
        int maxAttempts = number(json.path("maxAttempts"), Integer.MAX_VALUE);
        DeadLetterPolicy before = to.deadLetter();
        to.deadLetter(new DeadLetterPolicy(
                queue,
                maxAttempts,
                truth(json, "onExpiry", false),
                truth(json, "onOverflow", before == null || before.onOverflow()),
                truth(json, "onRejection", before == null || before.onRejection())));
    }

    private static boolean truth(JsonNode json, String name, boolean otherwise) {
        return json.has(name) ? truth(json.path(name)) : otherwise;
    }

    private static JsonNode writeDeadLetter(QueueSettings from) {
        DeadLetterPolicy policy = from.deadLetter();
        if (policy == null) {
            return JSON.nullNode();
        }
        return JSON.objectNode()
                .put("queue", policy.queue())
                .put("maxAttempts", policy.maxAttempts())
                .put("onExpiry", policy.onExpiry())
                .put("onOverflow", policy.onOverflow())
                .put("onRejection", policy.onRejection());
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    private static String string(JsonNode json) {
        if (!json.isString()) {
            throw new NotAllowed();
        }
        return json.stringValue();
    }

    private static boolean truth(JsonNode json) {
        if (!json.isBoolean()) {
            throw new NotAllowed();
        }
        return json.booleanValue();
    }

    private static int number(JsonNode json, int most) {
        if (!json.isIntegralNumber() || !json.canConvertToInt() || json.intValue() < 1 || json.intValue() > most) {
            throw new NotAllowed();
        }
        return json.intValue();
    }

    private static long atLeastOne(JsonNode json) {
        if (!json.isIntegralNumber() || !json.canConvertToLong() || json.longValue() < 1) {
            throw new NotAllowed();
        }
        return json.longValue();
    }

    private static boolean isUnlimited(JsonNode json) {
        return json.isString() && json.stringValue().equals(UNLIMITED);
    }

    private static long size(JsonNode json, long most) {
        long bytes = Sizes.parse(string(json)).orElseThrow(NotAllowed::new);
        if (bytes < 1 || bytes > most) {
            throw new NotAllowed();
        }
        return bytes;
    }

    private static Duration duration(JsonNode json, Duration least, Duration most) {
        Optional<Duration> duration = Durations.parse(string(json));
        return duration.filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0)
                .orElseThrow(NotAllowed::new);
    }

    private static String durations(Duration least, Duration most) {
        return "a duration from " + Durations.format(least) + " to " + Durations.format(most)
                + " with ms, s, m, h or d, such as 30s";
    }

    private static JsonNode text(Duration duration) {
        return JSON.stringNode(Durations.format(duration));
    }

    private static JsonNode text(Enum<?> constant) {
        return JSON.stringNode(name(constant));
    }

    private static <E extends Enum<E>> E constant(JsonNode json, E[] values) {
        String text = string(json);
        return Arrays.stream(values)
                .filter(value -> name(value).equals(text))
                .findFirst()
                .orElseThrow(NotAllowed::new);
    }

    /** As it is written in JSON: {@code DROP_OLDEST} is {@code drop-oldest}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String names(Enum<?>[] values) {
        return Arrays.stream(values).map(SettingsJson::name).collect(Collectors.joining(" or "));
    }
}
