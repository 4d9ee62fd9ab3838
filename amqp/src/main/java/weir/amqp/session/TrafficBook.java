package weir.amqp.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Owner;
import weir.core.broker.Delivery;

/**
 * Counts what goes through this node's connections: in all, by queue, by channel. What other nodes' clients do is counted there.
 * From any thread.
 */
public final class TrafficBook {
    /** Some 400 bytes each. Where nobody asks for rates, nobody forgets queues that are no more; then all begin anew. */
    private static final int QUEUES_MAX = 100_000;

    private record ChannelId(Owner connection, int number) {}

    private final Traffic all = new Traffic();
    private final Map<Long, Traffic> byQueue = new ConcurrentHashMap<>();
    private final Map<ChannelId, Traffic> byChannel = new ConcurrentHashMap<>();

    // ---- Counting

    private Traffic queue(AmqpQueue queue) {
        long id = queue.queue().id();
        Traffic known = byQueue.get(id);
        if (known != null) {
            return known;
        }
        if (byQueue.size() >= QUEUES_MAX) {
            byQueue.clear();
        }
        return byQueue.computeIfAbsent(id, _ -> new Traffic());
    }

    private Traffic channel(Owner connection, int number) {
        return byChannel.computeIfAbsent(new ChannelId(connection, number), _ -> new Traffic());
    }

    void published(Owner connection, int channel, List<Publication> publications, boolean[] taken) {
        long confirmed = 0;
        for (int i = 0; i < taken.length; i++) {
            Publication publication = publications.get(i);
            confirmed += publication.number() > 0 && taken[i] ? 1 : 0;
            publication.ways().forEach(way -> queue(way.to()).add(Traffic.Way.PUBLISH, 1));
        }
        Traffic ofChannel = channel(connection, channel);
        ofChannel.add(Traffic.Way.PUBLISH, taken.length);
        ofChannel.add(Traffic.Way.CONFIRM, confirmed);
        all.add(Traffic.Way.PUBLISH, taken.length);
        all.add(Traffic.Way.CONFIRM, confirmed);
    }

    /** By nobody's channel. */
    void published(Publication publication) {
        publication.ways().forEach(way -> queue(way.to()).add(Traffic.Way.PUBLISH, 1));
        all.add(Traffic.Way.PUBLISH, 1);
    }

    void returned(Owner connection, int channel) {
        channel(connection, channel).add(Traffic.Way.RETURN_UNROUTABLE, 1);
        all.add(Traffic.Way.RETURN_UNROUTABLE, 1);
    }

    void delivered(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        handedOut(connection, channel, queue, deliveries, noAck ? Traffic.Way.DELIVER_NO_ACK : Traffic.Way.DELIVER);
    }

    /** Of a stream, whose messages are new to whoever reads them. */
    void delivered(Owner connection, int channel, AmqpQueue stream, int messages) {
        count(connection, channel, stream, Traffic.Way.DELIVER, messages);
    }

    /** @param deliveries none if the queue had nothing */
    void got(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, boolean noAck) {
        if (deliveries.isEmpty()) {
            count(connection, channel, queue, Traffic.Way.GET_EMPTY, 1);
        }
        handedOut(connection, channel, queue, deliveries, noAck ? Traffic.Way.GET_NO_ACK : Traffic.Way.GET);
    }

    private void handedOut(Owner connection, int channel, AmqpQueue queue, List<Delivery> deliveries, Traffic.Way way) {
        long again = 0;
        for (Delivery each : deliveries) {
            again += each.leased().lease().delivery() > 1 ? 1 : 0;
        }
        count(connection, channel, queue, way, deliveries.size());
        count(connection, channel, queue, Traffic.Way.REDELIVER, again);
    }

    void acknowledged(Owner connection, int channel, List<Held> held) {
        for (Held each : held) {
            count(connection, channel, each.queue(), Traffic.Way.ACK, 1);
        }
    }

    private void count(Owner connection, int channel, AmqpQueue queue, Traffic.Way way, long count) {
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

    public Traffic all() {
        return all;
    }

    /** Null if nothing went through it here. */
    public @Nullable Traffic ofQueue(long id) {
        return byQueue.get(id);
    }

    /** Null if nothing went through it. */
    public @Nullable Traffic ofChannel(Owner connection, int number) {
        return byChannel.get(new ChannelId(connection, number));
    }

    /** Finds out how fast everything rises since the last time, and forgets queues that are no more. One thread. */
    public void look(LongPredicate isThere) {
        long now = System.nanoTime();
        byQueue.keySet().removeIf(id -> !isThere.test(id));
        all.look(now);
        byQueue.values().forEach(traffic -> traffic.look(now));
        byChannel.values().forEach(traffic -> traffic.look(now));
    }
}
