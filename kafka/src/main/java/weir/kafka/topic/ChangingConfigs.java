package weir.kafka.topic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** IncrementalAlterConfigs: changes what is named, and nothing else. */
public final class ChangingConfigs implements Handler {
    private final ConfigChange change;

    public ChangingConfigs(Front front) {
        this.change = new ConfigChange(front);
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.INCREMENTAL_ALTER_CONFIGS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        IncrementalAlterConfigsRequestData asked = call.data(IncrementalAlterConfigsRequestData.class);
        IncrementalAlterConfigsResponseData answer = new IncrementalAlterConfigsResponseData();
        for (AlterConfigsResource resource : asked.resources()) {
            answer.responses().add(alter(resource, asked.validateOnly()));
        }
        return answer;
    }

    private AlterConfigsResourceResponse alter(AlterConfigsResource asked, boolean onlyValidate)
            throws InterruptedException {
        if (asked.resourceType() != ConfigResource.Type.TOPIC.id()) {
            return told(asked, Errors.INVALID_REQUEST, "Nothing can be configured by Kafka's clients but topics");
        }
        try {
            change.apply(
                    asked.resourceName(),
                    before -> {
                        TopicConfig after = before;
                        for (AlterableConfig each : asked.configs()) {
                            after = changed(after, each);
                        }
                        return after;
                    },
                    onlyValidate);
            return told(asked, Errors.NONE, null);
        } catch (TopicException e) {
            return told(asked, e.error(), e.text());
        } catch (OutcomeUnknownException e) {
            return told(asked, Errors.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    private static TopicConfig changed(TopicConfig before, AlterableConfig asked) throws TopicException {
        return switch (OpType.forId(asked.configOperation())) {
            case SET -> before.with(asked.name(), asked.value());
            case DELETE -> before.without(asked.name());
            case APPEND -> before.with(asked.name(), list(before, asked, true));
            case SUBTRACT -> before.with(asked.name(), list(before, asked, false));
            case null ->
                throw new TopicException(
                        Errors.INVALID_REQUEST, "Unknown operation " + asked.configOperation() + " on " + asked.name());
        };
    }

    private static String list(TopicConfig before, AlterableConfig asked, boolean append) throws TopicException {
        ConfigKey key = TopicConfig.known(asked.name());
        String value = asked.value();
        if (key.type() != ConfigType.LIST || value == null) {
            throw new TopicException(
                    Errors.INVALID_CONFIG, asked.name() + " is no list, which alone can be added to and taken from");
        }
        List<String> there = new ArrayList<>(Arrays.asList(before.value(key).split(",", -1)));
        List<String> said = Arrays.asList(value.split(",", -1));
        there.removeAll(said);
        there.removeIf(String::isEmpty);
        if (append) {
            there.addAll(said);
        }
        return String.join(",", there);
    }

    private static AlterConfigsResourceResponse told(
            AlterConfigsResource asked, Errors error, @Nullable String message) {
        return new AlterConfigsResourceResponse()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
