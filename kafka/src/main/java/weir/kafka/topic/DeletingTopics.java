package weir.kafka.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** DeleteTopics, by name or by id. What is named by its id is deleted only if it still is that one. */
public final class DeletingTopics implements Handler {
    /** From this version on topics may be named by their ids. */
    private static final int BY_STATE = 6;

    private final Front front;

    public DeletingTopics(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.DELETE_TOPICS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        DeleteTopicsRequestData asked = call.data(DeleteTopicsRequestData.class);
        List<DeleteTopicState> topics = new ArrayList<>(asked.topics());
        if (call.version() < BY_STATE) {
            asked.topicNames().forEach(name -> topics.add(new DeleteTopicState().setName(name)));
        }
        DeleteTopicsResponseData answer = new DeleteTopicsResponseData();
        for (DeleteTopicState topic : topics) {
            answer.responses().add(delete(topic));
        }
        return answer;
    }

    private DeletableTopicResult delete(DeleteTopicState asked) throws InterruptedException {
        @Nullable String name = asked.name();
        Uuid id = asked.topicId();
        DeletableTopicResult result = new DeletableTopicResult().setName(name).setTopicId(id);
        boolean byId = !id.equals(Uuid.ZERO_UUID);
        if (byId == (name != null)) {
            return result.setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage("A topic is named by its name or by its id");
        }
        try {
            Optional<Queue> topic = name == null
                    ? front.topics().findAnywhere(id)
                    : front.topics().findAnywhere(name);
            if (topic.isEmpty()) {
                return result.setErrorCode((byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION).code());
            }
            CatalogReply reply = front.broker()
                    .change(new CatalogCommand.DeleteQueue(
                            topic.get().name(), topic.get().id()));
            result.setName(topic.get().name()).setTopicId(Topics.id(topic.get()));
            return reply instanceof CatalogReply.Refused(var reason)
                    ? result.setErrorCode(TopicMaker.errorOf(reason).code())
                    : result;
        } catch (OutcomeUnknownException e) {
            return result.setErrorCode(Errors.REQUEST_TIMED_OUT.code()).setErrorMessage(e.getMessage());
        }
    }
}
