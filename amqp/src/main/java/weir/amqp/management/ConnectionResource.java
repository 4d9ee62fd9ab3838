package weir.amqp.management;

import java.util.List;
import java.util.function.Predicate;
import weir.amqp.session.ConnectionInfo;
import weir.core.broker.OutcomeUnknownException;

/** This node's connections: who is there, and closing one. */
final class ConnectionResource implements ApiResource {
    private static final String ADDRESS = "/connections/{connection}";
    private static final String OF_USER = "/connections/username/{user}";
    private static final String CLOSED = "Closed via management plugin";

    private final Management management;

    ConnectionResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/connections", Access.ANYBODY, call -> list(call, _ -> true))
                .get("/vhosts/{vhost}/connections", Access.OF_VIRTUAL_HOST, this::ofHost)
                .get(
                        OF_USER,
                        Access.ANYBODY,
                        call -> list(call, each -> each.user().equals(call.path("user"))))
                .delete(OF_USER, Access.ANYBODY, this::closeOfUser)
                .get(ADDRESS, Access.ANYBODY, call -> Answer.of(Listing.columns(call, facts(management, find(call)))))
                .delete(ADDRESS, Access.ANYBODY, this::close)
                .get(ADDRESS + "/channels", Access.ANYBODY, this::channels);
    }

    static Facts facts(Management management, ConnectionInfo connection) {
        Facts facts = new Facts()
                .with("name", connection.name())
                .with("node", management.settings().nodeName())
                .with("pid", "<" + management.settings().nodeName() + "." + connection.id() + ">")
                .with("type", "network")
                .with("protocol", "AMQP 0-9-1")
                .with("user", connection.user())
                .with("user_who_performed_action", connection.user())
                .with("vhost", connection.host())
                .with("state", connection.state())
                .with("host", connection.local().getAddress().getHostAddress())
                .with("port", connection.local().getPort())
                .with("peer_host", connection.peer().getAddress().getHostAddress())
                .with("peer_port", connection.peer().getPort())
                .with("ssl", connection.tls())
                .with("channels", connection.channels().size())
                .with("channel_max", connection.channelMax())
                .with("frame_max", connection.frameMax())
                .with("timeout", connection.heartbeatSeconds())
                .with("connected_at", connection.connectedAtMillis())
                .with("client_properties", Arguments.shown(connection.clientProperties()));
        if (connection.clientProperties().get("connection_name") instanceof String name) {
            facts.with("user_provided_name", name);
        }
        return facts;
    }

    /** Those that the caller is shown: all, or his own. */
    static List<ConnectionInfo> visible(Management management, Call call) {
        return management.sessions().connections().stream()
                .filter(each -> Access.isMonitor(call.login()) || isOwn(each, call))
                .toList();
    }

    private static boolean isOwn(ConnectionInfo connection, Call call) {
        return connection.user().equals(call.login().user());
    }

    private Answer list(Call call, Predicate<ConnectionInfo> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = visible(management, call).stream()
                .filter(which)
                .map(each -> facts(management, each))
                .toList();
        return Answer.of(Listing.of(call, all));
    }

    private Answer ofHost(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String host = call.host().name();
        return list(call, each -> each.host().equals(host));
    }

    private ConnectionInfo find(Call call) throws Failure {
        ConnectionInfo found = management.sessions().connections().stream()
                .filter(each -> each.name().equals(call.path("connection")))
                .findFirst()
                .orElseThrow(Failure::notFound);
        checkMay(Access.isMonitor(call.login()), found, call);
        return found;
    }

    private static void checkMay(boolean all, ConnectionInfo connection, Call call) throws Failure {
        if (!all && !isOwn(connection, call)) {
            throw Failure.notAuthorised("User not authorised to access object");
        }
    }

    private Answer channels(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        ConnectionInfo connection = find(call);
        List<Facts> all = connection.channels().stream()
                .map(each -> ChannelResource.facts(management, connection, each))
                .toList();
        return Answer.of(Listing.of(call, all, List.of("number")));
    }

    private Answer close(Call call) throws Failure {
        ConnectionInfo connection = find(call);
        checkMay(Access.isAdministrator(call.login()), connection, call);
        management.sessions().close(connection.id(), reason(call));
        return Answer.nothing();
    }

    private Answer closeOfUser(Call call) throws Failure {
        for (ConnectionInfo each : management.sessions().connections()) {
            if (each.user().equals(call.path("user"))) {
                checkMay(Access.isAdministrator(call.login()), each, call);
                management.sessions().close(each.id(), reason(call));
            }
        }
        return Answer.nothing();
    }

    private static String reason(Call call) {
        return call.reason().isEmpty() ? CLOSED : call.reason();
    }
}
