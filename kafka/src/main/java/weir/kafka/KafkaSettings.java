package weir.kafka;

import weir.core.Check;
import weir.core.Limits;
import weir.kafka.group.GroupSettings;

/**
 * What an operator can set of the Kafka front.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param advertise {@code HOST:PORT} by which clients are told to reach this node; empty for where it listens
 * @param connectionsMax connections open at a time; more wait to be accepted
 * @param autoCreateTopics whether a topic that a client asks for is made, as Kafka's {@code auto.create.topics.enable}
 * @param partitions of a topic that nobody has said the number of, as Kafka's {@code num.partitions}
 * @param groups of consumers
 * @param cluster the id that clients are told
 */
public record KafkaSettings(
        String host,
        int port,
        String advertise,
        int connectionsMax,
        boolean autoCreateTopics,
        int partitions,
        GroupSettings groups,
        String cluster) {
    public static final KafkaSettings DEFAULT =
            new KafkaSettings("127.0.0.1", 9092, "", 10_000, true, 1, GroupSettings.DEFAULT, "weir");

    public KafkaSettings {
        Check.inRange("port", port, 0, 65_535);
        Check.inRange("connectionsMax", connectionsMax, 1, 1_000_000);
        Check.inRange("partitions", partitions, 1, Limits.PARTITIONS_MAX);
    }

    public KafkaSettings withCluster(String id) {
        return new KafkaSettings(host, port, advertise, connectionsMax, autoCreateTopics, partitions, groups, id);
    }
}
