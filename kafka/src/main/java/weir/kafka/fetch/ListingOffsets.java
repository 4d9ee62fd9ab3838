package weir.kafka.fetch;

import java.util.Optional;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.Queue;
import weir.core.codec.CorruptDataException;
import weir.kafka.Front;
import weir.kafka.record.RecordTimes.Found;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** ListOffsets: where a partition begins and ends, and where a time is in it. */
public final class ListingOffsets implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(ListingOffsets.class);

    private static final int LATEST = -1;
    private static final int EARLIEST = -2;
    private static final int MAX_TIMESTAMP = -3;
    /** All that is kept is kept here; questions about what is elsewhere (-5, -6) find nothing. */
    private static final int EARLIEST_LOCAL = -4;

    private static final Found NOTHING = new Found(-1, -1);

    private final Front front;
    private final TimeSearch search;

    public ListingOffsets(Front front) {
        this.front = front;
        this.search = new TimeSearch(front.broker());
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.LIST_OFFSETS);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        ListOffsetsResponseData answer = new ListOffsetsResponseData();
        for (ListOffsetsTopic asked : call.data(ListOffsetsRequestData.class).topics()) {
            Optional<Queue> topic = front.topics().find(asked.name());
            ListOffsetsTopicResponse response = new ListOffsetsTopicResponse().setName(asked.name());
            for (ListOffsetsPartition partition : asked.partitions()) {
                response.partitions().add(partition(topic, partition));
            }
            answer.topics().add(response);
        }
        return answer;
    }

    private ListOffsetsPartitionResponse partition(Optional<Queue> topic, ListOffsetsPartition asked)
            throws InterruptedException {
        ListOffsetsPartitionResponse answer =
                new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
        int index = asked.partitionIndex();
        if (topic.isEmpty() || index < 0 || index >= topic.get().partitions()) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        try {
            Optional<Found> found = find(topic.get().partition(index), asked.timestamp());
            return found.isEmpty()
                    ? answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    : answer.setOffset(found.get().offset())
                            .setTimestamp(found.get().timestamp());
        } catch (OutcomeUnknownException e) {
            LOG.debug("an offset of {} was not found in time", asked, e);
            return answer.setErrorCode(Errors.LEADER_NOT_AVAILABLE.code());
        } catch (CorruptDataException e) {
            LOG.warn(
                    "a record batch of {} cannot be searched for a time",
                    topic.get().name(),
                    e);
            return answer.setErrorCode(Errors.CORRUPT_MESSAGE.code());
        }
    }

    /** Empty if the partition is gone. */
    private Optional<Found> find(PartitionId partition, long timestamp)
            throws OutcomeUnknownException, InterruptedException {
        Optional<TopicOffsets> offsets = front.broker().offsets(partition, Math.max(0, timestamp));
        if (offsets.isEmpty()) {
            return Optional.empty();
        }
        TopicOffsets there = offsets.get();
        if (timestamp >= 0) {
            return Optional.of(search.first(partition, there, timestamp).orElse(NOTHING));
        }
        return Optional.of(
                switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
                    case LATEST -> new Found(there.end(), -1);
                    case EARLIEST, EARLIEST_LOCAL -> new Found(there.start(), -1);
                    case MAX_TIMESTAMP -> search.newest(partition, there).orElse(NOTHING);
                    default -> NOTHING;
                });
    }
}
