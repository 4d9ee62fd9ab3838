package weir.amqp;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import weir.core.Check;
import weir.core.Limits;

/**
 * What an operator can set of the AMQP front.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param connectionsMax connections open at a time; more wait to be accepted
 * @param channelsMax channels of one connection; clients may ask for fewer
 * @param frameMax the largest frame in bytes; clients may ask for smaller ones
 * @param heartbeat how long either side may be silent, as offered to clients; zero for no heartbeats
 * @param messageBytesMax the largest message
 * @param consumerTimeout how long a delivery may be unsettled before its consumer is cancelled; zero for no limit
 * @param product the name in server-properties
 * @param version in server-properties: RabbitMQ's whose behaviour clients are to expect, since they ask for it
 * @param cluster the name in server-properties
 * @param account twelve digits: whose users are that are made here, for fronts that have accounts
 * @param auth whether clients must be users that are known here, and may do only what they are permitted
 * @param mechanisms by which clients may say who they are; whose certificate says so already has EXTERNAL beside them
 * @param tls empty if it is not spoken
 */
public record AmqpSettings(
        String host,
        int port,
        int connectionsMax,
        int channelsMax,
        int frameMax,
        Duration heartbeat,
        int messageBytesMax,
        Duration consumerTimeout,
        String product,
        String version,
        String cluster,
        String account,
        boolean auth,
        Set<Mechanism> mechanisms,
        Optional<AmqpTls> tls) {
    /** How a client says who it is. */
    public enum Mechanism {
        PLAIN,
        AMQPLAIN,
        /** As anybody: the user guest, who is asked for nothing. */
        ANONYMOUS,
        /** By the certificate that it has shown in TLS. */
        EXTERNAL
    }

    /** RabbitMQ's figures. */
    public static final AmqpSettings DEFAULT = new AmqpSettings(
            "127.0.0.1",
            5672,
            10_000,
            2_047,
            128 * 1024,
            Duration.ofSeconds(60),
            Limits.MESSAGE_BYTES_MAX,
            Duration.ofMinutes(30),
            "RabbitMQ",
            "4.3.0",
            "weir",
            "000000000000",
            true,
            Set.of(Mechanism.PLAIN, Mechanism.AMQPLAIN),
            Optional.empty());

    public AmqpSettings {
        Check.inRange("port", port, 0, 65_535);
        Check.inRange("connectionsMax", connectionsMax, 1, 1_000_000);
        Check.inRange("channelsMax", channelsMax, 1, 65_535);
        Check.inRange("frameMax", frameMax, 4_096, 16 * 1024 * 1024);
        Check.inRange("heartbeat", heartbeat, Duration.ZERO, Duration.ofSeconds(65_535));
        Check.inRange("messageBytesMax", messageBytesMax, 1, Limits.MESSAGE_BYTES_MAX);
        Check.atLeast("consumerTimeout", consumerTimeout.toMillis(), 0);
        mechanisms = Set.copyOf(mechanisms);
    }

    public AmqpSettings withCluster(String name) {
        return new AmqpSettings(
                host,
                port,
                connectionsMax,
                channelsMax,
                frameMax,
                heartbeat,
                messageBytesMax,
                consumerTimeout,
                product,
                version,
                name,
                account,
                auth,
                mechanisms,
                tls);
    }
}
