package weir.amqp.deadletter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.topology.HashProperty;
import weir.amqp.topology.Route;
import weir.amqp.topology.Routed;
import weir.amqp.topology.Router;
import weir.amqp.topology.RoutingKeys;
import weir.amqp.topology.VirtualHosts;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Routes dead letters. */
@FunctionalInterface
public interface Exchanges {
    /** Nowhere, if there is no such exchange. */
    Routes NOWHERE = new Routes(List.of(), List.of(), 0);

    /**
     * Where a message goes, to each queue once.
     *
     * @param later those that get it after so many milliseconds, since an exchange delays it
     */
    record Routes(List<AmqpQueue> queues, List<AmqpQueue> later, long delayMillis) {
        public Routes {
            queues = List.copyOf(queues);
            later = List.copyOf(later);
        }
    }

    /** @param message with the exchange and routing key that it is published to now, and all of its headers */
    Routes route(String vhost, StoredMessage message)
            throws AmqpException, OutcomeUnknownException, InterruptedException;

    /** As the topology says. */
    static Exchanges of(VirtualHosts hosts, Router router, Queues queues) {
        return (vhost, message) -> {
            var host = hosts.find(vhost);
            if (host.isEmpty()) {
                return NOWHERE;
            }
            Route route = router.route(host.get(), message.exchange().utf8(), routed(message));
            return new Routes(seen(queues, route.queues()), seen(queues, route.later()), route.delayMillis());
        };
    }

    private static List<AmqpQueue> seen(Queues queues, List<Queue> routed) {
        return routed.stream().flatMap(queue -> queues.view(queue).stream()).toList();
    }

    private static Routed routed(StoredMessage message) throws AmqpException {
        Properties properties = message.readProperties();
        List<String> keys = RoutingKeys.in(message.routingKey().utf8(), properties.headers());
        return new Routed() {
            @Override
            public List<String> routingKeys() {
                return keys;
            }

            @Override
            public FieldTable headers() throws AmqpException {
                return properties.headers();
            }

            @Override
            public @Nullable String property(HashProperty property) {
                return switch (property) {
                    case MESSAGE_ID -> properties.messageId();
                    case CORRELATION_ID -> properties.correlationId();
                    case TIMESTAMP -> {
                        var timestamp = properties.timestamp();
                        yield timestamp == null ? null : Long.toString(timestamp.getEpochSecond());
                    }
                };
            }
        };
    }
}
