package weir.amqp.queue;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.KeyHash;
import weir.core.Limits;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;

/**
 * The system's own queues in which dead letters wait until their exchange has routed them. A few for the whole cluster: every
 * queue's dead letters go to the same one always, so they keep their order, and those lie in different shards.
 */
public final class DeadLetterQueues {
    static final String PREFIX = QueuePlan.LABEL + "dead-letters:";
    private static final int COUNT = 4;

    private static final QueueSettings SETTINGS = QueueSettings.DEFAULT
            .change()
            .retention(Limits.RETENTION_MAX)
            .messageBytesMax(Limits.MESSAGE_BYTES_MAX)
            .build();

    private DeadLetterQueues() {}

    /** Where the dead letters of a queue wait. */
    static String of(QueueName queue) {
        return PREFIX + KeyHash.bucket(queue.inWeir(), COUNT);
    }

    public static List<String> names() {
        return IntStream.range(0, COUNT).mapToObj(number -> PREFIX + number).toList();
    }

    /** Makes the one of that name if it is not there yet. */
    static void make(Broker broker, String name) throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (broker.find(name).isEmpty()) {
            CatalogReply reply = broker.change(new CatalogCommand.CreateQueue(name, SETTINGS, new TreeMap<>()));
            if (!(reply instanceof CatalogReply.Created)) {
                throw new AmqpException(ErrorCode.RESOURCE_ERROR, "no queue can be made for dead letters: " + reply);
            }
        }
    }

    static boolean isOne(Queue queue) {
        return queue.name().startsWith(PREFIX);
    }
}
