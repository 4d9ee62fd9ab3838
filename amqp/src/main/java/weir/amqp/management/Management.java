package weir.amqp.management;

import org.jspecify.annotations.Nullable;
import weir.amqp.session.Front;
import weir.amqp.topology.Topology;
import weir.core.broker.Broker;
import weir.core.cluster.ClusterControl;

/**
 * What the resources share.
 *
 * @param front that of AMQP, which is what is managed
 * @param cluster null for a node that is alone
 */
public record Management(
        Front front, ManagementSettings settings, Listeners listeners, @Nullable ClusterControl cluster) {
    Topology topology() {
        return front.topology();
    }

    Broker broker() {
        return front.broker();
    }
}
