package weir.amqp.management;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.Owner;
import weir.amqp.queue.Queues;
import weir.amqp.topology.Login;
import weir.amqp.topology.Permission.Right;
import weir.amqp.topology.Permissions;
import weir.amqp.topology.Resource;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.core.broker.OutcomeUnknownException;

/** Queues: what there is, making, deleting and emptying one. */
final class QueueResource implements ApiResource {
    private static final String ADDRESS = "/queues/{vhost}/{queue}";
    private static final String TYPE = "x-queue-type";
    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

    private final Management management;
    private final Topology topology;
    private final QueueViews views;
    private final AllNodes nodes;
    private final Samples samples;

    QueueResource(Management management, QueueViews views, AllNodes nodes, Samples samples) {
        this.management = management;
        this.samples = samples;
        this.nodes = nodes;
        this.topology = management.topology();
        this.views = views;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/queues", Access.OF_VIRTUAL_HOST, this::list)
                .get("/queues/detailed", Access.OF_VIRTUAL_HOST, this::list)
                .get("/queues/{vhost}", Access.OF_VIRTUAL_HOST, this::list)
                .get(ADDRESS, Access.OF_VIRTUAL_HOST, this::show)
                .put(ADDRESS, Access.OF_VIRTUAL_HOST, this::declare)
                .delete(ADDRESS, Access.OF_VIRTUAL_HOST, this::delete)
                .delete(ADDRESS + "/contents", Access.OF_VIRTUAL_HOST, this::purge);
    }

    // ---- Looking

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<VirtualHost> hosts = call.hosts();
        Map<String, VirtualHost> byName = new HashMap<>();
        hosts.forEach(host -> byName.put(host.name(), host));
        IdentityHashMap<Facts, AmqpQueue> queues = new IdentityHashMap<>();
        List<Facts> all = new ArrayList<>();
        for (AmqpQueue queue : views.of(hosts)) {
            VirtualHost host = byName.get(queue.name().vhost());
            if (host != null) {
                Facts facts = views.basic(queue, host);
                queues.put(facts, queue);
                all.add(facts);
            }
        }
        boolean counters = !call.wants("disable_stats") || call.wants("enable_queue_totals");
        Listing.Rest rest = counters ? shown -> addCounters(call, shown, queues) : _ -> {};
        return Answer.of(new Listing(call, List.of("vhost", "name"), QueueViews.CHEAP).list(all, rest));
    }

    private void addCounters(Call call, List<Facts> shown, IdentityHashMap<Facts, AmqpQueue> queues)
            throws Failure, InterruptedException {
        Map<Long, Facts> uses =
                nodes.uses(shown.stream().map(each -> idOf(queues.get(each))).toList());
        for (Facts facts : shown) {
            AmqpQueue queue = queues.get(facts);
            if (queue != null) {
                views.addCounters(facts, queue, uses.getOrDefault(idOf(queue), new Facts()));
                samples.addTo(facts, call, "queue " + idOf(queue));
            }
        }
    }

    private static long idOf(@Nullable AmqpQueue queue) {
        return queue == null ? OwnNode.ANY_QUEUE : queue.queue().id();
    }

    private Optional<AmqpQueue> find(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return views.find(call.host(), call.path("queue"));
    }

    private AmqpQueue required(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return find(call).orElseThrow(Failure::notFound);
    }

    private Answer show(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = required(call);
        Facts facts = views.basic(queue, call.host());
        if (!call.wants("disable_stats") || call.wants("enable_queue_totals")) {
            long id = idOf(queue);
            views.addCounters(facts, queue, nodes.uses(List.of(id)).getOrDefault(id, new Facts()));
            samples.addTo(facts, call, "queue " + id);
            facts.with("consumer_details", nodes.list(OwnNode.Kind.CONSUMERS, id))
                    .with("deliveries", List.of())
                    .with("incoming", List.of());
        }
        return Answer.of(Listing.columns(call, facts));
    }

    // ---- Changing

    /** As nobody's connection: what is exclusive is not this one's. */
    static Owner owner(Management management) {
        return new Owner(management.front().run(), "management");
    }

    private Answer declare(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.hostToChange();
        String name = call.path("queue");
        if (Declaration.stripped(name).isEmpty()) {
            throw Failure.badRequest("a queue's name may not be empty here");
        }
        boolean existed = views.find(host, name).isPresent();
        Declaration declaration = declaration(host, name, call.read());
        Permissions permissions = topology.permissions();
        permissions.check(
                call.login(), host, Resource.queue(host, declaration.name().name()), Right.CONFIGURE);
        Queues queues = management.front().queues();
        queues.checkRoom(declaration, host.queuesMax());
        String type = declaration.arguments().type().toString();
        queues.declare(
                declaration,
                topology.policies().ofQueue(host.name(), name, type),
                owner(management),
                _ -> checkMayBeMade(call.login(), host, declaration));
        return Answer.put(existed);
    }

    static Declaration declaration(VirtualHost host, String name, Body body) throws Failure {
        FieldTable arguments = body.table("arguments");
        String type = body.text("type", host.defaultQueueType());
        FieldTable typed = type.isEmpty() || arguments.has(TYPE) ? arguments : arguments.with(TYPE, type);
        return new Declaration(
                host.name(), name, body.truth("durable", false), false, body.truth("auto_delete", false), typed);
    }

    private void checkMayBeMade(Login login, VirtualHost host, Declaration declaration) throws AmqpException {
        Permissions permissions = topology.permissions();
        Resource queue = Resource.queue(host, declaration.name().name());
        if (declaration.arguments().table().get(DEAD_LETTER_EXCHANGE) instanceof String exchange) {
            permissions.check(login, host, queue, Right.READ);
            permissions.check(login, host, Resource.exchange(host, exchange), Right.WRITE);
        }
    }

    private Answer delete(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = required(call);
        topology.permissions()
                .check(
                        call.login(),
                        call.host(),
                        Resource.queue(call.host(), queue.name().name()),
                        Right.CONFIGURE);
        management
                .front()
                .queues()
                .delete(queue.name(), call.wants("if-unused"), call.wants("if-empty"), owner(management));
        topology.bindings().queueDeleted();
        return Answer.nothing();
    }

    private Answer purge(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = required(call);
        topology.permissions()
                .check(
                        call.login(),
                        call.host(),
                        Resource.queue(call.host(), queue.name().name()),
                        Right.READ);
        management.front().queues().purge(queue.name(), owner(management));
        return Answer.nothing();
    }
}
