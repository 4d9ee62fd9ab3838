package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import weir.amqp.session.ChannelInfo;
import weir.amqp.session.ConnectionInfo;
import weir.amqp.session.Traffic;
import weir.core.broker.OutcomeUnknownException;

/** The channels of this node's connections. */
final class ChannelResource implements ApiResource {
    private final Management management;

    ChannelResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/channels", Access.ANYBODY, call -> list(call, _ -> true))
                .get("/vhosts/{vhost}/channels", Access.OF_VIRTUAL_HOST, this::ofHost)
                .get("/channels/{channel}", Access.ANYBODY, this::show);
    }

    static String name(ConnectionInfo connection, ChannelInfo channel) {
        return connection.name() + " (" + channel.number() + ")";
    }

    static Facts facts(Management management, ConnectionInfo connection, ChannelInfo channel) {
        Facts facts = new Facts()
                .with("name", name(connection, channel))
                .with("number", channel.number())
                .with("node", management.settings().nodeName())
                .with("user", connection.user())
                .with("vhost", connection.host())
                .with("state", "running")
                .with("confirm", channel.confirming())
                .with("transactional", channel.transactional())
                .with("consumer_count", channel.consumers().size())
                .with("messages_unacknowledged", channel.unacknowledged())
                .with("messages_unconfirmed", channel.unconfirmed())
                .with("prefetch_count", channel.prefetch())
                .with("global_prefetch_count", channel.globalPrefetch())
                .with(
                        "connection_details",
                        new Facts()
                                .with("name", connection.name())
                                .with(
                                        "peer_host",
                                        connection.peer().getAddress().getHostAddress())
                                .with("peer_port", connection.peer().getPort()));
        Traffic traffic = management.front().traffic().ofChannel(connection.owner(), channel.number());
        return traffic == null ? facts : facts.with("message_stats", MessageStats.of(traffic));
    }

    private List<Facts> all(Call call, Predicate<ConnectionInfo> which) {
        List<Facts> all = new ArrayList<>();
        for (ConnectionInfo connection : ConnectionResource.visible(management, call)) {
            if (which.test(connection)) {
                connection.channels().forEach(each -> all.add(facts(management, connection, each)));
            }
        }
        return all;
    }

    private Answer list(Call call, Predicate<ConnectionInfo> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        return Answer.of(Listing.of(call, all(call, which)));
    }

    private Answer ofHost(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String host = call.host().name();
        return list(call, each -> each.host().equals(host));
    }

    private Answer show(Call call) throws Failure {
        for (ConnectionInfo connection : ConnectionResource.visible(management, call)) {
            for (ChannelInfo channel : connection.channels()) {
                if (name(connection, channel).equals(call.path("channel"))) {
                    List<Facts> consumers = channel.consumers().stream()
                            .map(each -> ConsumerResource.facts(management, connection, channel, each))
                            .toList();
                    Facts facts = facts(management, connection, channel).with("consumer_details", consumers);
                    return Answer.of(Listing.columns(call, facts));
                }
            }
        }
        throw Failure.notFound();
    }
}
