package weir.kafka.group;

import java.util.Optional;
import java.util.TreeMap;
import weir.core.Limits;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;

/**
 * The topic that holds groups and their offsets, as Kafka's {@code __consumer_offsets} does. It is the system's: no client sees it. Its
 * partitions lie in as many shards as there are, and who leads a shard coordinates the groups that are there.
 */
public final class OffsetsTopic {
    /** No client's name has a colon in it. */
    public static final String NAME = "kafka:consumer-offsets";

    private static final QueueSettings SETTINGS = QueueSettings.DEFAULT
            .change()
            .reading(Reading.CURSOR)
            .retention(Limits.RETENTION_MAX)
            .messageBytesMax(Limits.MESSAGE_BYTES_MAX)
            .build();

    private OffsetsTopic() {}

    /** As this node knows it; empty until it was made. */
    static Optional<Queue> find(Broker broker) {
        return broker.find(NAME);
    }

    /**
     * Makes it, or finds that another node has.
     *
     * @return empty if the cluster cannot have it yet, e.g. before all of its nodes know what a topic is
     */
    static Optional<Queue> make(Broker broker) throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(
                new CatalogCommand.CreateQueue(NAME, SETTINGS, new TreeMap<>(), 0, GroupLimits.PARTITIONS));
        return reply instanceof CatalogReply.Created(Queue queue, boolean _) ? Optional.of(queue) : Optional.empty();
    }
}
