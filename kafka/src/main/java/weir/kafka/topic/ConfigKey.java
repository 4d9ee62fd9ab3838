package weir.kafka.topic;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import weir.core.Limits;

/**
 * What can be configured of a topic, by Kafka's names, types, and defaults. What is said to act does; the others are kept and shown, as tools read back
 * what they have set, and mean nothing here: there are no segments to roll, and every acknowledged record is on a majority's disks.
 */
enum ConfigKey {
    /** Acts. */
    CLEANUP_POLICY(
            "cleanup.policy", ConfigType.LIST, "delete", "delete"::equals, "delete; compaction is not there yet"),
    /** Acts. */
    MAX_MESSAGE_BYTES(
            "max.message.bytes",
            ConfigType.INT,
            "1048588",
            value -> isLong(value, 1, Limits.MESSAGE_BYTES_MAX),
            "1 to " + Limits.MESSAGE_BYTES_MAX),
    /** Acts. */
    MESSAGE_TIMESTAMP_TYPE(
            "message.timestamp.type",
            ConfigType.STRING,
            "CreateTime",
            value -> value.equals("CreateTime") || value.equals("LogAppendTime"),
            "CreateTime or LogAppendTime"),
    /** Acts. */
    RETENTION_BYTES("retention.bytes", ConfigType.LONG, "-1", atLeast(-1), "-1 and more"),
    /** Acts. */
    RETENTION_MS("retention.ms", ConfigType.LONG, "604800000", atLeast(-1), "-1 and more"),

    COMPRESSION_TYPE(
            "compression.type",
            ConfigType.STRING,
            "producer",
            value -> value.matches("producer|uncompressed|gzip|snappy|lz4|zstd"),
            "producer, uncompressed, gzip, snappy, lz4 or zstd"),
    COMPRESSION_GZIP_LEVEL("compression.gzip.level", ConfigType.INT, "-1", between(-1, 9), "-1 to 9"),
    COMPRESSION_LZ4_LEVEL("compression.lz4.level", ConfigType.INT, "9", between(1, 17), "1 to 17"),
    COMPRESSION_ZSTD_LEVEL("compression.zstd.level", ConfigType.INT, "3", between(-131_072, 22), "-131072 to 22"),
    DELETE_RETENTION_MS("delete.retention.ms", ConfigType.LONG, "86400000", atLeast(0), "0 and more"),
    FILE_DELETE_DELAY_MS("file.delete.delay.ms", ConfigType.LONG, "60000", atLeast(0), "0 and more"),
    FLUSH_MESSAGES("flush.messages", ConfigType.LONG, Long.toString(Long.MAX_VALUE), atLeast(1), "1 and more"),
    FLUSH_MS("flush.ms", ConfigType.LONG, Long.toString(Long.MAX_VALUE), atLeast(0), "0 and more"),
    FOLLOWER_THROTTLED(
            "follower.replication.throttled.replicas", ConfigType.LIST, "", value -> true, "a list of replicas"),
    INDEX_INTERVAL_BYTES("index.interval.bytes", ConfigType.INT, "4096", between(0, Integer.MAX_VALUE), "0 and more"),
    LEADER_THROTTLED("leader.replication.throttled.replicas", ConfigType.LIST, "", value -> true, "a list of replicas"),
    LOCAL_RETENTION_BYTES("local.retention.bytes", ConfigType.LONG, "-2", atLeast(-2), "-2 and more"),
    LOCAL_RETENTION_MS("local.retention.ms", ConfigType.LONG, "-2", atLeast(-2), "-2 and more"),
    MAX_COMPACTION_LAG_MS(
            "max.compaction.lag.ms", ConfigType.LONG, Long.toString(Long.MAX_VALUE), atLeast(1), "1 and more"),
    /** Acts. */
    TIMESTAMP_AFTER_MAX_MS("message.timestamp.after.max.ms", ConfigType.LONG, "3600000", atLeast(0), "0 and more"),
    TIMESTAMP_BEFORE_MAX_MS(
            "message.timestamp.before.max.ms",
            ConfigType.LONG,
            Long.toString(Long.MAX_VALUE),
            atLeast(0),
            "0 and more"),
    MIN_CLEANABLE_DIRTY_RATIO(
            "min.cleanable.dirty.ratio",
            ConfigType.DOUBLE,
            "0.5",
            value -> value.matches("0(\\.\\d+)?|1(\\.0+)?"),
            "0 to 1"),
    MIN_COMPACTION_LAG_MS("min.compaction.lag.ms", ConfigType.LONG, "0", atLeast(0), "0 and more"),
    MIN_INSYNC_REPLICAS("min.insync.replicas", ConfigType.INT, "1", between(1, Integer.MAX_VALUE), "1 and more"),
    PREALLOCATE("preallocate", ConfigType.BOOLEAN, "false", ConfigKey::isTruth, "true or false"),
    REMOTE_STORAGE_ENABLE(
            "remote.storage.enable", ConfigType.BOOLEAN, "false", "false"::equals, "false; there is no remote storage"),
    SEGMENT_BYTES("segment.bytes", ConfigType.INT, "1073741824", between(1, Integer.MAX_VALUE), "1 and more"),
    SEGMENT_INDEX_BYTES("segment.index.bytes", ConfigType.INT, "10485760", between(4, Integer.MAX_VALUE), "4 and more"),
    SEGMENT_JITTER_MS("segment.jitter.ms", ConfigType.LONG, "0", atLeast(0), "0 and more"),
    SEGMENT_MS("segment.ms", ConfigType.LONG, "604800000", atLeast(1), "1 and more"),
    UNCLEAN_LEADER_ELECTION(
            "unclean.leader.election.enable",
            ConfigType.BOOLEAN,
            "false",
            "false"::equals,
            "false; who does not have all never leads");

    private static final Map<String, ConfigKey> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ConfigKey::text, Function.identity()));

    private final String text;
    private final ConfigType type;
    private final String byDefault;
    /** A function of its text alone. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Predicate<String> valid;

    private final String allowed;

    ConfigKey(String text, ConfigType type, String byDefault, Predicate<String> valid, String allowed) {
        this.text = text;
        this.type = type;
        this.byDefault = byDefault;
        this.valid = valid;
        this.allowed = allowed;
    }

    static Optional<ConfigKey> of(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    String text() {
        return text;
    }

    ConfigType type() {
        return type;
    }

    String byDefault() {
        return byDefault;
    }

    boolean allows(String value) {
        return valid.test(value);
    }

    String allowed() {
        return allowed;
    }

    private static Predicate<String> atLeast(long least) {
        return between(least, Long.MAX_VALUE);
    }

    private static Predicate<String> between(long least, long most) {
        return value -> isLong(value, least, most);
    }

    private static boolean isLong(String value, long least, long most) {
        try {
            long number = Long.parseLong(value);
            return number >= least && number <= most;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private static boolean isTruth(String value) {
        return value.equals("true") || value.equals("false");
    }
}
