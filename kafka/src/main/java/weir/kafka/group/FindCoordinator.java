package weir.kafka.group;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.node.Nodes;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** Says which node coordinates a group: who leads the partition of the offsets topic that the group is in. */
final class FindCoordinator implements Handler {
    /** From here on a request names many. */
    private static final short MANY = 4;

    private final Broker broker;
    private final Nodes nodes;
    private final GroupCoordinator groups;

    FindCoordinator(Broker broker, Nodes nodes, GroupCoordinator groups) {
        this.broker = broker;
        this.nodes = nodes;
        this.groups = groups;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.FIND_COORDINATOR);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        FindCoordinatorRequestData request = call.data(FindCoordinatorRequestData.class);
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (call.version() >= MANY) {
            for (String key : request.coordinatorKeys()) {
                response.coordinators().add(find(request.keyType(), key));
            }
            return response;
        }
        Coordinator one = find(request.keyType(), request.key());
        return response.setErrorCode(one.errorCode())
                .setErrorMessage(one.errorMessage())
                .setNodeId(one.nodeId())
                .setHost(one.host())
                .setPort(one.port());
    }

    private Coordinator find(byte type, String key) throws InterruptedException {
        if (type != CoordinatorType.GROUP.id()) {
            return failed(key, Errors.INVALID_REQUEST, "only groups have a coordinator here");
        }
        try {
            Optional<Queue> topic = OffsetsTopic.find(broker);
            if (topic.isEmpty()) {
                topic = OffsetsTopic.make(broker);
            }
            OptionalInt leader = topic.isEmpty()
                    ? OptionalInt.empty()
                    : broker.place(topic.get().partition(groups.partitionFor(key)))
                            .leader();
            return leader.isEmpty()
                    ? failed(key, Errors.COORDINATOR_NOT_AVAILABLE, null)
                    : nodes.find(leader.getAsInt())
                            .map(node -> new Coordinator()
                                    .setKey(key)
                                    .setNodeId(node.id())
                                    .setHost(node.host())
                                    .setPort(node.port()))
                            .orElseGet(() -> failed(key, Errors.COORDINATOR_NOT_AVAILABLE, null));
        } catch (OutcomeUnknownException e) {
            return failed(key, Errors.COORDINATOR_NOT_AVAILABLE, e.getMessage());
        }
    }

    private static Coordinator failed(String key, Errors error, @Nullable String message) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(message == null ? error.message() : message);
    }
}
