package weir.kafka.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import weir.core.catalog.Queue;
import weir.kafka.topic.Topics;

/**
 * Requests that name topics. The coordinator keeps any name that it is given, so here stands which topics there are, and how those are called
 * that a request names by their ids.
 */
final class OffsetRequests {
    private final GroupCoordinator coordinator;
    private final Topics topics;

    OffsetRequests(GroupCoordinator coordinator, Topics topics) {
        this.coordinator = coordinator;
        this.topics = topics;
    }

    // ---- Commit

    CompletableFuture<ApiMessage> commit(RequestContext context, OffsetCommitRequest request) {
        boolean byId = OffsetCommitResponse.useTopicIds(request.version());
        OffsetCommitResponse.Builder response = OffsetCommitResponse.newBuilder(byId);
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.data().topics()) {
            Optional<Queue> found = byId ? topics.find(topic.topicId()) : topics.find(topic.name());
            if (found.isEmpty()) {
                response.addPartitions(
                        topic.topicId(),
                        topic.name(),
                        topic.partitions(),
                        OffsetCommitRequestPartition::partitionIndex,
                        byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
                continue;
            }
            OffsetCommitRequestTopic valid = new OffsetCommitRequestTopic()
                    .setTopicId(topic.topicId())
                    .setName(found.get().name());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                if (has(found.get(), partition.partitionIndex())) {
                    valid.partitions().add(partition);
                } else {
                    response.addPartition(
                            topic.topicId(),
                            found.get().name(),
                            partition.partitionIndex(),
                            Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!valid.partitions().isEmpty()) {
                known.add(valid);
            }
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(response.build().data());
        }
        OffsetCommitRequestData data = request.data().duplicate().setTopics(known);
        return coordinator
                .commitOffsets(context, data, BufferSupplier.NO_CACHING)
                .thenApply(results -> response.merge(results).build().data());
    }

    private static boolean has(Queue topic, int partition) {
        return partition >= 0 && partition < topic.partitions();
    }

    // ---- Fetch

    CompletableFuture<ApiMessage> fetch(RequestContext context, OffsetFetchRequest request) {
        List<CompletableFuture<OffsetFetchResponseGroup>> asked = request.groups().stream()
                .map(group -> fetch(context, request, group)
                        .exceptionally(
                                e -> OffsetFetchResponse.groupError(group, Errors.forException(e), request.version())))
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new OffsetFetchResponse.Builder(
                                asked.stream().map(CompletableFuture::join).toList())
                        .build(request.version())
                        .data());
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetch(
            RequestContext context, OffsetFetchRequest request, OffsetFetchRequestGroup group) {
        boolean byId = OffsetFetchRequest.useTopicIds(request.version());
        if (OffsetFetchRequest.requestAllOffsets(group)) {
            return coordinator
                    .fetchOffsets(context, group, request.requireStable())
                    .thenApply(answer -> withIds(answer, byId));
        }
        List<OffsetFetchRequestTopics> known = new ArrayList<>();
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            Optional<String> name = byId ? topics.find(topic.topicId()).map(Queue::name) : Optional.of(topic.name());
            if (name.isPresent()) {
                known.add(topic.duplicate().setName(name.get()));
            } else {
                unknown.add(unknown(topic));
            }
        }
        return coordinator
                .fetchOffsets(context, group.duplicate().setTopics(known), request.requireStable())
                .thenApply(answer -> {
                    if (answer.errorCode() == Errors.NONE.code() && !unknown.isEmpty()) {
                        List<OffsetFetchResponseTopics> all = new ArrayList<>(answer.topics());
                        all.addAll(unknown);
                        answer.setTopics(all);
                    }
                    return answer;
                });
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setTopicId(topic.topicId());
        for (int partition : topic.partitionIndexes()) {
            answer.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setMetadata(OffsetFetchResponse.NO_METADATA)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
        }
        return answer;
    }

    /** Of all that a group has; what is of a topic that is gone cannot be named by an id. */
    private OffsetFetchResponseGroup withIds(OffsetFetchResponseGroup answer, boolean byId) {
        if (byId && answer.errorCode() == Errors.NONE.code()) {
            answer.setTopics(answer.topics().stream()
                    .filter(topic -> {
                        Optional<Uuid> id = topics.find(topic.name()).map(Topics::id);
                        id.ifPresent(topic::setTopicId);
                        return id.isPresent();
                    })
                    .toList());
        }
        return answer;
    }

    // ---- Delete

    CompletableFuture<ApiMessage> delete(RequestContext context, OffsetDeleteRequest request) {
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic topic : request.data().topics()) {
            Optional<Queue> found = topics.find(topic.name());
            OffsetDeleteRequestTopic valid = new OffsetDeleteRequestTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                if (found.isPresent() && has(found.get(), partition.partitionIndex())) {
                    valid.partitions().add(partition.duplicate());
                } else {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!valid.partitions().isEmpty()) {
                known.add(valid);
            }
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(response.build().data());
        }
        OffsetDeleteRequestData data = new OffsetDeleteRequestData()
                .setGroupId(request.data().groupId())
                .setTopics(known);
        return coordinator
                .deleteOffsets(context, data, BufferSupplier.NO_CACHING)
                .thenApply(results -> response.merge(results).build().data());
    }
}
