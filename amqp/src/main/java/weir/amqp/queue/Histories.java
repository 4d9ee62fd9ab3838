package weir.amqp.queue;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.Limits;
import weir.core.Overflow;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;

/**
 * What exchanges of the type {@code x-recent-history} have taken last. Each one's is a queue of the system's own, of limited length,
 * whose oldest makes room: as durable as any message, the same at all nodes, and nobody leases from it. It is made with the first
 * message, and deleted once its exchange is found to be gone. Safe for use by any number of threads.
 */
public record Histories(Broker broker) {
    static final String PREFIX = QueuePlan.LABEL + "history:";
    private static final int PAGE = 1_000;

    /** The queue of an exchange's history, which bears the exchange's name to whoever has to speak of it; made now if there is none. */
    public AmqpQueue of(QueueName exchange, String id, long length)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Optional<Queue> known = broker.find(PREFIX + id);
        return AmqpQueue.of(known.isPresent() ? known.get() : make(PREFIX + id, length), exchange);
    }

    private Queue make(String name, long length) throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueSettings settings = QueueSettings.DEFAULT
                .change()
                .retention(Limits.RETENTION_MAX)
                .messageBytesMax(Limits.MESSAGE_BYTES_MAX)
                .messagesMax(length)
                .overflow(Overflow.DROP_OLDEST)
                .build();
        CatalogReply reply = broker.change(new CatalogCommand.CreateQueue(name, settings, new TreeMap<>()));
        if (reply instanceof CatalogReply.Created(Queue queue, boolean _)) {
            return queue;
        }
        throw new AmqpException(ErrorCode.RESOURCE_ERROR, "no queue can be made for an exchange's history: " + reply);
    }

    /**
     * Some of a history, the oldest first.
     *
     * @param from 0, or one behind the last offset of what was read before
     */
    public List<Peeked> read(String id, long from, int max) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> queue = broker.findAnywhere(PREFIX + id);
        return queue.isEmpty() ? List.of() : broker.peek(queue.get().partition(0), new Position(0, from), max);
    }

    /** Deletes those of exchanges that are no more: who sees a history has seen its exchange before. */
    public void sweep(Predicate<String> isExchange) throws OutcomeUnknownException, InterruptedException {
        String after = "";
        List<Queue> page;
        do {
            page = broker.list(PREFIX, after, PAGE);
            for (Queue each : page) {
                after = each.name();
                if (!isExchange.test(after.substring(PREFIX.length()))) {
                    broker.change(new CatalogCommand.DeleteQueue(after, each.id()));
                }
            }
        } while (page.size() == PAGE);
    }
}
