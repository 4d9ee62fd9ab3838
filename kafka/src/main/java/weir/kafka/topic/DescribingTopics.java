package weir.kafka.topic;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** DescribeTopicPartitions: topics page by page, by which Kafka's admin client describes them. */
public final class DescribingTopics implements Handler {
    /** Kafka's {@code max.request.partition.size.limit}. */
    private static final int PARTITIONS_MAX = 2_000;

    private final Front front;

    public DescribingTopics(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
    }

    @Override
    public ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException {
        DescribeTopicPartitionsRequestData asked = call.data(DescribeTopicPartitionsRequestData.class);
        TreeSet<String> names = new TreeSet<>();
        if (asked.topics().isEmpty()) {
            front.topics().all().forEach(topic -> names.add(topic.name()));
        } else {
            asked.topics().stream().map(TopicRequest::name).forEach(names::add);
        }
        DescribeTopicPartitionsRequestData.Cursor from = asked.cursor();
        int room = Math.clamp(asked.responsePartitionLimit(), 1, PARTITIONS_MAX);
        DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        for (String name : from == null ? names : names.tailSet(from.topicName())) {
            int first = from != null && name.equals(from.topicName()) ? Math.max(0, from.partitionIndex()) : 0;
            if (room == 0) {
                return answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
            }
            Optional<Queue> topic = front.topics().findAnywhere(name);
            if (topic.isEmpty()) {
                answer.topics().add(missing(name));
                continue;
            }
            int end = (int) Math.min(topic.get().partitions(), (long) first + room);
            answer.topics().add(described(topic.get(), first, end));
            room -= Math.max(0, end - first);
            if (end < topic.get().partitions()) {
                return answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
            }
        }
        return answer;
    }

    private static DescribeTopicPartitionsResponseTopic missing(String name) {
        Errors error = TopicNames.isLegal(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic().setName(name).setErrorCode(error.code());
    }

    private DescribeTopicPartitionsResponseTopic described(Queue topic, int first, int end) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(Topics.id(topic))
                .setIsInternal(TopicNames.isInternal(topic.name()));
        for (int index = first; index < end; index++) {
            PartitionView view = PartitionView.of(front, topic, index);
            described
                    .partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setPartitionIndex(index)
                            .setErrorCode(view.error().code())
                            .setLeaderId(view.leader())
                            .setReplicaNodes(view.replicas())
                            .setIsrNodes(view.replicas())
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of()));
        }
        return described;
    }
}
