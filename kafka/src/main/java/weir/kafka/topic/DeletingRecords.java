package weir.kafka.topic;

import java.util.Optional;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** DeleteRecords: lets go of all before an offset. */
public final class DeletingRecords implements Handler {
    private static final long ALL = -1;
    private static final long UNKNOWN = -1;

    private final Front front;

    public DeletingRecords(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.DELETE_RECORDS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        DeleteRecordsResponseData answer = new DeleteRecordsResponseData();
        for (DeleteRecordsTopic asked :
                call.data(DeleteRecordsRequestData.class).topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(asked.name());
            Optional<Queue> topic = front.topics().find(asked.name());
            for (DeleteRecordsPartition partition : asked.partitions()) {
                result.partitions().add(delete(topic, partition));
            }
            answer.topics().add(result);
        }
        return answer;
    }

    private DeleteRecordsPartitionResult delete(Optional<Queue> topic, DeleteRecordsPartition asked)
            throws InterruptedException {
        int index = asked.partitionIndex();
        DeleteRecordsPartitionResult result =
                new DeleteRecordsPartitionResult().setPartitionIndex(index).setLowWatermark(UNKNOWN);
        if (topic.isEmpty() || index < 0 || index >= topic.get().partitions()) {
            return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        PartitionId partition = topic.get().partition(index);
        try {
            long before = asked.offset() == ALL
                    ? front.broker()
                            .offsets(partition, 0)
                            .map(TopicOffsets::end)
                            .orElse(0L)
                    : asked.offset();
            if (before < 0) {
                return result.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
            }
            Reply reply = front.broker().submit(new Command.Truncate(partition, before));
            if (reply instanceof Reply.Refused(Refusal reason)) {
                Errors error = reason == Refusal.OFFSET_OUT_OF_RANGE
                        ? Errors.OFFSET_OUT_OF_RANGE
                        : Errors.UNKNOWN_TOPIC_OR_PARTITION;
                return result.setErrorCode(error.code());
            }
            long start = front.broker()
                    .offsets(partition, 0)
                    .map(TopicOffsets::start)
                    .orElse(before);
            return result.setLowWatermark(start);
        } catch (OutcomeUnknownException _) {
            return result.setErrorCode(Errors.REQUEST_TIMED_OUT.code());
        }
    }
}
