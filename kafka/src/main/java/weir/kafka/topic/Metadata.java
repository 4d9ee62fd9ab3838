package weir.kafka.topic;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.kafka.Front;
import weir.kafka.node.KafkaNode;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** The brokers, and which of them leads which partition. Makes topics that clients use, if that is wanted. */
public final class Metadata implements Handler {
    private final Front front;
    private final TopicMaker maker;

    public Metadata(Front front) {
        this.front = front;
        this.maker = new TopicMaker(front);
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.METADATA);
    }

    @Override
    public ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException {
        MetadataRequestData asked = call.data(MetadataRequestData.class);
        MetadataResponseData answer = new MetadataResponseData()
                .setClusterId(front.settings().cluster())
                .setControllerId(front.nodes().self().id()); // Any node changes what the controller does.
        for (KafkaNode node : front.nodes().all()) {
            answer.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port()));
        }
        @Nullable List<MetadataRequestTopic> topics = asked.topics();
        if (topics == null || (call.version() == 0 && topics.isEmpty())) {
            front.topics().all().forEach(topic -> answer.topics().add(found(topic)));
            return answer;
        }
        boolean mayMake = front.settings().autoCreateTopics() && (call.version() < 4 || asked.allowAutoTopicCreation());
        for (MetadataRequestTopic topic : topics) {
            answer.topics().add(topic(topic, mayMake));
        }
        return answer;
    }

    private MetadataResponseTopic topic(MetadataRequestTopic asked, boolean mayMake)
            throws OutcomeUnknownException, InterruptedException {
        @Nullable String name = asked.name();
        Uuid id = asked.topicId();
        if (name == null || !id.equals(Uuid.ZERO_UUID)) { // Java's clients send an empty name beside the id.
            return front.topics().findAnywhere(id).map(this::found).orElseGet(() -> failed(
                            null, Errors.UNKNOWN_TOPIC_ID)
                    .setTopicId(id));
        }
        if (!TopicNames.isLegal(name)) {
            return failed(name, Errors.INVALID_TOPIC_EXCEPTION);
        }
        Optional<Queue> known = front.topics().findAnywhere(name);
        if (known.isPresent()) {
            return found(known.get());
        }
        if (!mayMake || TopicNames.isInternal(name)) {
            return failed(name, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        try {
            return found(maker.makeForUse(name));
        } catch (TopicException _) { // Somebody has just made it, or the name is that of a queue read by lease.
            return front.topics()
                    .find(name)
                    .map(this::found)
                    .orElseGet(() -> failed(name, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
    }

    private MetadataResponseTopic found(Queue topic) {
        MetadataResponseTopic found = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(Topics.id(topic))
                .setIsInternal(TopicNames.isInternal(topic.name()));
        for (int index = 0; index < topic.partitions(); index++) {
            PartitionView view = PartitionView.of(front, topic, index);
            found.partitions()
                    .add(new MetadataResponsePartition()
                            .setPartitionIndex(index)
                            .setErrorCode(view.error().code())
                            .setLeaderId(view.leader())
                            .setReplicaNodes(view.replicas())
                            .setIsrNodes(view.replicas()));
        }
        return found;
    }

    private static MetadataResponseTopic failed(@Nullable String name, Errors error) {
        return new MetadataResponseTopic().setName(name).setErrorCode(error.code());
    }
}
