package weir.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import weir.amqp.AmqpSettings;
import weir.cluster.forming.Address;
import weir.cluster.ratis.ClusterTls;
import weir.kafka.KafkaSettings;
import weir.sqs.auth.AuthMode;

/**
 * What a server is told at its start.
 *
 * @param data the data directory; one server at a time
 * @param host where every port listens that has no other; loopback only, as the admin API asks nobody who he is
 * @param shards fixed when the data directory is created
 * @param amqp empty if it is not served
 * @param kafka empty if it is not served; its cluster's name is not known yet
 */
public record WeirConfig(
        Path data,
        String host,
        int shards,
        Node node,
        Cluster cluster,
        Sqs sqs,
        Sns sns,
        Optional<Amqp> amqp,
        Optional<KafkaSettings> kafka,
        Admin admin,
        Testing testing,
        LogLevel logLevel) {
    /**
     * @param id the node's number in its cluster
     * @param rack empty if nothing is known
     * @param edition the newest that it takes part in of what nodes write for each other
     */
    public record Node(int id, String rack, int edition) {}

    /**
     * @param port where other nodes are listened to; 0 for a node that is alone
     * @param host empty for all addresses of the machine
     * @param advertise empty to find it among the seeds
     * @param replicas of a shard
     * @param replaceAfter a node that was silent for so long is given up
     * @param scrubEvery the rest between two readings of all that is on disk
     * @param tls none: whoever reaches the port is taken for a node
     */
    public record Cluster(
            int port,
            String host,
            String advertise,
            List<Address> seeds,
            int replicas,
            Duration replaceAfter,
            Duration scrubEvery,
            Optional<ClusterTls> tls) {}

    /**
     * @param port 0 for any free one
     * @param advertise {@code HOST:PORT} for clients; empty for where it listens
     * @param account the twelve digits in queue addresses
     * @param host where it listens; loopback only, unless who calls must prove who he is
     * @param deleteRest before the name of a deleted queue may be used again; zero for no wait
     * @param purgeRest before a queue may be purged again; zero for no wait
     */
    public record Sqs(
            int port,
            String account,
            String region,
            String host,
            String advertise,
            AuthMode auth,
            Duration deleteRest,
            Duration purgeRest) {}

    /** @param http whether messages are sent to HTTP endpoints that clients subscribe */
    public record Sns(boolean http) {}

    /**
     * @param settings of the front; its cluster's name is not known yet
     * @param advertise {@code HOST:PORT} for clients; empty for where it listens
     * @param management RabbitMQ's management API; empty if it is not served
     */
    public record Amqp(AmqpSettings settings, String advertise, Optional<Management> management) {}

    /** @param port 0 for any free one */
    public record Management(String host, int port) {}

    /** @param port 0 for any free one */
    public record Admin(int port) {}

    /**
     * @param enabled whether tests may move the clock and delete everything
     * @param clockSkew a file that says how wrong this node's clock is to be
     */
    public record Testing(boolean enabled, Optional<Path> clockSkew) {}

    /** From which severity on something is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
