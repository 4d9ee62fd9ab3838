package weir.amqp.management;

import java.util.List;
import java.util.Optional;
import weir.amqp.topology.Account;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** How many connections, queues and channels virtual hosts and users may have. */
final class LimitResource implements ApiResource {
    private static final String CONNECTIONS = "max-connections";
    private static final String QUEUES = "max-queues";
    private static final String CHANNELS = "max-channels";
    private static final String OF_HOST = "/vhost-limits/{vhost}/{name}";
    private static final String OF_USER = "/user-limits/{user}/{name}";

    private final Topology topology;

    LimitResource(Topology topology) {
        this.topology = topology;
    }

    @Override
    public void register(Routes routes) {
        Access changing = Access.ADMINISTRATOR;
        routes.get("/vhost-limits", Access.ANYBODY, call -> hosts(call, call.visibleHosts()))
                .get("/vhost-limits/{vhost}", Access.OF_VIRTUAL_HOST, call -> hosts(call, List.of(call.host())))
                .put(OF_HOST, changing, call -> limitHost(call, call.read().number("value")))
                .delete(OF_HOST, changing, call -> limitHost(call, VirtualHost.UNLIMITED))
                .get(
                        "/user-limits",
                        changing,
                        call -> users(call, topology.users().list()))
                .get("/user-limits/{user}", Access.ANYBODY, this::user)
                .put(OF_USER, changing, call -> limitUser(call, call.read().number("value")))
                .delete(OF_USER, changing, call -> limitUser(call, VirtualHost.UNLIMITED));
    }

    // ---- Of virtual hosts

    private static Answer hosts(Call call, List<VirtualHost> hosts)
            throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = hosts.stream()
                .filter(host -> !VirtualHostResource.limits(host).asMap().isEmpty())
                .map(host -> new Facts().with("vhost", host.name()).with("value", VirtualHostResource.limits(host)))
                .toList();
        return Answer.of(Listing.of(call, all, List.of("vhost")));
    }

    private Answer limitHost(Call call, long value)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.hostToChange();
        switch (call.path("name")) {
            case CONNECTIONS -> topology.virtualHosts().limit(host, checked(value), host.queuesMax());
            case QUEUES -> topology.virtualHosts().limit(host, host.connectionsMax(), checked(value));
            case String other -> throw unknown(other);
        }
        return Answer.nothing();
    }

    // ---- Of users

    private static Answer users(Call call, List<Account> users)
            throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = users.stream()
                .filter(user -> !UserResource.limits(user).asMap().isEmpty())
                .map(user -> new Facts().with("user", user.user()).with("value", UserResource.limits(user)))
                .toList();
        return Answer.of(Listing.of(call, all, List.of("user")));
    }

    private Account required(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Optional<Account> account = topology.users().find(call.path("user"));
        return account.orElseThrow(Failure::notFound);
    }

    private Answer user(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        boolean own = call.path("user").equals(call.login().user());
        if (!own && !Access.isMonitor(call.login())) {
            throw Failure.notAuthorised("User not authorised to access object");
        }
        return users(call, List.of(required(call)));
    }

    private Answer limitUser(Call call, long value)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        Account user = required(call);
        switch (call.path("name")) {
            case CONNECTIONS -> topology.users().limit(user.user(), checked(value), user.channelsMax());
            case CHANNELS -> topology.users().limit(user.user(), user.connectionsMax(), checked(value));
            case String other -> throw unknown(other);
        }
        return Answer.nothing();
    }

    /** A negative one is none, as in RabbitMQ. */
    private static long checked(long value) {
        return Math.max(VirtualHost.UNLIMITED, value);
    }

    private static Failure unknown(String name) {
        return Failure.badRequest("Unrecognised limit: <<\"" + name + "\">>");
    }
}
