package weir.amqp.management;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;

/** Health checks: 200 if all is well, 503 and a reason if not. */
final class HealthResource implements ApiResource {
    private static final Facts OK = new Facts().with("status", "ok");
    private static final String NO_LISTENER = "No active listener";

    private final Management management;
    private final AllNodes nodes;

    HealthResource(Management management, AllNodes nodes) {
        this.management = management;
        this.nodes = nodes;
    }

    @Override
    public void register(Routes routes) {
        Access who = Access.ANYBODY;
        String checks = "/health/checks/";
        routes.get(checks + "alarms", who, _ -> alarms("There are alarms in effect in the cluster", nodes.alarms()))
                .get(checks + "local-alarms", who, _ -> localAlarms())
                .get(checks + "virtual-hosts", who, _ -> Answer.of(OK))
                .get(checks + "port-listener/{port}", who, this::port)
                .get(checks + "protocol-listener/{protocols}", who, this::protocols)
                .get(checks + "node-is-quorum-critical", who, _ -> critical())
                .get(checks + "ready-to-serve-clients", who, _ -> ready())
                .get(checks + "is-in-service", who, _ -> serving())
                .get(checks + "below-node-connection-limit", who, _ -> belowConnectionLimit())
                .get(checks + "metadata-store/initialized", who, _ -> answering())
                .get("/aliveness-test/{vhost}", Access.OF_VIRTUAL_HOST, this::alive)
                .get("/healthchecks/node", who, _ -> answering());
    }

    private static Answer failed(Facts facts) {
        return new Answer(503, new Facts().with("status", "failed").withAll(facts));
    }

    private Answer localAlarms() {
        return alarms(
                "There are alarms in effect on the node",
                Map.of(management.settings().nodeName(), nodes.ownAlarms()));
    }

    /** @param byNode what each is short of: what an operator says, and a disk that has no room for messages */
    private static Answer alarms(String reason, Map<String, ? extends List<?>> byNode) {
        List<Facts> alarms = new ArrayList<>();
        byNode.forEach((node, resources) -> resources.forEach(
                each -> alarms.add(new Facts().with("node", node).with("resource", each))));
        return alarms.isEmpty()
                ? Answer.of(OK)
                : failed(new Facts().with("reason", reason).with("alarms", alarms));
    }

    /** Where somebody is let in now. */
    private List<Listeners.Listener> active() {
        boolean amqp = management.sessions().isListening();
        return management.listeners().all().stream()
                .filter(each -> amqp || !each.isAmqp())
                .toList();
    }

    private boolean isBelowConnectionLimit() {
        return management.sessions().connections().size()
                < management.front().settings().connectionsMax();
    }

    private Answer belowConnectionLimit() {
        Facts facts = new Facts()
                .with("limit", management.front().settings().connectionsMax())
                .with("connections", management.sessions().connections().size());
        return isBelowConnectionLimit()
                ? Answer.of(new Facts().with("status", "ok").withAll(facts))
                : failed(new Facts()
                        .with("reason", "node connection limit is reached")
                        .withAll(facts));
    }

    private Answer ready() throws InterruptedException {
        return isBelowConnectionLimit() ? serving() : belowConnectionLimit();
    }

    private Answer serving() throws InterruptedException {
        return management.sessions().isListening()
                ? answering()
                : failed(new Facts().with("reason", "the rabbit node is not currently available to serve"));
    }

    private Answer port(Call call) throws Failure {
        if (!call.path("port").matches("\\d{1,5}")) {
            throw Failure.badRequest("Invalid port");
        }
        int port = Integer.parseInt(call.path("port"));
        List<Integer> ports = active().stream().map(Listeners.Listener::port).toList();
        return ports.contains(port)
                ? Answer.of(new Facts().with("status", "ok").with("port", port))
                : failed(new Facts()
                        .with("reason", NO_LISTENER)
                        .with("missing", port)
                        .with("ports", ports));
    }

    private Answer protocols(Call call) {
        Set<String> wanted = Arrays.stream(call.path("protocols").split(",", -1))
                .map(HealthResource::protocol)
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> active =
                active().stream().map(Listeners.Listener::protocol).toList();
        wanted.removeAll(active);
        return wanted.isEmpty()
                ? Answer.of(new Facts().with("status", "ok").with("protocols", active))
                : failed(new Facts()
                        .with("reason", NO_LISTENER)
                        .with("missing", List.copyOf(wanted))
                        .with("protocols", active));
    }

    /** By the names that people have for them. */
    private static String protocol(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "amqp091", "amqp0.9.1", "amqp0-9-1", "amqp0_9_1" -> "amqp";
            case "amqps", "amqp_ssl", "amqp+tls" -> "amqp/ssl";
            case "http1", "http1.1", "http_api", "management", "management_ui", "ui" -> "http";
            case String other -> other;
        };
    }

    /** Whether something would come to a stop if this node did: a group that has lost as many members as it can. */
    private Answer critical() throws InterruptedException {
        ClusterControl cluster = management.cluster();
        if (cluster == null) {
            return Answer.of(new Facts().with("status", "ok").with("reason", "single node cluster"));
        }
        int self = management.settings().node();
        List<Facts> groups = cluster.overview().groups().stream()
                .filter(group -> wouldStop(group, self))
                .map(group -> new Facts()
                        .with("name", group.name())
                        .with("readable_name", group.name().equals("catalog") ? "the catalog" : "shard " + group.name())
                        .with("virtual_host", VirtualHost.DEFAULT) // Of no one; those who read this want one.
                        .with("type", "shard"))
                .toList();
        return groups.isEmpty()
                ? Answer.of(OK)
                : failed(new Facts()
                        .with(
                                "reason",
                                "There are quorum queues that would lose their quorum if the target node is shut down")
                        .with("queues", groups));
    }

    private static boolean wouldStop(ClusterOverview.GroupView group, int self) {
        long members = group.replicas().stream().filter(HealthResource::votes).count();
        long others = group.replicas().stream()
                .filter(HealthResource::votes)
                .filter(each -> each.node() != self && !each.role().equals("silent"))
                .count();
        boolean concerned = group.replicas().stream().anyMatch(each -> each.node() == self && votes(each));
        return concerned && members > 1 && others < members / 2 + 1;
    }

    private static boolean votes(ClusterOverview.ReplicaView replica) {
        return switch (replica.role()) {
            case "leader", "follower", "silent", "damaged" -> true;
            default -> false;
        };
    }

    /** Whether the catalog answers, without which nobody can log in. */
    private Answer answering() throws InterruptedException {
        try {
            management.broker().catchUp();
            return Answer.of(OK);
        } catch (OutcomeUnknownException _) {
            return failed(new Facts().with("reason", "the rabbit node is not currently available to serve"));
        }
    }

    private Answer alive(Call call) throws Failure, InterruptedException {
        call.host();
        return answering();
    }
}
