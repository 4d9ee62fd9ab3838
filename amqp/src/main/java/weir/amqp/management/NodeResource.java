package weir.amqp.management;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import weir.amqp.AmqpSettings.Mechanism;
import weir.amqp.session.Alarms;
import weir.amqp.topology.ExchangeType;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;

/** The nodes of the cluster. Of others than this one no more is known than whether they run. */
final class NodeResource implements ApiResource {
    private final Management management;

    NodeResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/nodes", Access.MONITORING, call -> Answer.of(Listing.of(call, all(), List.of("name"))))
                .get("/nodes/{node}", Access.MONITORING, this::show);
    }

    private List<Facts> all() throws InterruptedException {
        ClusterControl cluster = management.cluster();
        if (cluster == null) {
            return List.of(own());
        }
        List<Facts> all = new ArrayList<>();
        for (ClusterOverview.NodeView node : cluster.overview().nodes()) {
            all.add(
                    node.number() == management.settings().node()
                            ? own()
                            : identity(ManagementSettings.nodeName(node.number()), node.alive()));
        }
        return all;
    }

    private Answer show(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        for (Facts node : all()) {
            if (call.path("node").equals(node.get("name"))) {
                return Answer.of(Listing.columns(call, node));
            }
        }
        throw Failure.notFound();
    }

    private static Facts identity(String name, boolean running) {
        return new Facts()
                .with("name", name)
                .with("type", "disc")
                .with("running", running)
                .with("partitions", List.of())
                .with("being_drained", false);
    }

    private Facts own() {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        Set<Alarms.Resource> alarms = management.front().alarms().all();
        return identity(management.settings().nodeName(), true)
                .with("os_pid", Long.toString(ProcessHandle.current().pid()))
                .with("uptime", ManagementFactory.getRuntimeMXBean().getUptime())
                .with("processors", runtime.availableProcessors())
                .with("run_queue", 0)
                .with("rates_mode", "basic")
                .with("mem_used", used)
                .with("mem_used_details", Rates.NONE)
                .with("mem_limit", runtime.maxMemory())
                .with("mem_alarm", alarms.contains(Alarms.Resource.MEMORY))
                .with("disk_free_alarm", alarms.contains(Alarms.Resource.DISK))
                .with("auth_mechanisms", mechanisms())
                .with("exchange_types", exchangeTypes())
                .with("applications", applications())
                .with("enabled_plugins", List.of("rabbitmq_management"))
                .with("contexts", List.of())
                .with("log_files", List.of())
                .with("config_files", List.of())
                .with("cluster_links", List.of());
    }

    private List<Map<String, Object>> mechanisms() {
        return management.front().settings().mechanisms().stream()
                .map(Mechanism::name)
                .sorted()
                .map(name -> Map.<String, Object>of("name", name, "enabled", true))
                .toList();
    }

    private static List<Map<String, Object>> exchangeTypes() {
        List<Map<String, Object>> types = new ArrayList<>();
        for (ExchangeType type : ExchangeType.values()) {
            types.add(Map.of("name", type.word(), "enabled", true));
        }
        return types;
    }

    private List<Map<String, Object>> applications() {
        String version = management.front().settings().version();
        return List.of(
                Map.of(
                        "name",
                        "rabbit",
                        "description",
                        management.front().settings().product(),
                        "version",
                        version),
                Map.of(
                        "name",
                        "weir",
                        "description",
                        "Weir",
                        "version",
                        management.settings().release()));
    }
}
