package weir.amqp.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import weir.amqp.wire.AmqpException;
import weir.core.broker.Broker;
import weir.core.catalog.Queue;

/**
 * Which queues a message goes to. Reads the index and the catalog as this node knows them, takes no lock, waits for nobody.
 *
 * <p>From an exchange the message goes on to those bound to it, and where no binding matches to the alternate one. Each
 * exchange is gone through once, so a circle ends where it began. What passes an exchange that delays is gone through last:
 * it reaches later those queues that nothing brings it to at once.
 */
public final class Router {
    private final TopologyIndex index;
    private final Broker broker;
    private final QueueNaming naming;

    Router(TopologyIndex index, Broker broker, QueueNaming naming) {
        this.index = index;
        this.broker = broker;
        this.naming = naming;
    }

    /**
     * Nowhere, if there is no such exchange.
     *
     * @param exchange its name; empty for the default one
     * @throws AmqpException if an exchange looks at headers that cannot be read
     */
    public Route route(VirtualHost host, String exchange, Routed message) throws AmqpException {
        return walk(host, exchange, message).route();
    }

    /** How many nodes and bindings are looked at for a message. */
    int work(VirtualHost host, String exchange, Routed message) throws AmqpException {
        return walk(host, exchange, message).work;
    }

    private Walk walk(VirtualHost host, String exchange, Routed message) throws AmqpException {
        Walk walk = new Walk(host, message);
        ExchangeNode start = index.exchange(host, exchange).orElse(null);
        if (start != null) {
            walk.enter(start, false);
            walk.go();
        }
        return walk;
    }

    private final class Walk {
        private final VirtualHost host;
        private final Routed message;
        private final Map<Long, Queue> atOnce = new LinkedHashMap<>();
        private final Map<Long, Queue> later = new LinkedHashMap<>();
        private final Set<ExchangeNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<ExchangeNode> next = new ArrayDeque<>();
        private final Deque<ExchangeNode> nextLater = new ArrayDeque<>();
        private final List<Exchange> histories = new ArrayList<>(0);
        private long delayMillis;
        private int work;

        Walk(VirtualHost host, Routed message) {
            this.host = host;
            this.message = message;
        }

        void go() throws AmqpException {
            for (ExchangeNode node = next.poll(); node != null; node = next.poll()) {
                pass(node, false);
            }
            for (ExchangeNode node = nextLater.poll(); node != null; node = nextLater.poll()) {
                pass(node, true);
            }
        }

        /** Where it is delayed it is noted with those that come last, and may still be reached without that. */
        void enter(ExchangeNode node, boolean delayed) throws AmqpException {
            if (!delayed && node.exchange.type() == ExchangeType.DELAYED) {
                delayMillis = Delay.of(message.headers());
            }
            if (delayed || (node.exchange.type() == ExchangeType.DELAYED && delayMillis > 0)) {
                nextLater.add(node);
            } else if (seen.add(node)) {
                next.add(node);
            }
        }

        private void pass(ExchangeNode node, boolean delayed) throws AmqpException {
            if (delayed && !seen.add(node)) {
                return;
            }
            if (node.exchange.isDefault()) {
                byName(delayed);
                return;
            }
            if (node.exchange.routing() == ExchangeType.RECENT_HISTORY) {
                histories.add(node.exchange);
            }
            List<Link.Target> targets = new ArrayList<>();
            work += node.matcher.match(message, targets::add);
            String alternate = node.alternate;
            if (targets.isEmpty() && alternate != null) {
                ExchangeNode other = node.host.exchanges.get(alternate);
                if (other != null) {
                    enter(other, delayed);
                }
            }
            for (Link.Target target : targets) {
                switch (target) {
                    case Link.QueueTarget bound -> reach(bound.queue, delayed);
                    case ExchangeNode other -> enter(other, delayed);
                }
            }
        }

        private void byName(boolean delayed) {
            for (String key : message.routingKeys()) {
                work++;
                if (!key.isEmpty()) {
                    broker.find(naming.catalogName(host.name(), key)).ifPresent(queue -> reach(queue, delayed));
                }
            }
        }

        private void reach(Queue queue, boolean delayed) {
            if (!delayed) {
                atOnce.put(queue.id(), queue);
            } else if (!atOnce.containsKey(queue.id())) {
                later.put(queue.id(), queue);
            }
        }

        Route route() {
            return atOnce.isEmpty() && later.isEmpty() && histories.isEmpty()
                    ? Route.NOWHERE
                    : new Route(
                            List.copyOf(atOnce.values()),
                            List.copyOf(later.values()),
                            later.isEmpty() ? 0 : delayMillis,
                            histories);
        }
    }
}
