package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import weir.amqp.session.Front;
import weir.amqp.session.Sessions;
import weir.amqp.topology.Topology;
import weir.core.broker.Broker;
import weir.core.broker.Neighbours;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.FreeDisk;

/**
 * What the resources share.
 *
 * @param front that of AMQP, which is what is managed
 * @param cluster null for a node that is alone
 * @param neighbours the way to the other nodes
 * @param disk this node's
 */
public record Management(
        Front front,
        Sessions sessions,
        ManagementSettings settings,
        Listeners listeners,
        @Nullable ClusterControl cluster,
        Neighbours neighbours,
        Supplier<FreeDisk> disk,
        Changing changing) {
    /** From now on other nodes are told what this one alone knows. */
    public void serveNeighbours() {
        new AllNodes(this, neighbours).serve();
    }

    /** The API of all of it: its page of wiring. */
    public ManagementApi api() {
        return new ManagementApi(topology(), resources());
    }

    /** The same with what only who operates this node may do, and asks for without HTTP. */
    public ManagementApi operatorsApi() {
        List<ApiResource> resources = new ArrayList<>(resources());
        resources.add(new OperatorResource(this));
        return new ManagementApi(topology(), resources);
    }

    private List<ApiResource> resources() {
        Topology topology = topology();
        QueueViews queues = new QueueViews(this);
        AllNodes nodes = new AllNodes(this, neighbours);
        QueueTotals totals = new QueueTotals(this, queues);
        Samples samples = new Samples(front.clock());
        return List.of(
                new OverviewResource(this, totals, nodes, samples),
                new NodeResource(this, nodes),
                new VirtualHostResource(this, totals, nodes),
                new UserResource(topology),
                new PermissionResource(topology),
                new TopicPermissionResource(topology),
                new ExchangeResource(topology, nodes),
                new QueueResource(this, queues, nodes, samples),
                new MessageResource(this, queues),
                new BindingResource(this, queues),
                new ConnectionResource(nodes),
                new ChannelResource(nodes),
                new ConsumerResource(nodes),
                new LimitResource(topology),
                new PolicyResource(topology, false),
                new PolicyResource(topology, true),
                new ParameterResource(this),
                new DefinitionResource(this, queues),
                new HealthResource(this, nodes),
                new CertificateResource(this),
                new FeatureResource(this));
    }

    Topology topology() {
        return front.topology();
    }

    Broker broker() {
        return front.broker();
    }
}
