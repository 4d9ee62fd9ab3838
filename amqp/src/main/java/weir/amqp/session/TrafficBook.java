package weir.amqp.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Owner;
import weir.amqp.session.Traffic.Routed;
import weir.amqp.session.Traffic.Way;
import weir.amqp.topology.Exchange;
import weir.core.broker.Delivery;

/**
 * Counts what goes through this node's connections: in all, by queue, by channel, by exchange. What other nodes' clients do is
 * counted there. From any thread.
 */
public final class TrafficBook {
    /** Some 400 bytes each. Where nobody asks for rates, nobody forgets queues that are no more; then all begin anew. */
    private static final int QUEUES_MAX = 100_000;

    /** The same of exchanges. */
    private static final int EXCHANGES_MAX = 100_000;

    private record ChannelId(Owner connection, int number) {}

    private final Traffic<Way> all = Traffic.ofMessages();
    private final Map<Long, Traffic<Way>> byQueue = new ConcurrentHashMap<>();
    private final Map<ChannelId, Traffic<Way>> byChannel = new ConcurrentHashMap<>();
    private final Map<String, Traffic<Routed>> byExchange = new ConcurrentHashMap<>();

    // ---- Counting

    private Traffic<Way> queue(AmqpQueue queue) {
        long id = queue.queue().id();
        Traffic<Way> known = byQueue.get(id);
        if (known != null) {
            return known;
        }
        if (byQueue.size() >= QUEUES_MAX) {
            byQueue.clear();
        }
        return byQueue.computeIfAbsent(id, _ -> Traffic.ofMessages());
    }

    /** A message has come to an exchange, and was routed: with each message, so it costs no more than two additions. */
    void routed(Exchange exchange, int queues) {
        Traffic<Routed> known = byExchange.get(exchange.id());
        if (known == null) {
            if (byExchange.size() >= EXCHANGES_MAX) {
                byExchange.clear();
            }
            known = byExchange.computeIfAbsent(exchange.id(), _ -> Traffic.ofExchange());
        }
        known.add(Routed.PUBLISH_IN, 1);
        known.add(Routed.PUBLISH_OUT, queues);
    }

    private Traffic<Way> channel(Owner connection, int number) {
        return byChannel.computeIfAbsent(new ChannelId(connection, number), _ -> Traffic.ofMessages());
    }

    void published(Owner connection, int channel, List<Publication> publications, boolean[] taken) {
        long confirmed = 0;
        for (int i = 0; i < taken.length; i++) {
            Publication publication = publications.get(i);
            confirmed += publication.number() > 0 && taken[i] ? 1 : 0;
            publication.ways().forEach(way -> queue(way.to()).add(Way.PUBLISH, 1));
        }
        Traffic<Way> ofChannel = channel(connection, channel);
        ofChannel.add(Way.PUBLISH, taken.length);
        ofChannel.add(Way.CONFIRM, confirmed);
        all.add(Way.PUBLISH, taken.length);
        all.add(Way.CONFIRM, confirmed);
    }

    /** By nobody's channel. */
    void published(Publication publication) {
        publication.ways().forEach(way -> queue(way.to()).add(Way.PUBLISH, 1));
        all.add(Way.PUBLISH, 1);
    }

    void returned(Owner connection, int channel) {
        channel(connection, channel).add(Way.RETURN_UNROUTABLE, 1);
        all.add(Way.RETURN_UNROUTABLE, 1);
    }

    void dropped(Owner connection, int channel) {
        channel(connection, channel).add(Way.DROP_UNROUTABLE, 1);
        all.add(Way.DROP_UNROUTABLE, 1);
    }

    void delivered(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        handedOut(connection, channel, queue, deliveries, noAck ? Way.DELIVER_NO_ACK : Way.DELIVER);
    }

    /** What was read from a stream. */
    void read(Owner connection, int channel, AmqpQueue stream, int messages) {
        count(connection, channel, stream, Way.DELIVER, messages);
    }

    /** @param deliveries none if the queue had nothing */
    void got(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        if (deliveries.isEmpty()) {
            count(connection, channel, queue, Way.GET_EMPTY, 1);
        }
        handedOut(connection, channel, queue, deliveries, noAck ? Way.GET_NO_ACK : Way.GET);
    }

    private void handedOut(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, Way way) {
        long again = 0;
        for (Delivery each : deliveries) {
            again += each.leased().lease().delivery() > 1 ? 1 : 0;
        }
        count(connection, channel, queue, way, deliveries.size());
        count(connection, channel, queue, Way.REDELIVER, again);
    }

    void acknowledged(Owner connection, int channel, List<Held> held) {
        for (Held each : held) {
            count(connection, channel, each.queue(), Way.ACK, 1);
        }
    }

    private void count(Owner connection, int channel, AmqpQueue queue, Way way, long count) {
        if (count > 0) {
            queue(queue).add(way, count);
            channel(connection, channel).add(way, count);
            all.add(way, count);
        }
    }

    void closed(Owner connection, int channel) {
        byChannel.remove(new ChannelId(connection, channel));
    }

    // ---- Looking

    public Traffic<Way> all() {
        return all;
    }

    /** Null if nothing went through it here. */
    public @Nullable Traffic<Way> ofQueue(long id) {
        return byQueue.get(id);
    }

    /** Null if nothing went through it. */
    public @Nullable Traffic<Way> ofChannel(Owner connection, int number) {
        return byChannel.get(new ChannelId(connection, number));
    }

    /** Null if nothing was published to the one of that id here. */
    public @Nullable Traffic<Routed> ofExchange(String id) {
        return byExchange.get(id);
    }

    /** Finds out how fast everything rises since the last time, and forgets what is no more. One thread. */
    void look(long now, LongPredicate queueIsThere, Predicate<String> exchangeIsThere) {
        byQueue.keySet().removeIf(id -> !queueIsThere.test(id));
        byExchange.keySet().removeIf(id -> !exchangeIsThere.test(id));
        all.look(now);
        byQueue.values().forEach(traffic -> traffic.look(now));
        byChannel.values().forEach(traffic -> traffic.look(now));
        byExchange.values().forEach(traffic -> traffic.look(now));
    }
}
