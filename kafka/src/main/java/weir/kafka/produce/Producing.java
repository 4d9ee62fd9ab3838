package weir.kafka.produce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.kafka.Front;
import weir.kafka.produce.Begun.ForTopic;
import weir.kafka.produce.Production.OfPartition;
import weir.kafka.produce.Production.OfTopic;
import weir.kafka.record.BatchCheck;
import weir.kafka.record.BatchCheck.Checked;
import weir.kafka.session.Pending;
import weir.kafka.session.Pipelined;
import weir.kafka.session.Served;
import weir.kafka.topic.TopicConfig;
import weir.kafka.wire.Frame;
import weir.kafka.wire.MalformedFrameException;

/** Produce: appends record batches. Whatever acks says, a batch is answered for when a majority has it on disk. */
public final class Producing implements Pipelined {
    private static final short NO_ACKS = 0;
    private static final short LEADERS_ACK = 1;
    private static final short ALL_ACKS = -1;

    private final Front front;

    public Producing(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return new Served(ApiKeys.PRODUCE, ProductionReader.OLDEST, ProductionReader.NEWEST);
    }

    @Override
    public Line line() {
        PublishLine line = new PublishLine(front.broker());
        return (header, body, frame) -> begin(header, body, frame, line);
    }

    private Pending begin(RequestHeader header, ByteBuffer body, Frame frame, PublishLine line)
            throws MalformedFrameException {
        Production production = ProductionReader.read(body, header.apiVersion());
        List<ForTopic> topics = new ArrayList<>(production.topics().size());
        for (OfTopic topic : production.topics()) {
            topics.add(new ForTopic(topic, parts(production, topic, header.apiVersion())));
        }
        Begun begun = new Begun(topics, production.acks() != NO_ACKS, frame);
        line.add(begun);
        return begun;
    }

    private List<Part> parts(Production production, OfTopic topic, short version) {
        boolean byId = !topic.id().equals(Uuid.ZERO_UUID);
        Optional<Queue> known =
                byId ? front.topics().find(topic.id()) : front.topics().find(topic.name());
        List<Part> parts = new ArrayList<>(topic.partitions().size());
        for (OfPartition partition : topic.partitions()) {
            if (!isAcks(production.acks())) {
                parts.add(Part.refused(partition.index(), Errors.INVALID_REQUIRED_ACKS, null));
            } else if (production.transactionalId() != null) {
                parts.add(Part.refused(
                        partition.index(), Errors.INVALID_TXN_STATE, "transactions are not served here yet"));
            } else if (known.isEmpty()) {
                parts.add(Part.refused(partition.index(), ProduceErrors.missing(byId), null));
            } else if (partition.index() < 0 || partition.index() >= known.get().partitions()) {
                parts.add(Part.refused(partition.index(), Errors.UNKNOWN_TOPIC_OR_PARTITION, null));
            } else {
                parts.add(part(known.get(), partition, version, byId));
            }
        }
        return parts;
    }

    private static boolean isAcks(short acks) {
        return acks == NO_ACKS || acks == LEADERS_ACK || acks == ALL_ACKS;
    }

    private Part part(Queue topic, OfPartition partition, short version, boolean byId) {
        TopicConfig config = TopicConfig.of(topic);
        long now = front.clock().millis();
        boolean stamps = config.stampsArrival();
        BatchCheck check = new BatchCheck(
                topic.settings().messageBytesMax(), config.timestampMax(now), stamps ? (Long) now : null);
        return switch (check.check(partition.records(), version)) {
            case Checked.Bad(Errors error, String message) -> Part.refused(partition.index(), error, message);
            case Checked.Good(var batch) ->
                new Part(
                        new Command.Publish(topic.partition(partition.index()), List.of(batch)),
                        new PartitionProduceResponse().setIndex(partition.index()),
                        byId,
                        stamps ? now : -1);
        };
    }
}
