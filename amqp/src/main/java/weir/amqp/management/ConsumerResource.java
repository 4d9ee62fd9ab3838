package weir.amqp.management;

import java.util.List;
import java.util.function.Predicate;
import weir.amqp.session.ChannelInfo;
import weir.amqp.session.ConnectionInfo;
import weir.amqp.session.ConsumerInfo;
import weir.core.broker.OutcomeUnknownException;

/** The consumers of all nodes' connections. */
final class ConsumerResource implements ApiResource {
    private final AllNodes nodes;

    ConsumerResource(AllNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/consumers", Access.ANYBODY, call -> list(call, _ -> true))
                .get("/consumers/{vhost}", Access.OF_VIRTUAL_HOST, this::ofHost);
    }

    static Facts facts(Management management, ConnectionInfo connection, ChannelInfo channel, ConsumerInfo consumer) {
        return new Facts()
                .with("consumer_tag", consumer.tag())
                .with("ack_required", consumer.ackRequired())
                .with("prefetch_count", consumer.prefetch())
                .with("exclusive", consumer.exclusive())
                .with("active", consumer.activity() != ConsumerInfo.Activity.WAITING)
                .with("activity_status", consumer.activity().word())
                .with("consumer_timeout", consumer.timeout().toMillis())
                .with("arguments", Arguments.shown(consumer.arguments()))
                .with(
                        "queue",
                        new Facts()
                                .with("name", consumer.queue().name().name())
                                .with("vhost", consumer.queue().name().vhost()))
                .with(
                        "channel_details",
                        new Facts()
                                .with("name", ChannelResource.name(connection, channel))
                                .with("number", channel.number())
                                .with("node", management.settings().nodeName())
                                .with("user", connection.user())
                                .with("connection_name", connection.name())
                                .with(
                                        "peer_host",
                                        connection.peer().getAddress().getHostAddress())
                                .with("peer_port", connection.peer().getPort()));
    }

    private Answer list(Call call, Predicate<Facts> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        String user = call.login().user();
        List<Facts> all = nodes.list(OwnNode.Kind.CONSUMERS).stream()
                .filter(each -> Access.isMonitor(call.login()) || user.equals(each.get("channel_details", "user")))
                .filter(which)
                .toList();
        return Answer.of(Listing.of(call, all, List.of("queue.vhost", "queue.name", "consumer_tag")));
    }

    private Answer ofHost(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String host = call.host().name();
        return list(call, each -> host.equals(each.get("queue", "vhost")));
    }
}
