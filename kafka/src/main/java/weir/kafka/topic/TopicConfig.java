package weir.kafka.topic;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.catalog.Queue;

/**
 * What was configured of a topic: kept in the queue's labels as clients have said it, and what acts in its settings.
 *
 * @param labels of the queue, also those of others
 */
public record TopicConfig(QueueSettings settings, SortedMap<String, String> labels) {
    private static final String OWN = "kafka:";
    private static final String UNLIMITED = "-1";

    /** Of a topic that nothing is said of. */
    static TopicConfig byDefault() {
        TopicConfig empty = new TopicConfig(
                QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build(), new TreeMap<>());
        for (ConfigKey key : ConfigKey.values()) {
            empty = new TopicConfig(acting(empty.settings, key, key.byDefault()), empty.labels);
        }
        return empty;
    }

    public static TopicConfig of(Queue topic) {
        return new TopicConfig(topic.settings(), topic.labels());
    }

    /** The same with that said, if it can be. */
    TopicConfig with(String name, @Nullable String value) throws TopicException {
        ConfigKey key = known(name);
        if (value == null || !key.allows(value)) {
            throw new TopicException(
                    Errors.INVALID_CONFIG,
                    "Invalid value " + value + " for configuration " + name + ": allowed is " + key.allowed());
        }
        SortedMap<String, String> changed = new TreeMap<>(labels);
        changed.put(OWN + name, value);
        return new TopicConfig(acting(settings, key, value), changed);
    }

    TopicConfig with(Map<String, @Nullable String> values) throws TopicException {
        TopicConfig changed = this;
        for (Map.Entry<String, @Nullable String> each : values.entrySet()) {
            changed = changed.with(each.getKey(), each.getValue());
        }
        return changed;
    }

    /** The same with the default in its place. */
    TopicConfig without(String name) throws TopicException {
        ConfigKey key = known(name);
        SortedMap<String, String> changed = new TreeMap<>(labels);
        changed.remove(OWN + name);
        return new TopicConfig(acting(settings, key, key.byDefault()), changed);
    }

    /** The same with nothing said by Kafka's clients. */
    TopicConfig cleared() throws TopicException {
        TopicConfig cleared = this;
        for (ConfigKey key : ConfigKey.values()) {
            if (isSaid(key)) {
                cleared = cleared.without(key.text());
            }
        }
        return cleared;
    }

    static ConfigKey known(String name) throws TopicException {
        return ConfigKey.of(name)
                .orElseThrow(() -> new TopicException(Errors.INVALID_CONFIG, "Unknown topic config name: " + name));
    }

    /** Whether it was said, rather than left as it is by default. */
    boolean isSaid(ConfigKey key) {
        return labels.containsKey(OWN + key.text()) || !value(key).equals(key.byDefault());
    }

    String value(ConfigKey key) {
        return switch (key) {
            case RETENTION_MS ->
                settings.retention().equals(Limits.RETENTION_MAX)
                        ? UNLIMITED
                        : Long.toString(settings.retention().toMillis());
            case RETENTION_BYTES ->
                settings.bytesMax() == QueueSettings.UNLIMITED ? UNLIMITED : Long.toString(settings.bytesMax());
            case MAX_MESSAGE_BYTES -> Integer.toString(settings.messageBytesMax());
            default -> labels.getOrDefault(OWN + key.text(), key.byDefault());
        };
    }

    /** Whether records get the time at which they came. */
    public boolean stampsArrival() {
        return value(ConfigKey.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime");
    }

    /** The newest time that a record may claim now. */
    public long timestampMax(long nowMillis) {
        long ahead = Long.parseLong(value(ConfigKey.TIMESTAMP_AFTER_MAX_MS));
        return ahead > Long.MAX_VALUE - nowMillis ? Long.MAX_VALUE : nowMillis + ahead;
    }

    private static QueueSettings acting(QueueSettings settings, ConfigKey key, String value) {
        return switch (key) {
            case RETENTION_MS ->
                settings.change().retention(retention(Long.parseLong(value))).build();
            case RETENTION_BYTES ->
                settings.change().bytesMax(bytes(Long.parseLong(value))).build();
            case MAX_MESSAGE_BYTES ->
                settings.change().messageBytesMax(Integer.parseInt(value)).build();
            default -> settings;
        };
    }

    private static Duration retention(long millis) {
        long most = Limits.RETENTION_MAX.toMillis();
        return Duration.ofMillis(millis < 0 ? most : Math.clamp(millis, 1, most));
    }

    private static long bytes(long bytes) {
        return bytes < 0 ? QueueSettings.UNLIMITED : bytes;
    }
}
