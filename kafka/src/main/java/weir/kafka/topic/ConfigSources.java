package weir.kafka.topic;

import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** Where a value comes from, as Kafka's clients are told. */
final class ConfigSources {
    static final byte DEFAULT = ConfigSource.DEFAULT_CONFIG.id();
    static final byte SERVER = ConfigSource.STATIC_BROKER_CONFIG.id();

    private ConfigSources() {}

    static byte of(TopicConfig config, ConfigKey key) {
        return config.isSaid(key) ? ConfigSource.TOPIC_CONFIG.id() : DEFAULT;
    }
}
