package weir.amqp.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import weir.amqp.queue.AmqpQueue;

/** The queues that are one connection's own, to be deleted with it. From any thread. */
final class OwnQueues {
    private final Map<Long, AmqpQueue> byId = new ConcurrentHashMap<>();

    void add(AmqpQueue queue) {
        byId.put(queue.queue().id(), queue);
    }

    List<AmqpQueue> all() {
        return List.copyOf(byId.values());
    }
}
