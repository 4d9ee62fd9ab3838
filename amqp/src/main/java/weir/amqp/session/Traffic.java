package weir.amqp.session;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

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

    private final Map<Way, LongAdder> counts = new EnumMap<>(Way.class);

    /** What was counted when it was looked at last, and how fast that rose. Replaced as a whole by the one who looks. */
    private volatile Sample sample;

    private record Sample(long atNanos, Map<Way, Long> counts, Map<Way, Double> perSecond) {}

    Traffic() {
        for (Way way : WAYS) {
            counts.put(way, new LongAdder());
        }
        sample = new Sample(System.nanoTime(), counted(), Map.of());
    }

    private Map<Way, Long> counted() {
        Map<Way, Long> now = new EnumMap<>(Way.class);
        counts.forEach((way, count) -> now.put(way, count.sum()));
        return now;
    }

    void add(Way way, long count) {
        if (count > 0) {
            adder(way).add(count);
        }
    }

    private LongAdder adder(Way way) {
        return Objects.requireNonNull(counts.get(way));
    }

    public long count(Way way) {
        return adder(way).sum();
    }

    /** Between the last two times that it was looked at. */
    public double perSecond(Way way) {
        return sample.perSecond().getOrDefault(way, 0.0);
    }

    /** Looks, for the rates. One thread. */
    void look(long nowNanos) {
        Sample before = sample;
        Map<Way, Long> now = counted();
        double seconds = (nowNanos - before.atNanos()) / NANOS;
        Map<Way, Double> rates = new EnumMap<>(Way.class);
        now.forEach((way, count) -> rates.put(way, (count - before.counts().getOrDefault(way, 0L)) / seconds));
        sample = new Sample(nowNanos, now, rates);
    }
}
