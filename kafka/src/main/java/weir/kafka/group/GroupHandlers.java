package weir.kafka.group;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import weir.kafka.Front;
import weir.kafka.session.Handler;

/** Which request is which call of the coordinator, with what Kafka's brokers do around it. */
final class GroupHandlers {
    private final GroupCoordinator coordinator;

    private GroupHandlers(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    static List<Handler> of(Front front, GroupCoordinator coordinator) {
        GroupHandlers all = new GroupHandlers(coordinator);
        OffsetRequests offsets = new OffsetRequests(coordinator, front.topics());
        return List.of(
                new FindCoordinator(front.broker(), front.nodes(), coordinator),
                new GroupHandler<>(ApiKeys.JOIN_GROUP, JoinGroupRequest.class, all::join),
                new GroupHandler<>(ApiKeys.SYNC_GROUP, SyncGroupRequest.class, all::sync),
                new GroupHandler<>(
                        ApiKeys.HEARTBEAT,
                        HeartbeatRequest.class,
                        (context, request) -> coordinator.heartbeat(context, request.data())),
                new GroupHandler<>(ApiKeys.LEAVE_GROUP, LeaveGroupRequest.class, all::leave),
                new GroupHandler<>(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        ConsumerGroupHeartbeatRequest.class,
                        (context, request) -> coordinator.consumerGroupHeartbeat(context, request.data())),
                new GroupHandler<>(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequest.class, all::describeConsumers),
                new GroupHandler<>(ApiKeys.OFFSET_COMMIT, OffsetCommitRequest.class, offsets::commit),
                new GroupHandler<>(ApiKeys.OFFSET_FETCH, OffsetFetchRequest.class, offsets::fetch),
                new GroupHandler<>(ApiKeys.OFFSET_DELETE, OffsetDeleteRequest.class, offsets::delete),
                new GroupHandler<>(
                        ApiKeys.LIST_GROUPS,
                        ListGroupsRequest.class,
                        (context, request) -> coordinator.listGroups(context, request.data())),
                new GroupHandler<>(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequest.class, all::describe),
                new GroupHandler<>(ApiKeys.DELETE_GROUPS, DeleteGroupsRequest.class, all::delete));
    }

    private CompletableFuture<ApiMessage> join(RequestContext context, JoinGroupRequest request) {
        return coordinator
                .joinGroup(context, request.data(), BufferSupplier.NO_CACHING)
                .thenApply(answer -> new JoinGroupResponse(answer, request.version()).data());
    }

    private CompletableFuture<? extends ApiMessage> sync(RequestContext context, SyncGroupRequest request) {
        return request.areMandatoryProtocolTypeAndNamePresent()
                ? coordinator.syncGroup(context, request.data(), BufferSupplier.NO_CACHING)
                : CompletableFuture.failedFuture(Errors.INCONSISTENT_GROUP_PROTOCOL.exception());
    }

    private CompletableFuture<ApiMessage> leave(RequestContext context, LeaveGroupRequest request) {
        return coordinator
                .leaveGroup(context, request.normalizedData())
                .thenApply(answer -> new LeaveGroupResponse(answer, request.version()).data());
    }

    private CompletableFuture<ApiMessage> describe(RequestContext context, DescribeGroupsRequest request) {
        return coordinator
                .describeGroups(context, request.data().groups())
                .thenApply(groups -> new DescribeGroupsResponseData().setGroups(groups));
    }

    private CompletableFuture<ApiMessage> describeConsumers(
            RequestContext context, ConsumerGroupDescribeRequest request) {
        return coordinator
                .consumerGroupDescribe(context, request.data().groupIds())
                .thenApply(groups -> new ConsumerGroupDescribeResponseData().setGroups(groups));
    }

    private CompletableFuture<ApiMessage> delete(RequestContext context, DeleteGroupsRequest request) {
        List<String> names = request.data().groupsNames().stream().distinct().toList();
        return coordinator
                .deleteGroups(context, names, BufferSupplier.NO_CACHING)
                .thenApply(results -> new DeleteGroupsResponseData().setResults(results));
    }
}
