package weir.server.config;

import java.util.Arrays;
import java.util.Optional;
import weir.core.Edition;
import weir.core.Limits;

/** Everything that can be configured. */
public enum Setting {
    DATA("data", "WEIR_DATA", "./data", "a path"),
    HOST("host", "WEIR_HOST", "127.0.0.1", "a loopback address, such as 127.0.0.1, ::1 or localhost"),
    SHARDS("shards", "WEIR_SHARDS", "4", "a whole number from 1 to 64, fixed once the data directory exists"),
    NODE_ID("node.id", "WEIR_NODE_ID", "1", "a whole number from 1 to 10000, each node its own, the same for ever"),
    NODE_RACK(
            "node.rack",
            "WEIR_NODE_RACK",
            "",
            "up to 64 letters, digits, dots, hyphens and underscores; nodes of one rack may fail together"),
    NODE_EDITION(
            "node.edition",
            "WEIR_NODE_EDITION",
            Integer.toString(Edition.NEWEST),
            "a whole number from " + Edition.OLDEST + " to " + Edition.NEWEST
                    + "; a lower one keeps the way back to an older release open"),
    CLUSTER_PORT(
            "cluster.port", "WEIR_CLUSTER_PORT", "0", "a port number from 1 to 65535, or 0 for a node that is alone"),
    CLUSTER_HOST(
            "cluster.host",
            "WEIR_CLUSTER_HOST",
            "",
            "the address of this machine on which other nodes are listened to, empty for all"),
    CLUSTER_ADVERTISE(
            "cluster.advertise",
            "WEIR_CLUSTER_ADVERTISE",
            "",
            "the name or address by which other nodes reach this one, empty to find it among the seeds"),
    CLUSTER_SEEDS(
            "cluster.seeds",
            "WEIR_CLUSTER_SEEDS",
            "",
            "up to 64 of HOST:PORT, separated by commas, the same on each node; empty for a cluster of one"),
    CLUSTER_REPLICAS("cluster.replicas", "WEIR_CLUSTER_REPLICAS", "3", "a whole number from 1 to 5"),
    CLUSTER_SCRUB_EVERY(
            "cluster.scrub-every",
            "WEIR_CLUSTER_SCRUB_EVERY",
            "12h",
            "a duration from 1s to 90d, such as 12h: the rest between two readings of all that is on disk"),
    CLUSTER_REPLACE_AFTER(
            "cluster.replace-after",
            "WEIR_CLUSTER_REPLACE_AFTER",
            "10m",
            "a duration from 10s to 7d, after which the replicas of a silent node are made anew elsewhere"),
    CLUSTER_TLS_AUTHORITIES(
            "cluster.tls.authorities",
            "WEIR_CLUSTER_TLS_AUTHORITIES",
            "",
            "a PEM file of the authorities that signed the nodes' certificates; all three of cluster.tls or none"),
    CLUSTER_TLS_CERTIFICATE(
            "cluster.tls.certificate",
            "WEIR_CLUSTER_TLS_CERTIFICATE",
            "",
            "a PEM file of this node's certificate; all three of cluster.tls or none"),
    CLUSTER_TLS_KEY(
            "cluster.tls.key",
            "WEIR_CLUSTER_TLS_KEY",
            "",
            "a PEM file of this node's key (PKCS #8, not encrypted); all three of cluster.tls or none"),
    SQS_PORT("sqs.port", "WEIR_SQS_PORT", "9324", Setting.PORT),
    SQS_ACCOUNT("sqs.account", "WEIR_SQS_ACCOUNT", "000000000000", "twelve digits"),
    SQS_REGION("sqs.region", "WEIR_SQS_REGION", "us-east-1", "1 to 64 lower-case letters, digits and hyphens"),
    SQS_HOST(
            "sqs.host",
            "WEIR_SQS_HOST",
            "",
            "an address or name of this machine, empty for that of host; other than loopback only if sqs.auth is full"),
    SQS_ADVERTISE(
            "sqs.advertise",
            "WEIR_SQS_ADVERTISE",
            "",
            "HOST:PORT by which clients reach this node, told by weir cluster status; empty for where it listens"),
    SQS_AUTH("sqs.auth", "WEIR_SQS_AUTH", "off", "off, key (the access key must be known) or full (signed with it)"),
    SQS_DELETE_REST("sqs.delete-rest", "WEIR_SQS_DELETE_REST", "60s", Setting.REST),
    SQS_PURGE_REST("sqs.purge-rest", "WEIR_SQS_PURGE_REST", "60s", Setting.REST),
    SNS_HTTP("sns.http", "WEIR_SNS_HTTP", "true", "true or false"),
    KAFKA_ENABLED("kafka.enabled", "WEIR_KAFKA_ENABLED", "true", "true or false"),
    KAFKA_PORT("kafka.port", "WEIR_KAFKA_PORT", "9092", Setting.PORT),
    KAFKA_HOST("kafka.host", "WEIR_KAFKA_HOST", "", "a loopback address, empty for that of host"),
    KAFKA_ADVERTISE(
            "kafka.advertise",
            "WEIR_KAFKA_ADVERTISE",
            "",
            "HOST:PORT by which Kafka's clients reach this node; empty for where it listens"),
    KAFKA_CONNECTIONS_MAX(
            "kafka.connections-max", "WEIR_KAFKA_CONNECTIONS_MAX", "10000", "a whole number from 1 to 1000000"),
    KAFKA_AUTO_CREATE_TOPICS("kafka.auto-create-topics", "WEIR_KAFKA_AUTO_CREATE_TOPICS", "true", "true or false"),
    KAFKA_PARTITIONS(
            "kafka.partitions", "WEIR_KAFKA_PARTITIONS", "1", "a whole number from 1 to " + Limits.PARTITIONS_MAX),
    KAFKA_GROUPS(
            "kafka.groups",
            "WEIR_KAFKA_GROUPS",
            "",
            "NAME=VALUE;NAME=VALUE and so on, settings of Kafka's group coordinator by Kafka's names"),
    AMQP_ENABLED("amqp.enabled", "WEIR_AMQP_ENABLED", "true", "true or false"),
    AMQP_PORT("amqp.port", "WEIR_AMQP_PORT", "5672", Setting.PORT),
    AMQP_HOST(
            "amqp.host",
            "WEIR_AMQP_HOST",
            "",
            "an address or name of this machine, empty for that of host; other than loopback only if amqp.auth is"
                    + " password"),
    AMQP_ADVERTISE(
            "amqp.advertise",
            "WEIR_AMQP_ADVERTISE",
            "",
            "HOST:PORT by which clients reach this node, told by weir cluster status; empty for where it listens"),
    AMQP_AUTH(
            "amqp.auth",
            "WEIR_AMQP_AUTH",
            "password",
            "password (users and permissions as in RabbitMQ) or off (whoever logs in may do what guest may)"),
    AMQP_ANONYMOUS("amqp.anonymous", "WEIR_AMQP_ANONYMOUS", "false", "true or false"),
    AMQP_TLS_PORT("amqp.tls.port", "WEIR_AMQP_TLS_PORT", "5671", Setting.PORT),
    AMQP_TLS_CERTIFICATE(
            "amqp.tls.certificate",
            "WEIR_AMQP_TLS_CERTIFICATE",
            "",
            "a PEM file of this server's certificate, for TLS; with amqp.tls.key, or empty as that"),
    AMQP_TLS_KEY(
            "amqp.tls.key",
            "WEIR_AMQP_TLS_KEY",
            "",
            "a PEM file of that certificate's key (PKCS #8, not encrypted); with amqp.tls.certificate, or empty as that"),
    AMQP_TLS_AUTHORITIES(
            "amqp.tls.authorities",
            "WEIR_AMQP_TLS_AUTHORITIES",
            "",
            "a PEM file of the authorities that signed clients' certificates, with amqp.tls.certificate; empty to ask for none"),
    AMQP_TLS_CLIENTS(
            "amqp.tls.clients",
            "WEIR_AMQP_TLS_CLIENTS",
            "asked",
            "asked (a client may have a certificate) or required; of meaning with amqp.tls.authorities"),
    AMQP_TLS_USER(
            "amqp.tls.user",
            "WEIR_AMQP_TLS_USER",
            "distinguished-name",
            "distinguished-name or common-name: which of a certificate's names is the user's"),
    AMQP_CONNECTIONS_MAX(
            "amqp.connections-max", "WEIR_AMQP_CONNECTIONS_MAX", "10000", "a whole number from 1 to 1000000"),
    AMQP_CHANNEL_MAX("amqp.channel-max", "WEIR_AMQP_CHANNEL_MAX", "2047", "a whole number from 1 to 65535"),
    AMQP_FRAME_MAX("amqp.frame-max", "WEIR_AMQP_FRAME_MAX", "131072", "a whole number from 4096 to 16777216, in bytes"),
    AMQP_HEARTBEAT("amqp.heartbeat", "WEIR_AMQP_HEARTBEAT", "60s", "a duration from 0s to 18h, 0s for no heartbeats"),
    AMQP_MESSAGE_BYTES_MAX(
            "amqp.message-bytes-max", "WEIR_AMQP_MESSAGE_BYTES_MAX", "16777216", "a whole number from 1 to 16777216"),
    AMQP_CONSUMER_TIMEOUT(
            "amqp.consumer-timeout",
            "WEIR_AMQP_CONSUMER_TIMEOUT",
            "30m",
            "a duration from 0s to 90d, after which the consumer of an unsettled delivery is cancelled; 0s for never"),
    AMQP_PRODUCT("amqp.product", "WEIR_AMQP_PRODUCT", "RabbitMQ", "1 to 64 letters, digits, spaces, dots and hyphens"),
    AMQP_VERSION(
            "amqp.version",
            "WEIR_AMQP_VERSION",
            "4.3.0",
            "three numbers such as 4.3.0: the release of RabbitMQ that clients are to take this for"),
    AMQP_MANAGEMENT_PORT(
            "amqp.management-port",
            "WEIR_AMQP_MANAGEMENT_PORT",
            "",
            "a port number from 0 to 65535, 0 for any free one; off; or empty for 10000 more than amqp.port, as RabbitMQ"
                    + " has it, and any free one if that is 0"),
    AMQP_MANAGEMENT_HOST(
            "amqp.management-host",
            "WEIR_AMQP_MANAGEMENT_HOST",
            "",
            "an address or name of this machine, empty for that of host; other than loopback only if amqp.auth is"
                    + " password"),
    ADMIN_PORT("admin.port", "WEIR_ADMIN_PORT", "9325", Setting.PORT),
    TESTING_ENABLED("testing.enabled", "WEIR_TESTING_ENABLED", "false", "true or false"),
    TESTING_CLOCK_SKEW(
            "testing.clock-skew",
            "WEIR_TESTING_CLOCK_SKEW",
            "",
            "the path of a file that holds by how many milliseconds this node's clock is to be wrong, or empty"),
    LOG_LEVEL("log.level", "WEIR_LOG_LEVEL", "info", "error, warn, info, debug or trace");

    private static final String REST = "a duration from 0s to 10m, such as 60s; 0s for no such rule";
    private static final String PORT = "a port number from 0 to 65535, 0 for any free one";

    private final String key;
    private final String variable;
    private final String byDefault;
    private final String allowed;

    Setting(String key, String variable, String byDefault, String allowed) {
        this.key = key;
        this.variable = variable;
        this.byDefault = byDefault;
        this.allowed = allowed;
    }

    /** Its place in the YAML file, the sections separated by dots. */
    public String key() {
        return key;
    }

    /** The environment variable that overrides the file. */
    public String variable() {
        return variable;
    }

    public String byDefault() {
        return byDefault;
    }

    /** Completes "allowed is". */
    public String allowed() {
        return allowed;
    }

    static Optional<Setting> ofKey(String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.key.equals(key))
                .findFirst();
    }

    static Optional<Setting> ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(setting -> setting.variable.equals(variable))
                .findFirst();
    }
}
