package weir.server;

import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import weir.server.config.ConfigException;
import weir.server.config.ConfigReader;
import weir.server.config.WeirConfig;

/** A server on free ports, and AWS's clients pointed at it. */
final class TestServer {
    private TestServer() {}

    static WeirServer start(Path data, String... variables) throws Exception {
        return WeirServer.start(config(data, variables));
    }

    /** That of a server on free ports, with further variables, each before its value. */
    static WeirConfig config(Path data, String... variables) throws ConfigException {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "WEIR_DATA",
                data.toString(),
                "WEIR_SQS_PORT",
                "0",
                "WEIR_AMQP_PORT",
                "0",
                "WEIR_KAFKA_PORT",
                "0",
                "WEIR_ADMIN_PORT",
                "0",
                "WEIR_SHARDS",
                "2"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return ConfigReader.read(null, environment);
    }

    static <B extends AwsClientBuilder<B, C>, C> C client(WeirServer server, B builder) {
        return builder.endpointOverride(URI.create("http://127.0.0.1:" + server.sqsPort()))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .build();
    }

    /** RabbitMQ's Java client at that port; a connection that is lost stays so. */
    static ConnectionFactory rabbit(int port) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }
}
