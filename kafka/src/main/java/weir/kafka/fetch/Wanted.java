package weir.kafka.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.catalog.Queue;
import weir.core.shard.Refusal;
import weir.kafka.record.OutgoingRecords;
import weir.kafka.topic.Topics;

/** What is wanted of one partition, and what has been read of it so far. The call's thread's. */
final class Wanted {
    private static final long UNKNOWN = -1;

    private final FetchPartition asked;
    private final boolean byId;
    /** Null if there is none. */
    private final @Nullable PartitionId partition;

    private final List<FetchedBatch> batches = new ArrayList<>();
    private Errors error;
    private long start = UNKNOWN;
    private long end = UNKNOWN;
    private long next;
    private long bytes;

    private Wanted(FetchPartition asked, boolean byId, Optional<Queue> topic) {
        this.asked = asked;
        this.byId = byId;
        this.next = asked.fetchOffset();
        int index = asked.partition();
        boolean there = topic.isPresent() && index >= 0 && index < topic.get().partitions();
        this.partition = there ? topic.get().partition(index) : null;
        this.error = there ? Errors.NONE : topic.isPresent() ? Errors.UNKNOWN_TOPIC_OR_PARTITION : missing();
        if (there && next < 0) {
            error = Errors.OFFSET_OUT_OF_RANGE;
        }
    }

    static List<Wanted> of(FetchTopic topic, Topics topics) {
        boolean byId = !topic.topicId().equals(Uuid.ZERO_UUID);
        Optional<Queue> known = byId ? topics.find(topic.topicId()) : topics.find(topic.topic());
        return topic.partitions().stream()
                .map(partition -> new Wanted(partition, byId, known))
                .toList();
    }

    private Errors missing() {
        return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    boolean failed() {
        return error != Errors.NONE;
    }

    long bytes() {
        return bytes;
    }

    /** Whether it may have more of what this call brings. */
    boolean hasRoom() {
        return !failed() && (batches.isEmpty() || bytes < asked.partitionMaxBytes());
    }

    Fetch fetch() {
        if (partition == null) {
            throw new IllegalStateException("nothing is read of a partition that is not there");
        }
        long most = Math.min(asked.partitionMaxBytes() - bytes, Limits.FETCH_BYTES_MAX);
        return new Fetch(partition, next, (int) Math.max(1, most));
    }

    void read(FetchOutcome outcome) {
        switch (outcome) {
            case FetchOutcome.Fetched fetched -> add(fetched);
            case FetchOutcome.OutOfRange _ -> {
                if (batches.isEmpty()) { // Else what was read is good, and the next call is told.
                    error = Errors.OFFSET_OUT_OF_RANGE;
                }
            }
            case FetchOutcome.Refused(Refusal reason) -> error = errorOf(reason);
            case FetchOutcome.Unknown _ -> {
                if (batches.isEmpty()) {
                    error = Errors.NOT_LEADER_OR_FOLLOWER; // Clients ask who leads, and come again.
                }
            }
        }
    }

    private void add(FetchOutcome.Fetched fetched) {
        start = fetched.start();
        end = fetched.end();
        for (FetchedBatch batch : fetched.batches()) {
            batches.add(batch);
            bytes += batch.payload().length();
            next = batch.endOffset();
        }
    }

    /** Has no default branch on purpose: whoever adds a reason is asked by the compiler for its code. */
    private Errors errorOf(Refusal reason) {
        return switch (reason) {
            case NO_SUCH_QUEUE, READ_OTHERWISE -> missing();
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case DISK_FULL -> Errors.KAFKA_STORAGE_ERROR;
            case QUEUE_FULL,
                    MESSAGE_TOO_LARGE,
                    PUBLISH_PAUSED,
                    GROUP_MISSING,
                    TOO_MANY_IN_FLIGHT,
                    PURGED_RECENTLY,
                    OUT_OF_ORDER_SEQUENCE,
                    INVALID_PRODUCER_EPOCH -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /** All that is acknowledged is on a majority's disks and there are no transactions: the stable end is the end. */
    PartitionData answer(OutgoingRecords outgoing) {
        PartitionData answer = new PartitionData()
                .setPartitionIndex(asked.partition())
                .setErrorCode(error.code())
                .setHighWatermark(failed() ? UNKNOWN : end)
                .setLastStableOffset(failed() ? UNKNOWN : end)
                .setLogStartOffset(failed() ? UNKNOWN : start);
        return answer.setRecords(outgoing.of(failed() ? List.of() : batches));
    }
}
