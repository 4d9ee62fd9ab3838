package weir.amqp.queue;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of this run that are open, and which queues each may own. A queue is noted before it is made, so that one of
 * which nobody knows whether it was made is among them. From any thread.
 */
final class Owners {
    private final Map<Owner, Set<QueueName>> open = new ConcurrentHashMap<>();

    void began(Owner connection) {
        open.putIfAbsent(connection, ConcurrentHashMap.newKeySet());
    }

    boolean has(Owner connection) {
        return open.containsKey(connection);
    }

    void mayOwn(Owner connection, QueueName queue) {
        Set<QueueName> queues = open.get(connection);
        if (queues != null) {
            queues.add(queue);
        }
    }

    /** The queue is no more. */
    void forget(Owner connection, QueueName queue) {
        Set<QueueName> queues = open.get(connection);
        if (queues != null) {
            queues.remove(queue);
        }
    }

    Set<QueueName> of(Owner connection) {
        return Set.copyOf(open.getOrDefault(connection, Set.of()));
    }

    /** It owns nothing any more: what it could not delete is left behind. */
    void ended(Owner connection) {
        open.remove(connection);
    }
}
