package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import weir.amqp.topology.Permission;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** Who may configure, write and read what in a virtual host. */
final class PermissionResource implements ApiResource {
    private static final String ADDRESS = "/permissions/{vhost}/{user}";

    private final Topology topology;

    PermissionResource(Topology topology) {
        this.topology = topology;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/permissions", Access.ADMINISTRATOR, call -> list(call, _ -> true))
                .get("/users/{user}/permissions", Access.ADMINISTRATOR, this::ofUser)
                .get(ADDRESS, Access.ADMINISTRATOR, this::show)
                .put(ADDRESS, Access.ADMINISTRATOR, this::put)
                .delete(ADDRESS, Access.ADMINISTRATOR, this::delete);
    }

    static Facts facts(VirtualHost host, Permission permission) {
        return new Facts()
                .with("user", permission.user())
                .with("vhost", host.name())
                .with("configure", permission.configure().text())
                .with("write", permission.write().text())
                .with("read", permission.read().text());
    }

    /** All of all users that there are. */
    static List<Facts> all(Topology topology) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : topology.virtualHosts().list()) {
            for (Permission permission : topology.permissions().list(host)) {
                all.add(facts(host, permission));
            }
        }
        return all;
    }

    private Answer list(Call call, Predicate<Facts> which)
            throws Failure, OutcomeUnknownException, InterruptedException {
        return Answer.of(Listing.of(call, all(topology).stream().filter(which).toList(), List.of("vhost", "user")));
    }

    private Answer ofUser(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String user = call.path("user");
        if (topology.users().find(user).isEmpty()) {
            throw Failure.notFound();
        }
        return list(call, facts -> user.equals(facts.get("user")));
    }

    private Optional<Permission> find(Call call) throws Failure {
        String user = call.path("user");
        return topology.permissions().list(call.host()).stream()
                .filter(each -> each.user().equals(user))
                .findFirst();
    }

    private Answer show(Call call) throws Failure {
        return Answer.of(facts(call.host(), find(call).orElseThrow(Failure::notFound)));
    }

    private Answer put(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        String user = call.path("user");
        if (call.named().isEmpty() || topology.users().find(user).isEmpty()) {
            throw Failure.badRequest("vhost_or_user_not_found");
        }
        boolean existed = find(call).isPresent();
        put(topology, call.host(), user, call.read());
        return Answer.put(existed);
    }

    static void put(Topology topology, VirtualHost host, String user, Body body)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        topology.permissions().set(host, user, body.text("configure"), body.text("write"), body.text("read"));
    }

    private Answer delete(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Permission permission = find(call).orElseThrow(Failure::notFound);
        topology.permissions().clear(call.host(), permission.user());
        return Answer.nothing();
    }
}
