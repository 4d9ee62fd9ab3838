package weir.kafka.topic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.KafkaSettings;
import weir.kafka.node.KafkaNode;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** DescribeConfigs, of topics and of this node. What can be said of groups, loggers and clients' metrics is not known here. */
public final class DescribingConfigs implements Handler {
    private final Front front;

    public DescribingConfigs(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.DESCRIBE_CONFIGS);
    }

    @Override
    public ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException {
        DescribeConfigsRequestData asked = call.data(DescribeConfigsRequestData.class);
        DescribeConfigsResponseData answer = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : asked.resources()) {
            answer.results().add(describe(resource, asked.includeSynonyms()));
        }
        return answer;
    }

    private DescribeConfigsResult describe(DescribeConfigsResource asked, boolean synonyms)
            throws OutcomeUnknownException, InterruptedException {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName());
        return switch (ConfigResource.Type.forId(asked.resourceType())) {
            case TOPIC -> topic(asked, synonyms, result);
            case BROKER -> node(asked, synonyms, result);
            case BROKER_LOGGER, CLIENT_METRICS, GROUP, UNKNOWN ->
                result.setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("Nothing can be configured here but topics");
        };
    }

    private DescribeConfigsResult topic(DescribeConfigsResource asked, boolean synonyms, DescribeConfigsResult result)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> topic = front.topics().findAnywhere(asked.resourceName());
        if (topic.isEmpty()) {
            return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("There is no topic " + asked.resourceName());
        }
        TopicConfig config = TopicConfig.of(topic.get());
        List<DescribeConfigsResourceResult> values = new ArrayList<>();
        for (ConfigKey key : ConfigKey.values()) {
            if (isWanted(asked.configurationKeys(), key.text())) {
                values.add(
                        value(key.text(), config.value(key), ConfigSources.of(config, key), key.byDefault(), synonyms)
                                .setConfigType(key.type().id()));
            }
        }
        return result.setConfigs(values);
    }

    private DescribeConfigsResult node(DescribeConfigsResource asked, boolean synonyms, DescribeConfigsResult result) {
        KafkaNode self = front.nodes().self();
        if (!asked.resourceName().isEmpty() && !asked.resourceName().equals(Integer.toString(self.id()))) {
            return result.setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage("This is broker " + self.id() + ", and it is not asked for another");
        }
        List<DescribeConfigsResourceResult> values = new ArrayList<>();
        if (!asked.resourceName().isEmpty()) { // The empty name asks for what was changed for all, which is nothing.
            settings(self).forEach((name, value) -> {
                if (isWanted(asked.configurationKeys(), name)) {
                    values.add(value(name, value, ConfigSources.SERVER, value, synonyms)
                            .setReadOnly(true));
                }
            });
        }
        return result.setConfigs(values);
    }

    private Map<String, String> settings(KafkaNode self) {
        KafkaSettings settings = front.settings();
        Map<String, String> all = new TreeMap<>();
        all.put("broker.id", Integer.toString(self.id()));
        all.put("node.id", Integer.toString(self.id()));
        all.put("advertised.listeners", "PLAINTEXT://" + self.host() + ":" + self.port());
        all.put("auto.create.topics.enable", Boolean.toString(settings.autoCreateTopics()));
        all.put("num.partitions", Integer.toString(settings.partitions()));
        all.put("delete.topic.enable", "true");
        all.put("log.cleanup.policy", ConfigKey.CLEANUP_POLICY.byDefault());
        all.put("log.retention.ms", ConfigKey.RETENTION_MS.byDefault());
        all.put("log.retention.bytes", ConfigKey.RETENTION_BYTES.byDefault());
        all.put("log.message.timestamp.type", ConfigKey.MESSAGE_TIMESTAMP_TYPE.byDefault());
        all.put("message.max.bytes", ConfigKey.MAX_MESSAGE_BYTES.byDefault());
        all.put("compression.type", ConfigKey.COMPRESSION_TYPE.byDefault());
        return all;
    }

    private static boolean isWanted(@Nullable List<String> keys, String name) {
        return keys == null || keys.contains(name);
    }

    private static DescribeConfigsResourceResult value(
            String name, String value, byte source, String byDefault, boolean synonyms) {
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setConfigSource(source);
        if (synonyms) {
            DescribeConfigsSynonym said =
                    new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source);
            DescribeConfigsSynonym unsaid = new DescribeConfigsSynonym()
                    .setName(name)
                    .setValue(byDefault)
                    .setSource(ConfigSources.DEFAULT);
            result.setSynonyms(source == ConfigSources.DEFAULT ? List.of(unsaid) : Arrays.asList(said, unsaid));
        }
        return result;
    }
}
