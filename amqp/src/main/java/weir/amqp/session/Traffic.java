package weir.amqp.session;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How much of some kinds has gone through one thing, since it was counted first, and how fast that rises. From any thread.
 *
 * @param <K> what is told apart; its constants are called as RabbitMQ calls them
 */
public final class Traffic<K extends Enum<K>> {
    /** What happens to messages of a queue, a channel or a node. */
    public enum Way {
        PUBLISH,
        CONFIRM,
        /** To be returned, since it went nowhere. */
        RETURN_UNROUTABLE,
        /** It went nowhere, and nobody wanted to know. */
        DROP_UNROUTABLE,
        DELIVER,
        DELIVER_NO_ACK,
        GET,
        GET_NO_ACK,
        /** Somebody wanted one, and there was none. */
        GET_EMPTY,
        /** Of those that were delivered or got, the ones that had been before. */
        REDELIVER,
        ACK
    }

    /** What happens to messages at the exchange that they are published to. */
    public enum Routed {
        PUBLISH_IN,
        /** Once for each queue that it went to, through whichever further exchanges. */
        PUBLISH_OUT
    }

    /** What comes and goes at a node. */
    public enum Churn {
        CONNECTION_CREATED,
        CONNECTION_CLOSED,
        CHANNEL_CREATED,
        CHANNEL_CLOSED,
        /** Be it there already or not. */
        QUEUE_DECLARED,
        QUEUE_CREATED,
        /** By whoever and whatever for: also with a connection, or since it was unused. */
        QUEUE_DELETED
    }

    /** What a connection carries; of one with TLS what is within. */
    public enum Carried {
        RECV_OCT,
        /** Times that something was read. */
        RECV_CNT,
        SEND_OCT,
        /** Times that something was written. */
        SEND_CNT
    }

    private static final List<Way> WAYS = List.of(Way.values());
    private static final List<Routed> ROUTED = List.of(Routed.values());
    private static final List<Churn> CHURN = List.of(Churn.values());
    private static final List<Carried> CARRIED = List.of(Carried.values());
    private static final double NANOS = 1e9;

    private final List<K> kinds;
    /** By the ordinals of the kinds, as all arrays here: queues are many, so each is to be small. */
    private final AtomicLongArray counts;

    /** What was counted when it was looked at last, and how fast that rose. Replaced as a whole by the one who looks. */
    private volatile Sample sample;

    private static final class Sample {
        final long atNanos;
        final long[] counts;
        final double[] perSecond;

        Sample(long atNanos, long[] counts, double[] perSecond) {
            this.atNanos = atNanos;
            this.counts = counts;
            this.perSecond = perSecond;
        }
    }

    private Traffic(List<K> kinds) {
        this.kinds = kinds;
        this.counts = new AtomicLongArray(kinds.size());
        this.sample = new Sample(System.nanoTime(), new long[kinds.size()], new double[kinds.size()]);
    }

    static Traffic<Way> ofMessages() {
        return new Traffic<>(WAYS);
    }

    static Traffic<Routed> ofExchange() {
        return new Traffic<>(ROUTED);
    }

    static Traffic<Churn> ofNode() {
        return new Traffic<>(CHURN);
    }

    static Traffic<Carried> ofConnection() {
        return new Traffic<>(CARRIED);
    }

    void add(K kind, long count) {
        if (count > 0) {
            counts.addAndGet(place(kind), count);
        }
    }

    @SuppressWarnings("EnumOrdinal") // Of an array that is nowhere kept.
    private int place(K kind) {
        return kind.ordinal();
    }

    /** All that are told apart here. */
    public List<K> kinds() {
        return kinds;
    }

    public long count(K kind) {
        return counts.get(place(kind));
    }

    /** Between the last two times that it was looked at. */
    public double perSecond(K kind) {
        return sample.perSecond[place(kind)];
    }

    /** Looks, for the rates. One thread. */
    void look(long nowNanos) {
        Sample before = sample;
        double seconds = (nowNanos - before.atNanos) / NANOS;
        long[] now = new long[kinds.size()];
        double[] rates = new double[kinds.size()];
        Arrays.setAll(now, counts::get);
        Arrays.setAll(rates, i -> (now[i] - before.counts[i]) / seconds);
        sample = new Sample(nowNanos, now, rates);
    }
}
