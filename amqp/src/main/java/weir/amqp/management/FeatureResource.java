package weir.amqp.management;

import java.util.List;

/** What tools ask for of which there is nothing here: an empty list says so. */
final class FeatureResource implements ApiResource {
    private final Management management;

    FeatureResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        for (String address : List.of("/feature-flags", "/deprecated-features", "/deprecated-features/used")) {
            routes.get(address, Access.ANYBODY, _ -> Answer.of(List.of()));
        }
        for (String address : List.of("/auth/attempts/{node}", "/auth/attempts/{node}/source")) {
            routes.get(address, Access.MONITORING, this::attempts);
        }
        // Leaders are balanced all the time: what is asked for is being done.
        routes.post("/rebalance/queues", Access.ADMINISTRATOR, _ -> Answer.nothing());
    }

    private Answer attempts(Call call) throws Failure {
        if (!call.path("node").equals(management.settings().nodeName())) {
            throw Failure.notFound();
        }
        return Answer.of(List.of());
    }
}
