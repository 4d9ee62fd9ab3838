package weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weir.amqp.AmqpSettings;
import weir.cluster.forming.Address;
import weir.core.Edition;
import weir.kafka.KafkaSettings;
import weir.sqs.auth.AuthMode;

class ConfigReaderTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void defaultsStandWhereNothingIsSet() throws Exception {
        WeirConfig config = ConfigReader.read(null, Map.of("PATH", "/bin", "WEIR_JAVA_OPTS", "-Xmx1g"));
        assertThat(config)
                .isEqualTo(new WeirConfig(
                        Path.of("data").toAbsolutePath(),
                        "127.0.0.1",
                        4,
                        new WeirConfig.Node(1, "", Edition.NEWEST),
                        new WeirConfig.Cluster(
                                0,
                                "",
                                "",
                                List.of(),
                                3,
                                Duration.ofMinutes(10),
                                Duration.ofHours(12),
                                Optional.empty()),
                        new WeirConfig.Sqs(
                                9324, "000000000000", "us-east-1", "127.0.0.1", "", AuthMode.OFF, MINUTE, MINUTE),
                        new WeirConfig.Sns(true),
                        Optional.of(new WeirConfig.Amqp(
                                AmqpSettings.DEFAULT, "", Optional.of(new WeirConfig.Management("127.0.0.1", 15672)))),
                        Optional.of(KafkaSettings.DEFAULT),
                        new WeirConfig.Admin(9325),
                        new WeirConfig.Testing(false, Optional.empty()),
                        WeirConfig.LogLevel.INFO));
    }

    @Test
    void fileOverridesDefaultsAndVariablesOverrideTheFile() throws Exception {
        Path file = file(
                "data: /var/lib/weir\nshards: 2\nsqs:\n  port: 1000\n  account: 000000000001\nlog: {level: warn}\n");
        WeirConfig config = ConfigReader.read(file, Map.of("WEIR_SQS_PORT", "2000"));
        assertThat(config.data()).isEqualTo(Path.of("/var/lib/weir"));
        assertThat(config.shards()).isEqualTo(2);
        assertThat(config.sqs())
                .isEqualTo(new WeirConfig.Sqs(
                        2000, "000000000001", "us-east-1", "127.0.0.1", "", AuthMode.OFF, MINUTE, MINUTE));
        assertThat(config.logLevel()).isEqualTo(WeirConfig.LogLevel.WARN);
    }

    @Test
    void seedsAreTheSameOnEachNode() throws Exception {
        WeirConfig config = ConfigReader.read(
                file("cluster: {seeds: \"a:7100, 10.0.0.2:7100,[::1]:7100\", port: 7100}\n"),
                Map.of("WEIR_NODE_ID", "2", "WEIR_NODE_RACK", "r1"));
        assertThat(config.node()).isEqualTo(new WeirConfig.Node(2, "r1", Edition.NEWEST));
        assertThat(config.cluster().seeds())
                .containsExactly(new Address("a", 7100), new Address("10.0.0.2", 7100), new Address("::1", 7100));
    }

    @Test
    void seedsWithoutAPortOfOnesOwnAreRefused() throws Exception {
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of("WEIR_CLUSTER_SEEDS", "a:7100")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.port is 0");
        assertThatThrownBy(
                        () -> ConfigReader.read(null, Map.of("WEIR_CLUSTER_SEEDS", "a", "WEIR_CLUSTER_PORT", "7100")))
                .hasMessageContaining("HOST:PORT");
    }

    @Test
    void certificatesComeInThreesOrNotAtAll() {
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of("WEIR_CLUSTER_TLS_KEY", "key.pem")))
                .hasMessageContaining("all three");
    }

    @Test
    void portThatAsksWhoCallsMayBeReachedFromElsewhere() throws Exception {
        WeirConfig config =
                ConfigReader.read(file("sqs: {host: 192.0.2.1, auth: full}\n"), Map.of("WEIR_HOST", "localhost"));
        assertThat(config.sqs().host()).isEqualTo("192.0.2.1");
        assertThat(config.sqs().auth()).isEqualTo(AuthMode.FULL);
        assertThat(config.host()).isEqualTo("localhost");
    }

    @Test
    void emptyFileIsTaken() throws Exception {
        assertThat(ConfigReader.read(file("# nothing yet\n"), Map.of())).isEqualTo(ConfigReader.read(null, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0    | ''   | 0
            7672 | ''   | 17672
            0    | 8000 | 8000
            7672 | 0    | 0
            7672 | off  | none
            """)
    void managementIsTenThousandPortsAboveAmqpUnlessItIsSaidOtherwise(String amqp, String management, String port)
            throws Exception {
        WeirConfig config =
                ConfigReader.read(null, Map.of("WEIR_AMQP_PORT", amqp, "WEIR_AMQP_MANAGEMENT_PORT", management));
        assertThat(config.amqp()
                        .orElseThrow()
                        .management()
                        .map(each -> Integer.toString(each.port()))
                        .orElse("none"))
                .isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            WEIR_TESTING_ENABLED | yes        | testing.enabled is "yes" (from WEIR_TESTING_ENABLED), allowed is true or false
            WEIR_SQS_PORT    | http            | sqs.port is "http" (from WEIR_SQS_PORT), allowed is a port number from 0 to 65535
            WEIR_SQS_PORT    | 65536           | sqs.port is "65536"
            WEIR_SQS_PORT    | -1              | sqs.port is "-1"
            WEIR_SQS_PORT    | ''              | sqs.port is ""
            WEIR_ADMIN_PORT  | 99999999999     | admin.port is "99999999999"
            WEIR_ADMIN_PORT  | 9324            | admin.port is 9324, and so is sqs.port; allowed is another port for each
            WEIR_SHARDS      | 0               | shards is "0" (from WEIR_SHARDS), allowed is a whole number from 1
            WEIR_HOST        | 0.0.0.0         | host is "0.0.0.0" (from WEIR_HOST), allowed is a loopback address
            WEIR_HOST        | 192.0.2.1       | nobody has to prove there who he is
            WEIR_SQS_HOST    | 192.0.2.1       | sqs.host is "192.0.2.1" (from WEIR_SQS_HOST), allowed is an address
            WEIR_SQS_AUTH    | on              | sqs.auth is "on" (from WEIR_SQS_AUTH), allowed is off, key
            WEIR_AMQP_AUTH   | key             | amqp.auth is "key" (from WEIR_AMQP_AUTH), allowed is password
            WEIR_AMQP_PORT   | 9324            | amqp.port is 9324, and so is sqs.port; allowed is another port for each
            WEIR_AMQP_MANAGEMENT_PORT | 5672   | amqp.management-port is 5672, and so is amqp.port; allowed is another
            WEIR_AMQP_MANAGEMENT_PORT | no     | amqp.management-port is "no" (from WEIR_AMQP_MANAGEMENT_PORT), allowed is a port
            WEIR_AMQP_PORT   | 60000           | amqp.management-port is not set, and 10000 more than amqp.port, 60000, is no port
            WEIR_AMQP_VERSION | four           | amqp.version is "four"
            WEIR_DATA        | ' '             | data is " " (from WEIR_DATA), allowed is a path
            WEIR_SQS_ACCOUNT | 123             | sqs.account is "123" (from WEIR_SQS_ACCOUNT), allowed is twelve digits
            WEIR_SQS_REGION  | EU:west         | sqs.region is "EU:west"
            WEIR_LOG_LEVEL   | loud            | log.level is "loud" (from WEIR_LOG_LEVEL), allowed is error, warn, info, debug or trace
            WEIR_PORT        | 1               | the variable WEIR_PORT is not known (its value is "1"), allowed is WEIR_DATA, WEIR_HOST
            WEIR_STOMP_PORT  | 61613           | the variable WEIR_STOMP_PORT is not known
            WEIR_KAFKA_PORT  | 9324            | kafka.port is 9324, and so is sqs.port; allowed is another port for each
            WEIR_KAFKA_HOST  | 192.0.2.1       | nobody has to prove there who he is
            WEIR_KAFKA_GROUPS | group.size=1   | there is no setting of that name for groups
            """)
    void variableIsRefusedWithItsNameItsValueAndWhatIsAllowed(String variable, String value, String message) {
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of(variable, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sqs: {prot: 1}                  | sqs.prot is not known (its value is "1" in
            sqs: {prot: 1}                  | allowed is sqs.port, sqs.account, sqs.region
            stomp: {port: 61613}            | stomp is not known
            sqs: 9324                       | sqs is "9324", allowed is a map with sqs.port, sqs.account, sqs.region
            sqs: {port: [1, 2]}             | sqs.port is "a
            sqs: {port: }                   | sqs.port is ""
            sqs: {port: 1, port: 2}         | sqs.port is given twice
            'data: ['                       | is not YAML at line
            just text                       | is "just text", allowed is a map with data, host
            shards: 4.5                     | shards is "4.5"
            ? [a]                           | is not YAML
            """)
    void fileIsRefusedWithTheKeyItsValueAndWhatIsAllowed(String yaml, String message) throws IOException {
        Path file = file(yaml);
        assertThatThrownBy(() -> ConfigReader.read(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    /** The id of a key is no secret: who knows it has proved nothing. */
    @Test
    void otherMachinesReachOnlyAPortThatChecksSignatures() throws Exception {
        Map<String, String> wide = Map.of("WEIR_SQS_HOST", "192.0.2.1", "WEIR_SQS_AUTH", "full");
        assertThat(ConfigReader.read(null, wide).sqs().host()).isEqualTo("192.0.2.1");
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of("WEIR_SQS_HOST", "192.0.2.1", "WEIR_SQS_AUTH", "key")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nobody has to prove there who he is");
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> ConfigReader.read(directory.resolve("none.yaml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml does not exist");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("weir.yaml"), yaml);
    }
}
