package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import weir.amqp.AmqpSettings;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.QueueName;
import weir.amqp.topology.Bindings;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.Policy;
import weir.amqp.topology.Resource.Kind;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;

/** Writes definitions so that RabbitMQ could read them. What lives with a connection is in none. */
final class DefinitionExport {
    private final Management management;
    private final Topology topology;
    private final QueueViews queues;

    DefinitionExport(Management management, QueueViews queues) {
        this.management = management;
        this.topology = management.topology();
        this.queues = queues;
    }

    private Facts head(String format) {
        AmqpSettings settings = management.front().settings();
        return new Facts()
                .with("rabbit_version", settings.version())
                .with("rabbitmq_version", settings.version())
                .with("product_name", settings.product())
                .with("product_version", settings.version())
                .with("rabbitmq_definition_format", format);
    }

    Facts all() {
        String cluster = management.front().settings().cluster();
        List<VirtualHost> hosts = topology.virtualHosts().list();
        return head("cluster")
                .with("original_cluster_name", cluster)
                .with("explanation", "Definitions of cluster '" + cluster + "'")
                .with(
                        "users",
                        topology.users().list().stream()
                                .map(UserResource::facts)
                                .toList())
                .with("vhosts", hosts.stream().map(DefinitionExport::host).toList())
                .with("permissions", PermissionResource.all(topology))
                .with("topic_permissions", TopicPermissionResource.all(topology))
                .with("parameters", ParameterResource.all(management, hosts))
                .with(
                        "global_parameters",
                        List.of(new Facts().with("name", "cluster_name").with("value", cluster)))
                .with("policies", policies(hosts))
                .with("queues", queues(hosts))
                .with("exchanges", exchanges(hosts))
                .with("bindings", bindings(hosts));
    }

    /** Of one virtual host, to be read into whichever. */
    Facts of(VirtualHost host) {
        List<VirtualHost> only = List.of(host);
        return head("single_virtual_host")
                .with("original_vhost_name", host.name())
                .with("explanation", "Definitions of virtual host '" + host.name() + "'")
                .with("metadata", VirtualHostResource.metadata(host))
                .with("description", host.description())
                .with("limits", VirtualHostResource.limits(host))
                .with("parameters", nowhere(ParameterResource.all(management, only)))
                .with("policies", nowhere(policies(only)))
                .with("queues", nowhere(queues(only)))
                .with("exchanges", nowhere(exchanges(only)))
                .with("bindings", nowhere(bindings(only)));
    }

    private static List<Facts> nowhere(List<Facts> all) {
        all.forEach(each -> each.without("vhost"));
        return all;
    }

    private static Facts host(VirtualHost host) {
        return new Facts()
                .with("name", host.name())
                .with("limits", VirtualHostResource.limits(host))
                .with("metadata", VirtualHostResource.metadata(host));
    }

    private List<Facts> policies(List<VirtualHost> hosts) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : hosts) {
            for (Policy policy : topology.policies().list(host)) {
                all.add(PolicyResource.facts(host, policy));
            }
        }
        return all;
    }

    private static boolean isKept(AmqpQueue queue) {
        return queue.durable() && !queue.exclusive();
    }

    private List<Facts> queues(List<VirtualHost> hosts) {
        List<Facts> all = new ArrayList<>();
        for (AmqpQueue queue : queues.of(hosts)) {
            if (isKept(queue)) {
                all.add(new Facts()
                        .with("name", queue.name().name())
                        .with("vhost", queue.name().vhost())
                        .with("type", queue.type().toString())
                        .with("durable", true)
                        .with("auto_delete", queue.autoDelete())
                        .with("arguments", Arguments.shown(queue.arguments().table())));
            }
        }
        return all;
    }

    private List<Facts> exchanges(List<VirtualHost> hosts) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : hosts) {
            for (Exchange exchange : topology.exchanges().list(host)) {
                if (!exchange.predeclared()) {
                    all.add(new Facts()
                            .with("name", exchange.name())
                            .with("vhost", host.name())
                            .with("type", exchange.type().word())
                            .with("durable", exchange.durable())
                            .with("auto_delete", exchange.autoDelete())
                            .with("internal", exchange.internal())
                            .with("arguments", Arguments.shown(exchange.arguments())));
                }
            }
        }
        return all;
    }

    private List<Facts> bindings(List<VirtualHost> hosts) {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : hosts) {
            for (Exchange exchange : topology.exchanges().list(host)) {
                for (Bindings.Named binding : topology.bindings().from(host, exchange.name())) {
                    if (leadsToKept(host, binding)) {
                        all.add(BindingResource.facts(host, binding).without("properties_key"));
                    }
                }
            }
        }
        return all;
    }

    private boolean leadsToKept(VirtualHost host, Bindings.Named binding) {
        return binding.destinationKind() == Kind.EXCHANGE
                || management
                        .front()
                        .queues()
                        .find(new QueueName(host.name(), binding.destination()))
                        .filter(DefinitionExport::isKept)
                        .isPresent();
    }
}
