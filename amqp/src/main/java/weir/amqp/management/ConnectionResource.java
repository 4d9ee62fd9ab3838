package weir.amqp.management;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import weir.amqp.session.ConnectionInfo;
import weir.core.broker.OutcomeUnknownException;

/** The connections of all nodes: who is there, and closing one. */
final class ConnectionResource implements ApiResource {
    private static final String ADDRESS = "/connections/{connection}";
    private static final String OF_USER = "/connections/username/{user}";
    private static final String CLOSED = "Closed via management plugin";

    private final AllNodes nodes;

    ConnectionResource(AllNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/connections", Access.ANYBODY, call -> list(call, _ -> true))
                .get("/vhosts/{vhost}/connections", Access.OF_VIRTUAL_HOST, this::ofHost)
                .get(OF_USER, Access.ANYBODY, call -> list(call, each -> isOf(each, call.path("user"))))
                .delete(OF_USER, Access.ANYBODY, this::closeOfUser)
                .get(ADDRESS, Access.ANYBODY, call -> Answer.of(Listing.columns(call, find(call))))
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
                .with("auth_mechanism", connection.mechanism())
                .with("ssl", connection.tls().isPresent())
                .with("channels", connection.channels().size())
                .with("channel_max", connection.channelMax())
                .with("frame_max", connection.frameMax())
                .with("timeout", connection.heartbeatSeconds())
                .with("connected_at", connection.connectedAtMillis())
                .with("client_properties", Arguments.shown(connection.clientProperties()));
        facts.withAll(MessageStats.counted(connection.carried())).with("send_pend", connection.sendPending());
        connection.tls().ifPresent(tls -> facts.withAll(TlsFacts.of(tls)));
        if (connection.clientProperties().get("connection_name") instanceof String name) {
            facts.with("user_provided_name", name);
        }
        return facts;
    }

    /** Those that the caller is shown: all, or his own. */
    static List<Facts> visible(List<Facts> all, Call call) {
        return Access.isMonitor(call.login())
                ? all
                : all.stream().filter(each -> isOf(each, call.login().user())).toList();
    }

    private static boolean isOf(Facts connection, String user) {
        return user.equals(connection.get("user"));
    }

    private Answer list(Call call, Predicate<Facts> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = visible(nodes.list(OwnNode.Kind.CONNECTIONS), call).stream()
                .filter(which)
                .toList();
        return Answer.of(Listing.of(call, all));
    }

    private Answer ofHost(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String host = call.host().name();
        return list(call, each -> host.equals(each.get("vhost")));
    }

    private Facts find(Call call) throws Failure, InterruptedException {
        Optional<Facts> here = named(nodes.here(OwnNode.Kind.CONNECTIONS), call);
        Facts found = here.isPresent()
                ? here.get()
                : named(nodes.list(OwnNode.Kind.CONNECTIONS), call).orElseThrow(Failure::notFound);
        checkMay(Access.isMonitor(call.login()), found, call);
        return found;
    }

    private static Optional<Facts> named(List<Facts> connections, Call call) {
        return connections.stream()
                .filter(each -> call.path("connection").equals(each.get("name")))
                .findFirst();
    }

    private static void checkMay(boolean all, Facts connection, Call call) throws Failure {
        if (!all && !isOf(connection, call.login().user())) {
            throw Failure.notAuthorised("User not authorised to access object");
        }
    }

    private Answer channels(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String name = String.valueOf(find(call).get("name"));
        List<Facts> all = nodes.list(OwnNode.Kind.CHANNELS).stream()
                .filter(each -> name.equals(each.get("connection_details", "name")))
                .toList();
        return Answer.of(Listing.of(call, all, List.of("number")));
    }

    private Answer close(Call call) throws Failure, InterruptedException {
        Facts connection = find(call);
        checkMay(Access.isAdministrator(call.login()), connection, call);
        nodes.close(connection, reason(call));
        return Answer.nothing();
    }

    private Answer closeOfUser(Call call) throws Failure, InterruptedException {
        for (Facts each : nodes.list(OwnNode.Kind.CONNECTIONS)) {
            if (isOf(each, call.path("user"))) {
                checkMay(Access.isAdministrator(call.login()), each, call);
                nodes.close(each, reason(call));
            }
        }
        return Answer.nothing();
    }

    private static String reason(Call call) {
        return call.reason().isEmpty() ? CLOSED : call.reason();
    }
}
