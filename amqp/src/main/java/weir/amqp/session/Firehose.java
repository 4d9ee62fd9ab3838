package weir.amqp.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.deadletter.DeadLetters;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.topology.Route;
import weir.amqp.topology.RoutingKeys;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.broker.Broker;
import weir.core.catalog.Queue;

/**
 * While it is on for a virtual host, a copy of each message that this node's clients publish there or are given goes to
 * {@code amq.rabbitmq.trace}, with all that is known of it among its headers: what RabbitMQ calls the firehose. Off at every start.
 *
 * <p>Copies follow each other, but nobody waits for them unless too many gather; one that a queue refuses is gone. From any thread.
 */
public final class Firehose implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Firehose.class);
    private static final String EXCHANGE = "amq.rabbitmq.trace";

    private static final Property[] TEXTS = {
        Property.CONTENT_TYPE,
        Property.CONTENT_ENCODING,
        Property.CORRELATION_ID,
        Property.REPLY_TO,
        Property.EXPIRATION,
        Property.MESSAGE_ID,
        Property.TYPE,
        Property.USER_ID,
        Property.APP_ID,
        Property.CLUSTER_ID
    };

    private final Topology topology;
    private final Queues queues;
    private final String node;
    private final Publisher publisher;
    /** By when they were made. Replaced as a whole. */
    private volatile Set<Long> hosts = Set.of();

    /** @param node its name, for whoever reads the copies of several */
    Firehose(Broker broker, Topology topology, Queues queues, DeadLetters deadLetters, PublishRoom room, String node) {
        this.topology = topology;
        this.queues = queues;
        this.node = node;
        this.publisher = new Publisher(
                new Publishing(broker, deadLetters),
                (_, _) -> {},
                Publisher.NOT_READ,
                room,
                Thread.ofVirtual().name("amqp-firehose"));
    }

    public boolean isOn(VirtualHost host) {
        Set<Long> now = hosts;
        return !now.isEmpty() && now.contains(host.created());
    }

    public synchronized void turnOn(VirtualHost host) {
        Set<Long> more = new TreeSet<>(hosts);
        more.add(host.created());
        hosts = Set.copyOf(more);
    }

    /** Returns when all that was copied is where it should be. */
    public void turnOff(VirtualHost host) throws InterruptedException {
        synchronized (this) {
            Set<Long> fewer = new TreeSet<>(hosts);
            fewer.remove(host.created());
            hosts = Set.copyOf(fewer);
        }
        publisher.drain();
    }

    /** A client has published it. */
    void published(Peer peer, int channel, StoredMessage message, List<String> keys, Route route)
            throws InterruptedException {
        List<String> routed = Stream.concat(route.queues().stream(), route.later().stream())
                .flatMap(queue -> queues.view(queue).stream())
                .map(queue -> queue.name().name())
                .toList();
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("routed_queues", routed);
        copy(peer, channel, "publish." + message.exchange().utf8(), message, keys, more);
    }

    /** A client is given it. */
    void delivered(Peer peer, int channel, AmqpQueue queue, boolean redelivered, StoredMessage message)
            throws InterruptedException {
        if (!isOn(peer.host())) {
            return;
        }
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("redelivered", redelivered ? 1 : 0);
        try {
            List<String> keys = RoutingKeys.in(
                    message.routingKey().utf8(), message.readProperties().headers());
            copy(peer, channel, "deliver." + queue.name().name(), message, keys, more);
        } catch (AmqpException e) {
            LOG.debug("A message of {} is not copied: {}", queue.name(), e.getMessage());
        }
    }

    private void copy(
            Peer peer, int channel, String key, StoredMessage message, List<String> keys, Map<String, Object> more)
            throws InterruptedException {
        String exchange = message.exchange().utf8();
        if (exchange.equals(EXCHANGE)) {
            return; // A copy itself.
        }
        try {
            Map<String, Object> headers = new LinkedHashMap<>();
            headers.put("exchange_name", exchange);
            headers.put("routing_keys", keys);
            headers.put("properties", shown(message.readProperties()));
            headers.put("node", node);
            headers.put("vhost", peer.host().name());
            headers.put("connection", peer.connection());
            headers.put("channel", channel);
            headers.put("user", peer.user());
            headers.putAll(more);
            publish(peer.host(), key, FieldTable.of(headers), message.body());
        } catch (AmqpException e) {
            LOG.debug("A message to {} is not copied: {}", exchange, e.getMessage());
        }
    }

    private static FieldTable shown(Properties properties) throws AmqpException {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (Property each : TEXTS) {
            String text = properties.text(each);
            if (text != null) {
                shown.put(each.name().toLowerCase(Locale.ROOT), text);
            }
        }
        if (properties.has(Property.HEADERS)) {
            shown.put("headers", properties.headers());
        }
        if (properties.has(Property.DELIVERY_MODE)) {
            shown.put("delivery_mode", properties.deliveryMode(1));
        }
        if (properties.has(Property.PRIORITY)) {
            shown.put("priority", properties.priority(0));
        }
        Instant timestamp = properties.timestamp();
        if (timestamp != null) {
            shown.put("timestamp", timestamp.getEpochSecond());
        }
        return FieldTable.of(shown);
    }

    private void publish(VirtualHost host, String wanted, FieldTable headers, Bytes body)
            throws AmqpException, InterruptedException {
        String key = wanted;
        while (!PropertiesBuilder.fits(key)) { // Behind the longest of names.
            key = key.substring(0, key.length() - 1);
        }
        String routingKey = key;
        Properties properties = Properties.EMPTY.change().headers(headers).build();
        Route route =
                topology.router().route(host, EXCHANGE, new RoutedMessage(List.of(routingKey), headers, properties));
        List<Publication.Way> ways = new ArrayList<>();
        for (Queue to : route.queues()) {
            queues.view(to)
                    .ifPresent(queue -> ways.add(new Publication.Way(
                            queue,
                            queue.level(properties),
                            queue.envelope(headers, routingKey, Envelope.QUEUE_DELAY, Envelope.NEVER))));
        }
        if (!ways.isEmpty()) {
            Bytes payload = new StoredMessage(EXCHANGE, routingKey, properties, body).encode();
            publisher.add(new Publication(0, ways, StoredMessage.FORMAT, payload).checked());
        }
    }

    @Override
    public void close() {
        publisher.end();
    }
}
