package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import weir.amqp.topology.Policy;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.FieldTable;
import weir.core.broker.OutcomeUnknownException;

/** Policies; or operators' policies, which only administrators set. */
final class PolicyResource implements ApiResource {
    private static final String ALL = "all";

    private final Topology topology;
    private final boolean operators;

    PolicyResource(Topology topology, boolean operators) {
        this.topology = topology;
        this.operators = operators;
    }

    @Override
    public void register(Routes routes) {
        String root = operators ? "/operator-policies" : "/policies";
        String address = root + "/{vhost}/{name}";
        Access looking = Access.POLICYMAKER_OF_VIRTUAL_HOST;
        Access changing = operators ? Access.ADMINISTRATOR : looking;
        routes.get(root, looking, this::list)
                .get(root + "/{vhost}", looking, this::list)
                .get(address, looking, this::show)
                .put(address, changing, this::put)
                .delete(address, changing, this::delete);
    }

    static Facts facts(VirtualHost host, Policy policy) {
        return new Facts()
                .with("vhost", host.name())
                .with("name", policy.name())
                .with("pattern", policy.pattern().text())
                .with("apply-to", policy.scope().word())
                .with("definition", Arguments.shown(policy.definition()))
                .with("priority", policy.priority());
    }

    private List<Policy> of(VirtualHost host) {
        return operators
                ? topology.policies().listOperators(host)
                : topology.policies().list(host);
    }

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : call.hosts()) {
            of(host).forEach(policy -> all.add(facts(host, policy)));
        }
        return Answer.of(Listing.of(call, all));
    }

    private Optional<Policy> find(Call call) throws Failure {
        String name = call.path("name");
        return of(call.host()).stream().filter(each -> each.name().equals(name)).findFirst();
    }

    private Answer show(Call call) throws Failure {
        return Answer.of(facts(call.host(), find(call).orElseThrow(Failure::notFound)));
    }

    private Answer put(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.hostToChange();
        boolean existed = find(call).isPresent();
        set(topology, host, operators, call.path("name"), call.read());
        return Answer.put(existed);
    }

    static void set(Topology topology, VirtualHost host, boolean operator, String name, Body body)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        if (!body.has("definition")) {
            throw Failure.badRequest("[{key_missing,definition}]");
        }
        set(topology, host, operator, name, body, body.table("definition"));
    }

    /** @param definition in the place of what the body has */
    static void set(
            Topology topology, VirtualHost host, boolean operator, String name, Body body, FieldTable definition)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        topology.policies()
                .set(
                        host,
                        operator,
                        name,
                        body.text("pattern"),
                        body.text("apply-to", ALL),
                        body.number("priority", 0L),
                        definition);
    }

    private Answer delete(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Policy policy = find(call).orElseThrow(Failure::notFound);
        topology.policies().clear(call.host(), operators, policy.name());
        return Answer.nothing();
    }
}
