package weir.amqp.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Expiration;
import weir.amqp.topology.Delay;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.ExchangeType;
import weir.amqp.topology.Login;
import weir.amqp.topology.Route;
import weir.amqp.topology.RoutingKeys;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.broker.Delivery;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

/**
 * Publishes a message, or takes a few, for somebody who has no connection: the management API. What a channel would do, one at
 * a time.
 */
public final class Errands {
    /** Asked for at a time, so that large bodies are noticed before too many are in memory. */
    private static final int TAKEN_AT_A_TIME = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Errands.class);

    private final Front front;

    public Errands(Front front) {
        this.front = front;
    }

    // ---- Publishing

    /** A message, and where somebody wants it to go. */
    public record Outgoing(String exchange, String routingKey, Properties properties, Bytes body) {}

    /**
     * @return false if it went nowhere
     * @throws AmqpException 403 if it may not be published, 404 if there is no such exchange, 406 if it can be nobody's
     *     message, 506 if a queue had no room
     */
    public boolean publish(Login login, VirtualHost host, Outgoing message)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Properties properties = message.properties();
        String user = properties.userId();
        if (user != null && !user.equals(login.user()) && !login.isImpersonator()) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "user_id property set to '" + user + "' but authenticated user was '" + login.user() + "'");
        }
        if (message.body().length() > front.settings().messageBytesMax()) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "message size " + message.body().length() + " is larger than configured max size "
                            + front.settings().messageBytesMax());
        }
        FieldTable headers = properties.headers();
        long now = front.clock().millis();
        long expires = Expiration.atMillis(properties.expiration(), now);
        List<String> keys = RoutingKeys.of(message.routingKey(), headers);
        Exchange exchange = front.topology().exchanges().forPublish(login, host, message.exchange());
        if (exchange.type() == ExchangeType.TOPIC) {
            front.topology().exchanges().checkTopics(login, host, exchange, keys);
        }
        Route route =
                front.topology().router().route(host, message.exchange(), new RoutedMessage(keys, headers, properties));
        front.traffic().routed(exchange, route.queues().size() + route.later().size());
        List<Publication.Way> ways = new ArrayList<>(new RecentHistory(front).ways(host, route, headers));
        if (route.isNowhere() && ways.isEmpty()) {
            return false;
        }
        for (Queue queue : route.queues()) {
            ways.add(way(queue, message, Envelope.QUEUE_DELAY, expires));
        }
        for (Queue queue : route.later()) {
            long delay = route.delayMillis();
            ways.add(way(queue, message, now + delay, expires == Envelope.NEVER ? expires : expires + delay));
        }
        Publication publication =
                new Publication(0, ways, StoredMessage.FORMAT, stored(message, route.delayMillis())).checked();
        if (!new Publishing(front.broker(), front.deadLetters()).publish(List.of(publication))[0]) {
            throw new AmqpException(ErrorCode.RESOURCE_ERROR, "Unable to publish message. Check queue limits.");
        }
        front.traffic().published(host.name(), publication);
        return !route.isNowhere();
    }

    private Publication.Way way(Queue to, Outgoing message, long deliverAt, long expiresAt) throws AmqpException {
        AmqpQueue queue = front.queues()
                .view(to)
                .orElseThrow(() -> new IllegalStateException("no client of AMQP sees " + to.name()));
        Properties properties = message.properties();
        return new Publication.Way(
                queue,
                queue.level(properties),
                queue.envelope(properties.headers(), message.routingKey(), deliverAt, expiresAt));
    }

    /** As a channel keeps it: a delay that it has behind it is shown as such, and who is in BCC is nobody's business. */
    private static Bytes stored(Outgoing message, long delayMillis) throws AmqpException {
        FieldTable headers = message.properties().headers();
        FieldTable shown = headers.without(RoutingKeys.BCC);
        if (delayMillis > 0) {
            shown = shown.with(Delay.HEADER, Delay.behind(headers, delayMillis));
        }
        Properties kept = message.properties().change().headers(shown).build();
        return new StoredMessage(message.exchange(), message.routingKey(), kept, message.body()).encode();
    }

    // ---- Taking

    /** How messages that were taken end. */
    public enum Ending {
        DONE,
        /** Back at its place; it was only looked at. */
        BACK,
        /** Back at its place; the delivery counts as an attempt. */
        BACK_AS_FAILED,
        DEAD_LETTERED
    }

    /** @param left ready ones behind it, as far as is known */
    public record Taken(StoredMessage message, boolean redelivered, long left) {}

    /**
     * Takes messages, and ends that in one of the ways.
     *
     * @param most messages
     * @param bytesMost of their bodies together; a single one may be larger
     * @throws AmqpException 405 if the queue has a single active consumer, 540 if it is a stream
     */
    public List<Taken> take(AmqpQueue queue, int most, long bytesMost, Ending ending)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (queue.isStream()) {
            throw StreamConsumers.getNotSupported(queue);
        }
        if (queue.hasSingleActiveConsumer()) {
            throw new AmqpException(
                    ErrorCode.RESOURCE_LOCKED,
                    "cannot obtain access to locked " + queue.name() + ": it has a single active consumer");
        }
        front.consumers().used(queue);
        List<Delivery> deliveries = new ArrayList<>();
        Ending what = Ending.BACK; // Until they can be shown.
        try {
            long bytes = 0;
            boolean more = true;
            while (more && deliveries.size() < most && bytes < bytesMost) {
                int wanted = Math.min(TAKEN_AT_A_TIME, most - deliveries.size());
                List<Delivery> some = receive(queue, wanted);
                deliveries.addAll(some);
                bytes +=
                        some.stream().mapToLong(each -> each.payload().length()).sum();
                more = some.size() == wanted;
            }
            List<Taken> taken = shown(queue, deliveries);
            what = ending;
            return taken;
        } finally {
            end(queue, deliveries, what); // Together, or the next would be the same again.
        }
    }

    private List<Delivery> receive(AmqpQueue queue, int wanted) throws OutcomeUnknownException, InterruptedException {
        Receipt receipt = front.broker()
                .receive(new Receive(queue.queue().id(), wanted, SessionLimits.LEASE.toMillis()), Duration.ZERO);
        return receipt instanceof Receipt.Received(List<Delivery> deliveries, boolean _) ? deliveries : List.of();
    }

    private List<Taken> shown(AmqpQueue queue, List<Delivery> deliveries)
            throws OutcomeUnknownException, InterruptedException {
        long ready = front.broker()
                .status(queue.queue())
                .map(status -> status.ready())
                .orElse(0L);
        List<Taken> taken = new ArrayList<>(deliveries.size());
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery delivery = deliveries.get(i);
            taken.add(new Taken(
                    front.messages().delivered(delivery, queue.name().name()),
                    delivery.leased().lease().delivery() > 1,
                    ready + deliveries.size() - 1 - i));
        }
        return taken;
    }

    /** Of a lease that has ended before there is nothing left to end. */
    private void end(AmqpQueue queue, List<Delivery> deliveries, Ending ending) throws InterruptedException {
        List<Command.OfPartition> commands = deliveries.stream()
                .map(each -> command(queue, each.partition(), each.leased().lease(), ending))
                .toList();
        for (Outcome outcome : front.broker().submitAll(commands)) {
            if (outcome instanceof Outcome.Unknown(OutcomeUnknownException cause)) {
                LOG.warn("Messages of {} that were looked at may come again: {}", queue.name(), cause.getMessage());
            }
        }
    }

    private static Command.OfPartition command(AmqpQueue queue, PartitionId partition, LeaseId lease, Ending ending) {
        List<LeaseId> leases = List.of(lease);
        int deliveries = lease.delivery();
        return switch (ending) {
            case DONE -> new Command.Acknowledge(partition, leases, true);
            case BACK ->
                new Command.Release(
                        partition, leases, queue.retryDelayMillis(AmqpQueue.Return.RETURNED, deliveries), false);
            case BACK_AS_FAILED ->
                new Command.Release(
                        partition, leases, queue.retryDelayMillis(AmqpQueue.Return.FAILED, deliveries), true);
            case DEAD_LETTERED -> new Command.Reject(partition, leases);
        };
    }
}
