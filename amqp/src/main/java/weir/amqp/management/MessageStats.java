package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.session.Traffic;
import weir.amqp.session.Traffic.Way;

/** What has gone through something, and how fast, by RabbitMQ's names. */
final class MessageStats {
    private static final String RATE = "rate";

    /** What was handed out in whichever way. */
    private static final List<Way> HANDED_OUT = List.of(Way.DELIVER, Way.DELIVER_NO_ACK, Way.GET, Way.GET_NO_ACK);

    private MessageStats() {}

    /** Of a queue, a channel or a node. */
    static Facts of(Traffic<Way> traffic) {
        Facts facts = counted(traffic);
        add(
                facts,
                "deliver_get",
                HANDED_OUT.stream().mapToLong(traffic::count).sum(),
                HANDED_OUT.stream().mapToDouble(traffic::perSecond).sum());
        return facts;
    }

    /** What was counted, by its own names. */
    static <K extends Enum<K>> Facts counted(Traffic<K> traffic) {
        Facts facts = new Facts();
        for (K kind : traffic.kinds()) {
            add(facts, kind.name().toLowerCase(Locale.ROOT), traffic.count(kind), traffic.perSecond(kind));
        }
        return facts;
    }

    /** What two nodes have counted: numbers and rates are added, lists put together. */
    static Facts sum(Facts one, Map<?, ?> other) {
        Facts sum = new Facts().withAll(one);
        other.forEach((key, value) -> {
            String name = String.valueOf(key);
            switch (value) {
                case Number more -> sum.with(name, whole(sum.get(name)) + more.longValue());
                case List<?> more -> sum.with(name, joined(sum.get(name), more));
                case Map<?, ?> more
                when more.get(RATE) instanceof Number rate ->
                    sum.with(name, Rate.of(rate(sum.get(name)) + rate.doubleValue()));
                case Map<?, ?> more -> sum.with(name, sum(within(sum.get(name)), more));
                case null, default -> {}
            }
        });
        return sum;
    }

    private static long whole(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static double rate(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.get(RATE) instanceof Number rate ? rate.doubleValue() : 0;
    }

    private static List<Object> joined(@Nullable Object one, List<?> other) {
        List<Object> all = new ArrayList<>(one instanceof List<?> list ? list : List.of());
        all.addAll(other);
        return all;
    }

    private static Facts within(@Nullable Object value) {
        return value instanceof Facts facts ? facts : new Facts();
    }

    private static void add(Facts facts, String name, long count, double perSecond) {
        facts.with(name, count).with(name + "_details", Rate.of(perSecond));
    }
}
