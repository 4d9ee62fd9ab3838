package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import weir.amqp.queue.QueueType;
import weir.amqp.topology.Permission;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.TopicPermission;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** Virtual hosts, and who has permissions in one. */
final class VirtualHostResource implements ApiResource {
    private static final String ADDRESS = "/vhosts/{vhost}";
    private static final String EVERYTHING = ".*";
    private static final String TRACING = "tracing";

    private final Management management;
    private final Topology topology;
    private final QueueTotals totals;
    private final AllNodes nodes;

    VirtualHostResource(Management management, QueueTotals totals, AllNodes nodes) {
        this.management = management;
        this.nodes = nodes;
        this.topology = management.topology();
        this.totals = totals;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/vhosts", Access.ANYBODY, this::list)
                .get(ADDRESS, Access.ADMINISTRATOR, this::show)
                .put(ADDRESS, Access.ADMINISTRATOR, this::put)
                .delete(ADDRESS, Access.ADMINISTRATOR, this::delete)
                .get(ADDRESS + "/permissions", Access.ADMINISTRATOR, this::permissions)
                .get(ADDRESS + "/topic-permissions", Access.ADMINISTRATOR, this::topicPermissions);
    }

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = new ArrayList<>();
        Facts traffic = nodes.totals();
        for (VirtualHost host : call.visibleHosts()) {
            all.add(whole(host, traffic));
        }
        return Answer.of(Listing.of(call, all, List.of("name")));
    }

    private Answer show(Call call) throws Failure, InterruptedException {
        return Answer.of(Listing.columns(call, whole(call.host(), nodes.totals())));
    }

    private Facts whole(VirtualHost host, Facts traffic) throws InterruptedException {
        Facts facts = basic(host);
        totals.of(List.of(host)).addTo(facts);
        Object stats = traffic.get(OwnNode.HOSTS, host.name());
        if (stats != null) { // None if nothing has gone through it, as in RabbitMQ.
            facts.with("message_stats", stats);
        }
        return facts.with("cluster_state", Map.of(management.settings().nodeName(), "running"));
    }

    private Facts basic(VirtualHost host) {
        Facts metadata = metadata(host);
        return new Facts()
                .with("name", host.name())
                .with("description", host.description())
                .with("tags", Facts.sorted(host.tags()))
                .with("default_queue_type", typeOf(host))
                .with("metadata", metadata)
                .with("tracing", management.front().firehose().isOn(host))
                .with("protected_from_deletion", false);
    }

    static Facts metadata(VirtualHost host) {
        return new Facts()
                .with("description", host.description())
                .with("tags", Facts.sorted(host.tags()))
                .with("default_queue_type", typeOf(host));
    }

    /** By RabbitMQ's names; empty if it has none. */
    static Facts limits(VirtualHost host) {
        Facts limits = new Facts();
        if (host.connectionsMax() != VirtualHost.UNLIMITED) {
            limits.with("max-connections", host.connectionsMax());
        }
        if (host.queuesMax() != VirtualHost.UNLIMITED) {
            limits.with("max-queues", host.queuesMax());
        }
        return limits;
    }

    private static String typeOf(VirtualHost host) {
        return host.defaultQueueType().isEmpty() ? QueueType.CLASSIC.toString() : host.defaultQueueType();
    }

    private Answer put(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        Body body = call.read();
        Optional<VirtualHost> before = call.named();
        if (before.isPresent() && body.values().keySet().equals(Set.of(TRACING))) {
            OperatorResource.trace(management.front(), before.get(), body.truth(TRACING, false));
            return Answer.put(true);
        }
        VirtualHost host = put(topology, call.path(Call.HOST), body);
        if (before.isEmpty() && !call.login().isSystem()) { // As RabbitMQ does: whoever makes one may use it.
            topology.permissions().set(host, call.login().user(), EVERYTHING, EVERYTHING, EVERYTHING);
        }
        if (body.has(TRACING)) {
            OperatorResource.trace(management.front(), host, body.truth(TRACING, false));
        }
        return Answer.put(before.isPresent());
    }

    /** Makes a virtual host, or changes it; what is said of it may be in {@code metadata}, as in files of definitions. */
    static VirtualHost put(Topology topology, String name, Body body)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        Body metadata = body.object("metadata");
        Body tagged = body.has("tags") ? body : metadata;
        String type =
                body.text("default_queue_type", body.text("defaultqueuetype", metadata.text("default_queue_type", "")));
        String known = type.equals("undefined") ? "" : type;
        if (!known.isEmpty() && QueueType.named(known).isEmpty()) {
            throw Failure.badRequest("Unsupported default queue type '" + known + "'");
        }
        return topology.virtualHosts()
                .put(name, body.text("description", metadata.text("description", "")), tagged.tags("tags"), known);
    }

    private Answer delete(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        if (host.name().equals(VirtualHost.DEFAULT)) {
            throw Failure.preconditionFailed("Refusing to delete virtual host '/': its queues are those of all fronts");
        }
        topology.virtualHosts().delete(host);
        return Answer.nothing();
    }

    private Answer permissions(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        List<Permission> all = topology.permissions().list(host);
        return Answer.of(Listing.of(
                call,
                all.stream().map(each -> PermissionResource.facts(host, each)).toList(),
                List.of("vhost", "user")));
    }

    private Answer topicPermissions(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        List<TopicPermission> all = topology.permissions().listTopics(host);
        return Answer.of(Listing.of(
                call,
                all.stream()
                        .map(each -> TopicPermissionResource.facts(host, each))
                        .toList(),
                List.of("vhost", "user", "exchange")));
    }
}
