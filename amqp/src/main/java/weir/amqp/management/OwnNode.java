package weir.amqp.management;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import weir.amqp.session.Alarms;
import weir.amqp.session.ChannelInfo;
import weir.amqp.session.ConnectionInfo;
import weir.amqp.session.Traffic;

/** What this node alone knows, as the API shows it: its connections, and what went through them. From any thread. */
final class OwnNode {
    /** Among the totals: what comes and goes. */
    static final String CHURN = "churn_rates";

    /** Among the totals: what has gone through virtual hosts, by their names. */
    static final String HOSTS = "hosts";

    private final Management management;

    OwnNode(Management management) {
        this.management = management;
    }

    /** What connections bring along. */
    enum Kind {
        CONNECTIONS,
        CHANNELS,
        CONSUMERS
    }

    /**
     * Some of them, in an order that stays.
     *
     * @param next what to ask for to be shown the rest; {@link #NO_MORE} if these were the last
     */
    record Page(List<Facts> items, long next) {
        static final long NO_MORE = -1;
    }

    /**
     * @param after connections up to this one are left out
     * @param queue its consumers alone; {@link #ANY_QUEUE} for all
     */
    Page page(Kind kind, long after, long queue) {
        List<ConnectionInfo> connections = management.sessions().connections().stream()
                .filter(each -> each.id() > after)
                .sorted(Comparator.comparingLong(ConnectionInfo::id))
                .toList();
        List<Facts> items = new ArrayList<>();
        for (ConnectionInfo connection : connections) {
            if (items.size() >= ManagementLimits.NODE_PAGE) {
                return new Page(items, connection.id() - 1);
            }
            add(items, kind, connection, queue);
        }
        return new Page(items, Page.NO_MORE);
    }

    static final long ANY_QUEUE = 0;

    private void add(List<Facts> items, Kind kind, ConnectionInfo connection, long queue) {
        switch (kind) {
            case CONNECTIONS -> items.add(ConnectionResource.facts(management, connection));
            case CHANNELS ->
                connection.channels().forEach(each -> items.add(ChannelResource.facts(management, connection, each)));
            case CONSUMERS -> {
                for (ChannelInfo channel : connection.channels()) {
                    channel.consumers().stream()
                            .filter(each ->
                                    queue == ANY_QUEUE || each.queue().queue().id() == queue)
                            .forEach(each -> items.add(ConsumerResource.facts(management, connection, channel, each)));
                }
            }
        }
    }

    /** How many there are, and where clients come in. */
    Facts totals() {
        List<ConnectionInfo> connections = management.sessions().connections();
        int channels = 0;
        int consumers = 0;
        for (ConnectionInfo connection : connections) {
            channels += connection.channels().size();
            for (ChannelInfo channel : connection.channels()) {
                consumers += channel.consumers().size();
            }
        }
        return new Facts()
                .with("connections", connections.size())
                .with("channels", channels)
                .with("consumers", consumers)
                .with(
                        "message_stats",
                        MessageStats.of(management.front().traffic().all()))
                .with(CHURN, MessageStats.counted(management.front().traffic().churn()))
                .with(HOSTS, hosts())
                .with("listeners", listeners());
    }

    private Facts hosts() {
        Facts hosts = new Facts();
        management.front().traffic().byHost().forEach((name, traffic) -> hosts.with(name, MessageStats.of(traffic)));
        return hosts;
    }

    private List<Facts> listeners() {
        return management.listeners().all().stream()
                .map(each -> new Facts()
                        .with("node", management.settings().nodeName())
                        .with("protocol", each.protocol())
                        .with("ip_address", each.host())
                        .with("port", each.port())
                        .with("socket_opts", Map.of())
                        .with("tls", each.isTls()))
                .toList();
    }

    /** How many consume from a queue, and what went through it. */
    Facts use(long queue) {
        Facts facts =
                new Facts().with("consumers", management.front().consumers().countHere(queue));
        Traffic<Traffic.Way> traffic = management.front().traffic().ofQueue(queue);
        return traffic == null ? facts : facts.with("message_stats", MessageStats.of(traffic));
    }

    /** What was published to an exchange, and went on from there. */
    Facts routed(String exchange) {
        Traffic<Traffic.Routed> traffic = management.front().traffic().ofExchange(exchange);
        return traffic == null ? new Facts() : new Facts().with("message_stats", MessageStats.counted(traffic));
    }

    /** What it is short of. */
    List<String> alarms() {
        Set<String> alarms = new TreeSet<>();
        management.front().alarms().all().forEach(each -> alarms.add(each.word()));
        if (management.disk().get().low()) {
            alarms.add(Alarms.Resource.DISK.word());
        }
        return List.copyOf(alarms);
    }

    /** False if there is none of that name. */
    boolean close(String connection, String reason) {
        List<ConnectionInfo> named = management.sessions().connections().stream()
                .filter(each -> each.name().equals(connection))
                .toList();
        named.forEach(each -> management.sessions().close(each.id(), reason));
        return !named.isEmpty();
    }
}
