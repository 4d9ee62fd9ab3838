package weir.amqp.management;

import java.util.List;
import java.util.Locale;
import weir.amqp.session.Traffic;
import weir.amqp.session.Traffic.Way;

/** What has gone through something, and how fast, by RabbitMQ's names. */
final class MessageStats {
    /** What was handed out in whichever way. */
    private static final List<Way> HANDED_OUT = List.of(Way.DELIVER, Way.DELIVER_NO_ACK, Way.GET, Way.GET_NO_ACK);

    private MessageStats() {}

    static Facts of(Traffic traffic) {
        Facts facts = new Facts();
        for (Way way : Way.values()) {
            add(facts, way.name().toLowerCase(Locale.ROOT), traffic.count(way), traffic.perSecond(way));
        }
        add(
                facts,
                "deliver_get",
                HANDED_OUT.stream().mapToLong(traffic::count).sum(),
                HANDED_OUT.stream().mapToDouble(traffic::perSecond).sum());
        return facts;
    }

    private static void add(Facts facts, String name, long count, double perSecond) {
        facts.with(name, count).with(name + "_details", Rates.of(perSecond));
    }
}
