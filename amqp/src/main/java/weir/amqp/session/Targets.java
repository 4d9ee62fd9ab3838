package weir.amqp.session;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.ExchangeType;
import weir.amqp.topology.Route;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Where a channel's messages may go and do go. The reading thread. */
final class Targets {
    private static final Logger LOG = LoggerFactory.getLogger(Targets.class);

    private final Front front;
    private final Peer peer;

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
        RoutedMessage message = new RoutedMessage(keys, headers, properties);
        Route route = front.topology().router().route(peer.host(), exchange, message);
        if (route.isNowhere() && front.misses().mayAsk(exchange, keys.getFirst()) && caughtUp()) {
            route = front.topology().router().route(peer.host(), exchange, message);
        }
        front.traffic().routed(to, route.queues().size() + route.later().size());
        return route;
    }

    /** @throws AmqpException 403 if its client may not publish there */
    void checkMayPublish(String exchange) throws AmqpException, OutcomeUnknownException, InterruptedException {
        var _ = front.topology().exchanges().forPublish(peer.login(), peer.host(), exchange);
    }

    /** False if the catalog does not say in time what is new. */
    private boolean caughtUp() throws InterruptedException {
        long end = System.nanoTime() + SessionLimits.MISS_PATIENCE.toNanos();
        try {
            return Deadline.until(end, () -> {
                front.broker().catchUp();
                return true;
            });
        } catch (OutcomeUnknownException e) {
            LOG.info("A message that leads nowhere is not held up longer: {}", e.getMessage());
            return false;
        }
    }

    /** A queue as AMQP sees it. */
    AmqpQueue seenAs(Queue queue) {
        return front.queues()
                .view(queue)
                .orElseThrow(() -> new IllegalStateException("no client of AMQP sees " + queue.name()));
    }
}
