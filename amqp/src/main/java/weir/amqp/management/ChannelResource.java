package weir.amqp.management;

import java.util.List;
import java.util.function.Predicate;
import weir.amqp.session.ChannelInfo;
import weir.amqp.session.ConnectionInfo;
import weir.amqp.session.Traffic;
import weir.core.broker.OutcomeUnknownException;

/** The channels of all nodes' connections. */
final class ChannelResource implements ApiResource {
    private final AllNodes nodes;

    ChannelResource(AllNodes nodes) {
        this.nodes = nodes;
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
        Traffic<Traffic.Way> traffic = management.front().traffic().ofChannel(connection.owner(), channel.number());
        return traffic == null ? facts : facts.with("message_stats", MessageStats.of(traffic));
    }

    private Answer list(Call call, Predicate<Facts> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = ConnectionResource.visible(nodes.list(OwnNode.Kind.CHANNELS), call).stream()
                .filter(which)
                .toList();
        return Answer.of(Listing.of(call, all));
    }

    private Answer ofHost(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String host = call.host().name();
        return list(call, each -> host.equals(each.get("vhost")));
    }

    private Answer show(Call call) throws Failure, InterruptedException {
        String name = call.path("channel");
        Facts found = ConnectionResource.visible(nodes.list(OwnNode.Kind.CHANNELS), call).stream()
                .filter(each -> name.equals(each.get("name")))
                .findFirst()
                .orElseThrow(Failure::notFound);
        List<Facts> consumers = nodes.list(OwnNode.Kind.CONSUMERS).stream()
                .filter(each -> name.equals(each.get("channel_details", "name")))
                .toList();
        return Answer.of(Listing.columns(call, found.with("consumer_details", consumers)));
    }
}
