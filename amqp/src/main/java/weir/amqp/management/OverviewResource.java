package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import weir.amqp.AmqpSettings;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.ExchangeType;
import weir.amqp.topology.VirtualHost;

/** What there is, in a few numbers; who the caller is; what the cluster is called. */
final class OverviewResource implements ApiResource {
    private final Management management;
    private final QueueTotals totals;
    private final AllNodes nodes;
    private final Samples samples;

    OverviewResource(Management management, QueueTotals totals, AllNodes nodes, Samples samples) {
        this.nodes = nodes;
        this.samples = samples;
        this.management = management;
        this.totals = totals;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/overview", Access.ANYBODY, this::overview)
                .get("/whoami", Access.ANYBODY, this::whoAmI)
                .get("/cluster-name", Access.ANYBODY, _ -> Answer.of(new Facts().with("name", clusterName())))
                .get("/version", Access.ANYBODY, _ -> Answer.of(settings().version()))
                .get("/extensions", Access.ANYBODY, _ -> Answer.of(List.of()));
    }

    private AmqpSettings settings() {
        return management.front().settings();
    }

    private String clusterName() {
        return settings().cluster();
    }

    private Answer whoAmI(Call call) {
        return Answer.of(new Facts()
                .with("name", call.login().user())
                .with("tags", Facts.sorted(call.login().tags()))
                .with("is_internal_user", true));
    }

    private Answer overview(Call call) throws Failure, InterruptedException {
        AmqpSettings settings = settings();
        Facts facts = new Facts()
                .with("management_version", settings.version())
                .with("rates_mode", "basic")
                .with(
                        "sample_retention_policies",
                        new Facts()
                                .with("global", List.of())
                                .with("basic", List.of())
                                .with("detailed", List.of()))
                .with("exchange_types", exchangeTypes())
                .with("product_version", settings.version())
                .with("product_name", settings.product())
                .with("rabbitmq_version", settings.version())
                .with("weir_version", management.settings().release())
                .with("cluster_name", clusterName())
                .with("cluster_tags", Map.of())
                .with("node_tags", Map.of())
                .with("erlang_version", "")
                .with("erlang_full_version", "Java " + Runtime.version())
                .with("crypto_lib_version", "")
                .with("disable_stats", call.wants("disable_stats"))
                .with("default_queue_type", "classic")
                .with("is_op_policy_updating_enabled", true)
                .with("enable_queue_totals", call.wants("enable_queue_totals"))
                .with("node", management.settings().nodeName());
        addTotals(facts, call);
        samples.addTo(facts, call, "overview " + String.join("/", hostsOf(call)));
        return Answer.of(Listing.columns(call, facts));
    }

    /** Who sees other virtual hosts sees other totals. */
    private static List<String> hostsOf(Call call) {
        return call.visibleHosts().stream().map(VirtualHost::name).toList();
    }

    private void addTotals(Facts facts, Call call) throws InterruptedException {
        List<VirtualHost> hosts = call.visibleHosts();
        QueueTotals.Sum sum = totals.of(hosts);
        Facts queueTotals = new Facts();
        sum.addTo(queueTotals);
        int exchanges = 0;
        for (VirtualHost host : hosts) {
            List<Exchange> all = management.topology().exchanges().list(host);
            exchanges += all.size();
        }
        Facts clients = nodes.totals();
        facts.with("message_stats", clients.get("message_stats"))
                .with(OwnNode.CHURN, clients.get(OwnNode.CHURN))
                .with("queue_totals", queueTotals)
                .with(
                        "object_totals",
                        new Facts()
                                .with("channels", clients.get("channels"))
                                .with("connections", clients.get("connections"))
                                .with("consumers", clients.get("consumers"))
                                .with("exchanges", exchanges)
                                .with("queues", sum.queues()))
                .with("statistics_db_event_queue", 0);
        if (Access.isMonitor(call.login())) {
            facts.with("listeners", clients.get("listeners")).with("contexts", contexts());
        }
    }

    private static List<Facts> exchangeTypes() {
        List<Facts> types = new ArrayList<>();
        for (ExchangeType type : ExchangeType.values()) {
            types.add(new Facts()
                    .with("name", type.word())
                    .with("description", "exchange type " + type.word())
                    .with("enabled", true));
        }
        return types;
    }

    private List<Facts> contexts() {
        return management.listeners().all().stream()
                .filter(each -> each.protocol().equals("http"))
                .map(each -> new Facts()
                        .with("ssl_opts", List.of())
                        .with("node", management.settings().nodeName())
                        .with("description", "RabbitMQ Management")
                        .with("path", "/")
                        .with("port", Integer.toString(each.port())))
                .toList();
    }
}
