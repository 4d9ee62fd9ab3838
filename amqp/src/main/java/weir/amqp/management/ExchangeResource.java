package weir.amqp.management;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.Exchanges;
import weir.amqp.topology.Policy;
import weir.amqp.topology.Resource;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.core.broker.OutcomeUnknownException;

/** Exchanges. */
final class ExchangeResource implements ApiResource {
    private static final String ADDRESS = "/exchanges/{vhost}/{exchange}";

    /** How addresses name the exchange that has no name. */
    private static final String DEFAULT = "amq.default";

    private static final Set<String> CHEAP =
            Set.of("vhost", "name", "type", "durable", "auto_delete", "internal", "arguments", "policy");

    private final Topology topology;
    private final AllNodes nodes;

    ExchangeResource(Topology topology, AllNodes nodes) {
        this.topology = topology;
        this.nodes = nodes;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/exchanges", Access.OF_VIRTUAL_HOST, this::list)
                .get("/exchanges/{vhost}", Access.OF_VIRTUAL_HOST, this::list)
                .get(ADDRESS, Access.OF_VIRTUAL_HOST, this::show)
                .put(ADDRESS, Access.OF_VIRTUAL_HOST, this::declare)
                .delete(ADDRESS, Access.OF_VIRTUAL_HOST, this::delete);
    }

    /** The exchange that an address means. */
    static String named(String segment) {
        return segment.equals(DEFAULT) ? Exchange.DEFAULT : segment;
    }

    private Facts facts(VirtualHost host, Exchange exchange) {
        Optional<Policy> policy = topology.policies().winner(false, Resource.exchange(host, exchange.name()), "");
        @Nullable String policyName = policy.map(Policy::name).orElse(null);
        Facts facts = new Facts()
                .with("name", exchange.name())
                .with("vhost", host.name())
                .with("type", exchange.type().word())
                .with("durable", exchange.durable())
                .with("auto_delete", exchange.autoDelete())
                .with("internal", exchange.internal())
                .with("arguments", Arguments.shown(exchange.arguments()))
                .with("user_who_performed_action", "");
        return policyName == null ? facts : facts.with("policy", policyName);
    }

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = new ArrayList<>();
        IdentityHashMap<Facts, Exchange> exchanges = new IdentityHashMap<>();
        for (VirtualHost host : call.hosts()) {
            for (Exchange exchange : topology.exchanges().list(host)) {
                Facts facts = facts(host, exchange);
                exchanges.put(facts, exchange);
                all.add(facts);
            }
        }
        Listing.Rest rest = call.wants("disable_stats") ? _ -> {} : shown -> addTraffic(shown, exchanges);
        return Answer.of(new Listing(call, List.of("vhost", "name"), CHEAP).list(all, rest));
    }

    private void addTraffic(List<Facts> shown, IdentityHashMap<Facts, Exchange> exchanges) throws InterruptedException {
        IdentityHashMap<Facts, String> ids = new IdentityHashMap<>();
        for (Facts facts : shown) {
            Exchange exchange = exchanges.get(facts);
            if (exchange != null) {
                ids.put(facts, exchange.id());
            }
        }
        Map<String, Facts> routed = nodes.routed(List.copyOf(ids.values()));
        ids.forEach((facts, id) -> facts.withAll(routed.getOrDefault(id, new Facts())));
    }

    private Optional<Exchange> find(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return topology.exchanges().find(call.host(), named(call.path("exchange")));
    }

    private Answer show(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Exchange exchange = find(call).orElseThrow(Failure::notFound);
        Facts facts = facts(call.host(), exchange);
        if (!call.wants("disable_stats")) {
            facts.withAll(nodes.routed(List.of(exchange.id())).getOrDefault(exchange.id(), new Facts()))
                    .with("incoming", List.of())
                    .with("outgoing", List.of());
        }
        return Answer.of(Listing.columns(call, facts));
    }

    private Answer declare(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.hostToChange();
        boolean existed = find(call).isPresent();
        topology.exchanges().declare(call.login(), host, declaration(named(call.path("exchange")), call.read()));
        return Answer.put(existed);
    }

    static Exchanges.Declaration declaration(String name, Body body) throws Failure {
        return new Exchanges.Declaration(
                name,
                body.text("type", "direct"),
                body.truth("durable", false),
                body.truth("auto_delete", false),
                body.truth("internal", false),
                body.table("arguments"));
    }

    private Answer delete(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        Exchange exchange = find(call).orElseThrow(Failure::notFound);
        topology.exchanges().delete(call.login(), call.host(), exchange.name(), call.wants("if-unused"));
        return Answer.nothing();
    }
}
