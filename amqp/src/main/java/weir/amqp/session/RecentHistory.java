package weir.amqp.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Expiration;
import weir.amqp.queue.QueueName;
import weir.amqp.topology.Bindings;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.ExchangeType;
import weir.amqp.topology.Resource;
import weir.amqp.topology.Route;
import weir.amqp.topology.RoutingKeys;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.Envelope;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.catalog.Queue;

/**
 * What passes an exchange of the type {@code x-recent-history} is kept, the last few, and given to who is bound to it later. A message that
 * passes while somebody is being bound may come to him twice. From any thread.
 */
public record RecentHistory(Front front) {
    private static final Logger LOG = LoggerFactory.getLogger(RecentHistory.class);

    /** A message that says so is not kept. */
    private static final String NO_STORE = "x-recent-history-no-store";

    /** Read at a time: with their bodies they are in memory at once. */
    private static final int STEP = 8;

    /** The ways of a message into the histories of the exchanges that it passes. */
    List<Publication.Way> ways(VirtualHost host, Route route, FieldTable headers)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (route.histories().isEmpty() || Boolean.TRUE.equals(headers.get(NO_STORE))) {
            return List.of();
        }
        List<Publication.Way> ways = new ArrayList<>();
        for (Exchange each : route.histories()) {
            AmqpQueue queue =
                    front.histories().of(new QueueName(host.name(), each.name()), each.id(), each.historyLength());
            ways.add(new Publication.Way(queue, 0, Envelope.PLAIN)); // It lives until others make it go.
        }
        return ways;
    }

    /** Gives what was kept to who has just been bound. */
    public void bound(VirtualHost host, Bindings.Wanted binding)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Optional<Exchange> source = front.topology().exchanges().find(host, binding.source());
        if (source.isEmpty() || source.get().routing() != ExchangeType.RECENT_HISTORY) {
            return;
        }
        Publishing publishing = new Publishing(front.broker(), front.deadLetters());
        long from = 0;
        List<Peeked> some;
        do {
            some = front.histories().read(source.get().id(), from, STEP);
            List<Publication> publications = new ArrayList<>(some.size());
            for (Peeked each : some) {
                from = each.position().offset() + 1;
                Publication publication = publication(host, binding, each);
                if (publication != null) {
                    publications.add(publication);
                }
            }
            publishing.publish(publications);
        } while (some.size() == STEP);
    }

    /** To whom it leads now; null if that is nobody, or nobody who can take it. */
    private @Nullable Publication publication(VirtualHost host, Bindings.Wanted binding, Peeked kept)
            throws OutcomeUnknownException, InterruptedException {
        try {
            StoredMessage message = StoredMessage.decode(kept.payload());
            Properties properties = message.readProperties();
            FieldTable headers = properties.headers();
            String key = message.routingKey().utf8();
            long expires =
                    Expiration.atMillis(properties.expiration(), front.clock().millis());
            List<Publication.Way> ways = new ArrayList<>();
            for (Queue to :
                    targets(host, binding, new RoutedMessage(RoutingKeys.in(key, headers), headers, properties))) {
                front.queues()
                        .view(to)
                        .ifPresent(queue -> ways.add(new Publication.Way(
                                queue,
                                queue.level(properties),
                                queue.envelope(headers, key, Envelope.QUEUE_DELAY, expires))));
            }
            return ways.isEmpty() ? null : new Publication(0, ways, StoredMessage.FORMAT, kept.payload()).checked();
        } catch (AmqpException e) {
            LOG.info("{} is not given a message of {}: {}", binding.destination(), binding.source(), e.getMessage());
            return null;
        }
    }

    private List<Queue> targets(VirtualHost host, Bindings.Wanted binding, RoutedMessage message)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (binding.destinationKind() == Resource.Kind.EXCHANGE) {
            return front.topology()
                    .router()
                    .route(host, binding.destination(), message)
                    .queues();
        }
        String name = new QueueName(host.name(), binding.destination()).inWeir();
        return front.broker().findAnywhere(name).stream().toList();
    }
}
