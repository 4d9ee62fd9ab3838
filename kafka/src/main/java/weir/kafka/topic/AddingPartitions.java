package weir.kafka.topic;

import java.util.Optional;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** CreatePartitions, which is refused: how many a topic has is fixed when it is made, as where a key's records are follows from it. */
public final class AddingPartitions implements Handler {
    private final Front front;

    public AddingPartitions(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.CREATE_PARTITIONS);
    }

    @Override
    public ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException {
        CreatePartitionsResponseData answer = new CreatePartitionsResponseData();
        for (CreatePartitionsTopic asked :
                call.data(CreatePartitionsRequestData.class).topics()) {
            Optional<Queue> topic = front.topics().findAnywhere(asked.name());
            CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(asked.name());
            if (topic.isEmpty()) {
                result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            } else {
                result.setErrorCode(Errors.INVALID_PARTITIONS.code())
                        .setErrorMessage("The topic has " + topic.get().partitions()
                                + " partitions, and their number is fixed when it is made");
            }
            answer.results().add(result);
        }
        return answer;
    }
}
