package weir.kafka.group;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/**
 * What an operator says of groups, by Kafka's names and with Kafka's defaults: {@code group.initial.rebalance.delay.ms}, {@code
 * offsets.retention.minutes}, {@code group.max.size} and so on.
 *
 * @param values by name; what is not named has Kafka's default
 */
public record GroupSettings(Map<String, String> values) {
    private static final ConfigDef DEFINITION =
            Utils.mergeConfigs(List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF));

    /** Ours where Kafka's does not fit. */
    private static final Map<String, String> OURS = Map.of(
            // Each partition's coordinator waits for the disk on its thread, side by side with the others.
            GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, Integer.toString(GroupLimits.PARTITIONS),
            GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG, Integer.toString(GroupLimits.PARTITIONS),
            // Kafka lets a group have any number of members; each costs the coordinator's memory.
            GroupCoordinatorConfig.GROUP_MAX_SIZE_CONFIG, Integer.toString(GroupLimits.MEMBERS_MAX),
            GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SIZE_CONFIG, Integer.toString(GroupLimits.MEMBERS_MAX));

    public static final GroupSettings DEFAULT = new GroupSettings(Map.of());

    /** @throws IllegalArgumentException if a name is unknown or a value impossible; it says which */
    public GroupSettings {
        values = Map.copyOf(values);
        try {
            var _ = new GroupCoordinatorConfig(configOf(values));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * As an operator writes them: {@code name=value;name=value}.
     *
     * @throws IllegalArgumentException if they are not of that form, or as the constructor says
     */
    public static GroupSettings parse(String text) {
        Map<String, String> values = new TreeMap<>();
        for (String part : text.split(";", -1)) {
            String setting = part.strip();
            int equals = setting.indexOf('=');
            if (equals > 0) {
                values.put(
                        setting.substring(0, equals).strip(),
                        setting.substring(equals + 1).strip());
            } else if (!setting.isEmpty()) {
                throw new IllegalArgumentException("'" + setting + "' is no NAME=VALUE");
            }
        }
        return new GroupSettings(values);
    }

    GroupCoordinatorConfig config() {
        return new GroupCoordinatorConfig(configOf(values));
    }

    /** Of share groups, which are not coordinated here: Kafka's defaults. */
    ShareGroupConfig shareConfig() {
        return new ShareGroupConfig(configOf(values));
    }

    private static AbstractConfig configOf(Map<String, String> values) {
        Map<String, String> all = new TreeMap<>(OURS);
        values.forEach((name, value) -> {
            if (!GroupCoordinatorConfig.CONFIG_DEF.names().contains(name)) {
                throw new ConfigException(name, value, "there is no setting of that name for groups");
            }
            all.put(name, value);
        });
        return new AbstractConfig(DEFINITION, all, false);
    }
}
