package weir.amqp.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.ExchangeType;
import weir.amqp.topology.Route;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Where a channel's messages may go and do go. What was looked up for the last ones is remembered. The reading thread. */
final class Targets {
    /** Queues that one channel publishes to and remembers; beyond it the oldest is looked up again. */
    private static final int REMEMBERED = 64;

    private final Front front;
    private final Peer peer;
    private final Map<Long, AmqpQueue> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, AmqpQueue> eldest) {
            return size() > REMEMBERED;
        }
    };

    Targets(Front front, Peer peer) {
        this.front = front;
        this.peer = peer;
    }

    /** @throws AmqpException 404 if there is no such exchange, 403 if its client may not publish to it */
    Route route(String exchange, List<String> keys, FieldTable headers, Properties properties)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Exchange to = front.topology().exchanges().forPublish(peer.login(), peer.host(), exchange);
        if (to.type() == ExchangeType.TOPIC) {
            front.topology().exchanges().checkTopics(peer.login(), peer.host(), to, keys);
        }
        return front.topology().router().route(peer.host(), exchange, new RoutedMessage(keys, headers, properties));
    }

    /** A queue as AMQP sees it. */
    AmqpQueue seenAs(Queue queue) {
        AmqpQueue known = seen.get(queue.id());
        if (known == null || known.queue().revision() != queue.revision()) {
            known = AmqpQueue.of(queue)
                    .orElseThrow(() -> new IllegalStateException("no client of AMQP sees " + queue.name()));
            seen.put(queue.id(), known);
        }
        return known;
    }
}
