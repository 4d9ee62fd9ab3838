package weir.kafka.topic;

import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** AlterConfigs: what is not named has its default after that. Newer clients change one by one ({@link ChangingConfigs}). */
public final class AlteringConfigs implements Handler {
    private final ConfigChange change;

    public AlteringConfigs(Front front) {
        this.change = new ConfigChange(front);
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.ALTER_CONFIGS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        AlterConfigsRequestData asked = call.data(AlterConfigsRequestData.class);
        AlterConfigsResponseData answer = new AlterConfigsResponseData();
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
                        TopicConfig after = before.cleared();
                        for (AlterableConfig each : asked.configs()) {
                            after = after.with(each.name(), each.value());
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

    private static AlterConfigsResourceResponse told(
            AlterConfigsResource asked, Errors error, @Nullable String message) {
        return new AlterConfigsResourceResponse()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
