package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import weir.amqp.topology.Policy;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/**
 * What RabbitMQ keeps as parameters of components. Here that is nothing of its own: operators' policies and virtual hosts' limits
 * are shown so, too, as RabbitMQ does, and are changed at their own addresses.
 */
final class ParameterResource implements ApiResource {
    static final String OPERATOR_POLICY = "operator_policy";
    static final String LIMITS = "vhost-limits";
    private static final String CLUSTER_NAME = "cluster_name";

    private final Management management;

    ParameterResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        Access looking = Access.POLICYMAKER_OF_VIRTUAL_HOST;
        String address = "/parameters/{component}/{vhost}/{name}";
        routes.get("/parameters", looking, this::list)
                .get("/parameters/{component}", looking, this::list)
                .get("/parameters/{component}/{vhost}", looking, this::list)
                .get(address, looking, this::show)
                .put(address, looking, call -> {
                    throw Failure.badRequest(
                            "Validation failed\n\ncomponent " + call.path("component") + " not found\n");
                })
                .get("/global-parameters", Access.POLICYMAKER, call -> Answer.of(Listing.of(call, global())))
                .get("/global-parameters/{name}", Access.POLICYMAKER, this::showGlobal);
    }

    static Facts parameter(VirtualHost host, String component, String name, Object value) {
        return new Facts()
                .with("vhost", host.name())
                .with("component", component)
                .with("name", name)
                .with("value", value);
    }

    /** Of these virtual hosts. */
    static List<Facts> all(Management management, List<VirtualHost> hosts) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : hosts) {
            for (Policy policy : management.topology().policies().listOperators(host)) {
                Facts value =
                        PolicyResource.facts(host, policy).without("vhost").without("name");
                all.add(parameter(host, OPERATOR_POLICY, policy.name(), value));
            }
            Facts limits = VirtualHostResource.limits(host);
            if (!limits.asMap().isEmpty()) {
                all.add(parameter(host, LIMITS, "limits", limits));
            }
        }
        return all;
    }

    private List<Facts> of(Call call) throws Failure {
        return all(management, call.hosts()).stream()
                .filter(each -> !call.has("component") || call.path("component").equals(each.get("component")))
                .toList();
    }

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return Answer.of(Listing.of(call, of(call)));
    }

    private Answer show(Call call) throws Failure {
        return Answer.of(of(call).stream()
                .filter(each -> call.path("name").equals(each.get("name")))
                .findFirst()
                .orElseThrow(Failure::notFound));
    }

    private List<Facts> global() {
        return List.of(new Facts()
                .with("name", CLUSTER_NAME)
                .with("value", management.front().settings().cluster()));
    }

    private Answer showGlobal(Call call) throws Failure {
        return Answer.of(global().stream()
                .filter(each -> call.path("name").equals(each.get("name")))
                .findFirst()
                .orElseThrow(Failure::notFound));
    }
}
