package weir.amqp.session;

import java.util.concurrent.atomic.AtomicLongArray;

/** How many messages have gone which way, through one queue, channel or node, since it was counted first. From any thread. */
public final class Traffic {
    /** What happens to messages, as RabbitMQ counts it. */
    public enum Way {
        PUBLISH,
        CONFIRM,
        /** To be returned, since it went nowhere. */
        RETURN_UNROUTABLE,
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

    private static final Way[] WAYS = Way.values();
    private static final double NANOS = 1e9;

    /** By the ordinals of the ways, as all arrays here: queues are many, so each is to be small. */
    private final AtomicLongArray counts = new AtomicLongArray(WAYS.length);

    /** What was counted when it was looked at last, and how fast that rose. Replaced as a whole by the one who looks. */
    private volatile Sample sample = new Sample(System.nanoTime(), new long[WAYS.length], new double[WAYS.length]);

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

    void add(Way way, long count) {
        if (count > 0) {
            counts.addAndGet(place(way), count);
        }
    }

    @SuppressWarnings("EnumOrdinal") // Of an array that is nowhere kept.
    private static int place(Way way) {
        return way.ordinal();
    }

    public long count(Way way) {
        return counts.get(place(way));
    }

    /** Between the last two times that it was looked at. */
    public double perSecond(Way way) {
        return sample.perSecond[place(way)];
    }

    /** Looks, for the rates. One thread. */
    void look(long nowNanos) {
        Sample before = sample;
        double seconds = (nowNanos - before.atNanos) / NANOS;
        long[] now = new long[WAYS.length];
        double[] rates = new double[WAYS.length];
        for (int i = 0; i < WAYS.length; i++) {
            now[i] = counts.get(i);
            rates[i] = (now[i] - before.counts[i]) / seconds;
        }
        sample = new Sample(nowNanos, now, rates);
    }
}
