package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.TopicPermission;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** Which routing keys who may write and read by at a topic exchange. */
final class TopicPermissionResource implements ApiResource {
    private static final String ADDRESS = "/topic-permissions/{vhost}/{user}";
    private static final List<String> ORDER = List.of("vhost", "user", "exchange");

    private final Topology topology;

    TopicPermissionResource(Topology topology) {
        this.topology = topology;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/topic-permissions", Access.ADMINISTRATOR, call -> list(call, _ -> true))
                .get("/users/{user}/topic-permissions", Access.ADMINISTRATOR, this::ofUser)
                .get(ADDRESS, Access.ADMINISTRATOR, this::show)
                .put(ADDRESS, Access.ADMINISTRATOR, this::put)
                .delete(ADDRESS, Access.ADMINISTRATOR, this::delete)
                .delete(ADDRESS + "/{exchange}", Access.ADMINISTRATOR, this::delete);
    }

    static Facts facts(VirtualHost host, TopicPermission permission) {
        return new Facts()
                .with("user", permission.user())
                .with("vhost", host.name())
                .with("exchange", permission.exchange())
                .with("write", permission.write())
                .with("read", permission.read());
    }

    static List<Facts> all(Topology topology) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : topology.virtualHosts().list()) {
            for (TopicPermission permission : topology.permissions().listTopics(host)) {
                all.add(facts(host, permission));
            }
        }
        return all;
    }

    private Answer list(Call call, Predicate<Facts> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        return Answer.of(Listing.of(call, all(topology).stream().filter(which).toList(), ORDER));
    }

    private Answer ofUser(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String user = call.path("user");
        if (topology.users().find(user).isEmpty()) {
            throw Failure.notFound();
        }
        return list(call, facts -> user.equals(facts.get("user")));
    }

    private List<TopicPermission> find(Call call) throws Failure {
        String user = call.path("user");
        return topology.permissions().listTopics(call.host()).stream()
                .filter(each -> each.user().equals(user))
                .filter(each -> !call.has("exchange") || each.exchange().equals(call.path("exchange")))
                .toList();
    }

    private Answer show(Call call) throws Failure {
        List<TopicPermission> found = find(call);
        if (found.isEmpty()) {
            throw Failure.notFound();
        }
        VirtualHost host = call.host();
        return Answer.of(found.stream().map(each -> facts(host, each)).toList());
    }

    private Answer put(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        String user = call.path("user");
        if (call.named().isEmpty() || topology.users().find(user).isEmpty()) {
            throw Failure.badRequest("vhost_or_user_not_found");
        }
        boolean existed = !find(call).isEmpty();
        put(topology, call.host(), user, call.read());
        return Answer.put(existed);
    }

    static void put(Topology topology, VirtualHost host, String user, Body body)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        topology.permissions().setTopic(host, user, body.text("exchange"), body.text("write"), body.text("read"));
    }

    private Answer delete(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<TopicPermission> found = find(call);
        if (found.isEmpty()) {
            throw Failure.notFound();
        }
        for (TopicPermission each : found) {
            topology.permissions().clearTopic(call.host(), each.user(), each.exchange());
        }
        return Answer.nothing();
    }
}
