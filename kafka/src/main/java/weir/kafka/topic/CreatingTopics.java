package weir.kafka.topic;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** CreateTopics. Each is made or refused for itself. */
public final class CreatingTopics implements Handler {
    private final Front front;
    private final TopicMaker maker;

    public CreatingTopics(Front front) {
        this.front = front;
        this.maker = new TopicMaker(front);
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.CREATE_TOPICS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        CreateTopicsRequestData asked = call.data(CreateTopicsRequestData.class);
        Set<String> twice = twice(asked.topics());
        CreateTopicsResponseData answer = new CreateTopicsResponseData();
        Set<String> seen = new HashSet<>();
        for (CreatableTopic topic : asked.topics()) {
            if (twice.contains(topic.name())) {
                if (seen.add(topic.name())) {
                    answer.topics().add(failed(topic, Errors.INVALID_REQUEST, "Duplicate topic name."));
                }
            } else {
                answer.topics().add(create(topic, asked.validateOnly()));
            }
        }
        return answer;
    }

    private static Set<String> twice(Iterable<CreatableTopic> topics) {
        Set<String> once = new HashSet<>();
        Set<String> twice = new HashSet<>();
        topics.forEach(topic -> {
            if (!once.add(topic.name())) {
                twice.add(topic.name());
            }
        });
        return twice;
    }

    private CreatableTopicResult create(CreatableTopic topic, boolean onlyValidate) throws InterruptedException {
        try {
            if (!topic.assignments().isEmpty()) {
                throw new TopicException(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "Replicas are placed by the cluster; say how many partitions instead");
            }
            Map<String, @Nullable String> configs = new HashMap<>();
            topic.configs().forEach(config -> configs.put(config.name(), config.value()));
            TopicMaker.Plan plan = maker.plan(topic.name(), topic.numPartitions(), topic.replicationFactor(), configs);
            CreatableTopicResult result = new CreatableTopicResult()
                    .setName(topic.name())
                    .setNumPartitions(plan.partitions())
                    .setConfigs(configs(plan.config()));
            if (onlyValidate) {
                return result.setReplicationFactor(topic.replicationFactor());
            }
            Queue made = maker.make(plan);
            return result.setTopicId(Topics.id(made)).setReplicationFactor((short)
                    PartitionView.of(front, made, 0).replicas().size());
        } catch (TopicException e) {
            return failed(topic, e.error(), e.text());
        } catch (OutcomeUnknownException e) {
            return failed(topic, Errors.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    private static List<CreatableTopicConfigs> configs(TopicConfig config) {
        return Arrays.stream(ConfigKey.values())
                .map(key -> new CreatableTopicConfigs()
                        .setName(key.text())
                        .setValue(config.value(key))
                        .setConfigSource(ConfigSources.of(config, key)))
                .toList();
    }

    private static CreatableTopicResult failed(CreatableTopic topic, Errors error, @Nullable String message) {
        return new CreatableTopicResult()
                .setName(topic.name())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
