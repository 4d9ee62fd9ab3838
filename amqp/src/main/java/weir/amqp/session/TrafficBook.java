package weir.amqp.session;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Owner;
import weir.amqp.session.Traffic.Churn;
import weir.amqp.session.Traffic.Routed;
import weir.amqp.session.Traffic.Way;
import weir.amqp.topology.Exchange;
import weir.core.broker.Delivery;

/**
 * Counts what goes through this node's connections: in all, by virtual host, queue, channel and exchange; and what comes and goes
 * itself. What other nodes' clients do is counted there. From any thread.
 */
public final class TrafficBook {
    /** Some 400 bytes each. Where nobody asks for rates, nobody forgets queues that are no more; then all begin anew. */
    private static final int QUEUES_MAX = 100_000;

    /** The same of exchanges. */
    private static final int EXCHANGES_MAX = 100_000;

    private record ChannelId(Owner connection, int number) {}

    private final Traffic<Way> all = Traffic.ofMessages();
    private final Traffic<Churn> churn = Traffic.ofNode();
    /** By their names; {@link #look} forgets those that are no more, and no client is in more than there are. */
    private final Map<String, Traffic<Way>> byHost = new ConcurrentHashMap<>();

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

    private Traffic<Way> host(String name) {
        return byHost.computeIfAbsent(name, _ -> Traffic.ofMessages());
    }

    /** Of a channel, which is in its virtual host and at this node. */
    private void count(Peer peer, int channel, Way way, long count) {
        if (count > 0) {
            byChannel
                    .computeIfAbsent(new ChannelId(peer.owner(), channel), _ -> Traffic.ofMessages())
                    .add(way, count);
            host(peer.host().name()).add(way, count);
            all.add(way, count);
        }
    }

    void happened(Churn what, long times) {
        churn.add(what, times);
    }

    /** @param total since the node began */
    void queuesDeleted(long total) {
        churn.add(Churn.QUEUE_DELETED, total - churn.count(Churn.QUEUE_DELETED));
    }

    void published(Peer peer, int channel, List<Publication> publications, boolean[] taken) {
        long confirmed = 0;
        for (int i = 0; i < taken.length; i++) {
            Publication publication = publications.get(i);
            confirmed += publication.number() > 0 && taken[i] ? 1 : 0;
            publication.ways().forEach(way -> queue(way.to()).add(Way.PUBLISH, 1));
        }
        count(peer, channel, Way.PUBLISH, taken.length);
        count(peer, channel, Way.CONFIRM, confirmed);
    }

    /** By nobody's channel. */
    void published(String host, Publication publication) {
        publication.ways().forEach(way -> queue(way.to()).add(Way.PUBLISH, 1));
        host(host).add(Way.PUBLISH, 1);
        all.add(Way.PUBLISH, 1);
    }

    void returned(Peer peer, int channel) {
        count(peer, channel, Way.RETURN_UNROUTABLE, 1);
    }

    void dropped(Peer peer, int channel) {
        count(peer, channel, Way.DROP_UNROUTABLE, 1);
    }

    void delivered(Peer peer, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        handedOut(peer, channel, queue, deliveries, noAck ? Way.DELIVER_NO_ACK : Way.DELIVER);
    }

    /** What was read from a stream. */
    void read(Peer peer, int channel, AmqpQueue stream, int messages) {
        count(peer, channel, stream, Way.DELIVER, messages);
    }

    /** @param deliveries none if the queue had nothing */
    void got(Peer peer, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        if (deliveries.isEmpty()) {
            count(peer, channel, queue, Way.GET_EMPTY, 1);
        }
        handedOut(peer, channel, queue, deliveries, noAck ? Way.GET_NO_ACK : Way.GET);
    }

    private void handedOut(Peer peer, int channel, AmqpQueue queue, List<Delivery> deliveries, Way way) {
        long again = 0;
        for (Delivery each : deliveries) {
            again += each.leased().lease().delivery() > 1 ? 1 : 0;
        }
        count(peer, channel, queue, way, deliveries.size());
        count(peer, channel, queue, Way.REDELIVER, again);
    }

    void acknowledged(Peer peer, int channel, List<Held> held) {
        for (Held each : held) {
            count(peer, channel, each.queue(), Way.ACK, 1);
        }
    }

    private void count(Peer peer, int channel, AmqpQueue queue, Way way, long count) {
        if (count > 0) {
            queue(queue).add(way, count);
            count(peer, channel, way, count);
        }
    }

    void closed(Owner connection, int channel) {
        byChannel.remove(new ChannelId(connection, channel));
    }

    // ---- Looking

    public Traffic<Way> all() {
        return all;
    }

    public Traffic<Churn> churn() {
        return churn;
    }

    /** Of the virtual hosts that something went through here, by their names. */
    public Map<String, Traffic<Way>> byHost() {
        return Collections.unmodifiableMap(byHost);
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
    void look(long now, Predicate<String> hostIsThere, LongPredicate queueIsThere, Predicate<String> exchangeIsThere) {
        byHost.keySet().removeIf(name -> !hostIsThere.test(name));
        byQueue.keySet().removeIf(id -> !queueIsThere.test(id));
        byExchange.keySet().removeIf(id -> !exchangeIsThere.test(id));
        all.look(now);
        churn.look(now);
        byHost.values().forEach(traffic -> traffic.look(now));
        byQueue.values().forEach(traffic -> traffic.look(now));
        byChannel.values().forEach(traffic -> traffic.look(now));
        byExchange.values().forEach(traffic -> traffic.look(now));
    }
}
