package weir.amqp.management;

import weir.amqp.nodes.OtherNodes;
import weir.core.Check;

/**
 * Where the management API listens, and what it says of this node.
 *
 * @param port 0 for any free one
 * @param node the node's number in its cluster
 * @param release of this program
 */
public record ManagementSettings(String host, int port, int node, String release) {
    public ManagementSettings {
        Check.inRange("port", port, 0, 65_535);
    }

    /** What RabbitMQ would call a node of that number. */
    static String nodeName(int number) {
        return OtherNodes.nameOf(number);
    }

    String nodeName() {
        return nodeName(node);
    }
}
