package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.QueueName;
import weir.amqp.queue.QueueType;
import weir.amqp.topology.Policies;
import weir.amqp.topology.Policy;
import weir.amqp.topology.Resource;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.FieldTable;
import weir.core.PartitionStatus;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** What is said of queues: cheaply from the catalog, and with a question to its shard what is in it. */
final class QueueViews {
    /** Of what {@link #basic} says, that by which RabbitMQ sorts without asking further. */
    static final Set<String> CHEAP =
            Set.of("vhost", "name", "durable", "auto_delete", "exclusive", "arguments", "type", "node", "state");

    private static final String DELIVERY_LIMIT = "delivery-limit";

    /** RabbitMQ's default, and ours. */
    private static final long QUORUM_DELIVERY_LIMIT = 20;

    private final Management management;

    QueueViews(Management management) {
        this.management = management;
    }

    // ---- Which there are

    /** Those of some virtual hosts. */
    List<AmqpQueue> of(List<VirtualHost> hosts) {
        boolean onlyOne = hosts.size() == 1 && !hosts.getFirst().name().equals(VirtualHost.DEFAULT);
        String prefix = onlyOne ? QueueName.prefixOf(hosts.getFirst().name()) : "";
        Set<String> names = Set.copyOf(hosts.stream().map(VirtualHost::name).toList());
        List<AmqpQueue> all = new ArrayList<>();
        String after = "";
        List<Queue> page;
        do {
            page = management.broker().list(prefix, after, ManagementLimits.CATALOG_PAGE);
            for (Queue queue : page) {
                after = queue.name();
                management
                        .front()
                        .queues()
                        .view(queue)
                        .filter(each -> names.contains(each.name().vhost()))
                        .ifPresent(all::add);
            }
        } while (page.size() == ManagementLimits.CATALOG_PAGE);
        return all;
    }

    /** The one of that name, through whichever node it was made. */
    Optional<AmqpQueue> find(VirtualHost host, String name) throws OutcomeUnknownException, InterruptedException {
        return management
                .broker()
                .findAnywhere(new QueueName(host.name(), name).inWeir())
                .flatMap(queue -> management.front().queues().view(queue));
    }

    // ---- What is said of one

    Facts basic(AmqpQueue queue, VirtualHost host) {
        Policies policies = management.topology().policies();
        String name = queue.name().name();
        Resource resource = Resource.queue(host, name);
        String type = queue.type().toString();
        FieldTable effective = policies.ofQueue(host.name(), name, type);
        Facts facts = new Facts()
                .with("name", name)
                .with("vhost", host.name())
                .with("durable", queue.durable())
                .with("auto_delete", queue.autoDelete())
                .with("exclusive", queue.exclusive())
                .with("arguments", Arguments.shown(queue.arguments().table()))
                .with("type", type)
                .with("internal", false)
                .with("internal_owner", false)
                .with("node", management.settings().nodeName())
                .with("state", "running")
                .with("policy", nameOf(policies.winner(false, resource, type)))
                .with("operator_policy", nameOf(policies.winner(true, resource, type)))
                .with("effective_policy_definition", Arguments.shown(effective));
        if (queue.type() == QueueType.QUORUM) {
            facts.with("leader", management.settings().nodeName())
                    .with("members", List.of(management.settings().nodeName()))
                    .with("online", List.of(management.settings().nodeName()))
                    .with("delivery_limit", deliveryLimit(queue, effective));
        }
        return facts;
    }

    private static @Nullable String nameOf(Optional<Policy> policy) {
        return policy.map(Policy::name).orElse(null);
    }

    /** What holds of argument and policy; a text if there is none. */
    private static Object deliveryLimit(AmqpQueue queue, FieldTable policy) {
        long limit = QUORUM_DELIVERY_LIMIT;
        boolean argued = queue.arguments().table().get("x-" + DELIVERY_LIMIT) instanceof Number;
        if (queue.arguments().table().get("x-" + DELIVERY_LIMIT) instanceof Number number) {
            limit = number.longValue();
        }
        if (policy.get(DELIVERY_LIMIT) instanceof Number number) {
            limit = argued ? Math.min(limit, number.longValue()) : number.longValue();
        }
        return limit < 0 ? "unlimited" : limit;
    }

    /**
     * Adds what is in it. If nobody can say at the moment, it is said to be down.
     *
     * @param use how many consume, and what went through it
     */
    void addCounters(Facts facts, AmqpQueue queue, Facts use) throws InterruptedException {
        try {
            PartitionStatus status = management.broker().status(queue.queue()).orElse(Counters.NOTHING);
            Counters counters = Counters.of(status);
            counters.addTo(
                    facts,
                    counters.rates(
                            management.changing(), "queue " + queue.queue().id()));
            facts.with("message_bytes", status.bytes())
                    .with("message_bytes_persistent", status.bytes())
                    .with("messages_persistent", counters.messages())
                    .with(
                            "head_message_timestamp",
                            status.oldestAtMillis() == 0 ? null : status.oldestAtMillis() / 1000)
                    .withAll(use);
        } catch (OutcomeUnknownException _) {
            facts.with("state", "down");
        }
    }
}
