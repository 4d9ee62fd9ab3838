package weir.server.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import weir.amqp.AmqpSettings;
import weir.amqp.AmqpSettings.Mechanism;
import weir.amqp.AmqpTls;
import weir.cluster.forming.Address;
import weir.cluster.ratis.ClusterTls;
import weir.cluster.replication.Member;
import weir.core.Edition;
import weir.core.Limits;
import weir.core.text.Durations;
import weir.kafka.KafkaSettings;
import weir.kafka.group.GroupSettings;
import weir.net.tls.ServerTls.ClientCertificate;
import weir.net.tls.TlsFiles;
import weir.sqs.auth.AuthMode;

/** Reads the configuration: defaults, then the YAML file, then the environment. */
public final class ConfigReader {
    /** More would only be asked one after the other. */
    private static final int SEEDS_MAX = 64;

    /** The protocol counts seconds in 16 bits. */
    private static final Duration AMQP_HEARTBEAT_MAX = Duration.ofHours(18);

    private static final Duration AMQP_CONSUMER_TIMEOUT_MAX = Duration.ofDays(90);

    private static final int PORT_MAX = 65_535;

    /** RabbitMQ has 5672 and 15672. */
    private static final int MANAGEMENT_ABOVE = 10_000;

    private static final Duration REPLACE_AFTER_MIN = Duration.ofSeconds(10);
    private static final Duration REPLACE_AFTER_MAX = Duration.ofDays(7);
    private static final Duration SCRUB_EVERY_MIN = Duration.ofSeconds(1);
    private static final Duration SCRUB_EVERY_MAX = Duration.ofDays(90);
    /** A name, an IPv4 or an IPv6 address, or nothing. */
    private static final String HOST_NAME = "[A-Za-z0-9.:_-]{0,253}";

    /** A configuration file has a few lines; a larger file is a mistake. */
    private static final long FILE_BYTES_MAX = 1024 * 1024;

    /** Variables with our prefix that are for the launcher and the commands, not for the server. */
    private static final Set<String> VARIABLES_OF_OTHERS = Set.of("WEIR_JAVA_OPTS", "WEIR_ADMIN_URL");

    private static final String PREFIX = "WEIR_";

    /** @param source where it was set, for messages */
    private record Value(String text, String source) {}

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

    private ConfigReader() {}

    /**
     * @param file the YAML file; null for none
     * @throws ConfigException if anything in it cannot be used; nothing is opened or created before
     */
    public static WeirConfig read(@Nullable Path file, Map<String, String> environment) throws ConfigException {
        ConfigReader reader = new ConfigReader();
        for (Setting setting : Setting.values()) {
            reader.values.put(setting, new Value(setting.byDefault(), "the default"));
        }
        if (file != null) {
            reader.readFile(file);
        }
        reader.readEnvironment(environment);
        return reader.config();
    }

    private void readFile(Path file) throws ConfigException {
        try {
            long bytes = Files.size(file);
            if (bytes > FILE_BYTES_MAX) {
                throw new ConfigException(
                        "the file " + file + " has " + bytes + " bytes, allowed is " + FILE_BYTES_MAX);
            }
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            Optional<Node> content = new Compose(settings).composeString(Files.readString(file));
            if (content.isPresent()) {
                section("", content.get(), file);
            }
        } catch (NoSuchFileException e) {
            throw new ConfigException("the file " + file + " does not exist; --config names a YAML file");
        } catch (IOException e) {
            throw new ConfigException("the file " + file + " cannot be read: " + e);
        } catch (MarkedYamlEngineException e) {
            String place = e.getProblemMark()
                    .map(mark -> " at line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                    .orElse("");
            throw new ConfigException("the file " + file + " is not YAML" + place + ": " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new ConfigException("the file " + file + " is not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    /** Nodes rather than values, as all scalars are wanted as text: 000000000000 is an account, not the number 0. */
    private void section(String prefix, Node content, Path file) throws ConfigException {
        if (!(content instanceof MappingNode mapping)) {
            throw new ConfigException((prefix.isEmpty() ? "the file " + file : prefix) + " is \"" + shown(content)
                    + "\", allowed is a map with " + keysUnder(prefix));
        }
        Set<String> seen = new TreeSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = (prefix.isEmpty() ? "" : prefix + ".") + shown(entry.getKeyNode());
            Node value = entry.getValueNode();
            if (!seen.add(key)) {
                throw new ConfigException(key + " is given twice in " + file + ", the second time as \"" + shown(value)
                        + "\", allowed is once");
            }
            Setting setting = Setting.ofKey(key).orElse(null);
            if (setting != null) {
                if (!(value instanceof ScalarNode scalar)) {
                    throw refusal(setting, new Value(shown(value), file.toString()));
                }
                values.put(setting, new Value(scalar.getValue(), file.toString()));
            } else if (isSection(key)) {
                section(key, value, file);
            } else {
                throw new ConfigException(key + " is not known (its value is \"" + shown(value) + "\" in " + file
                        + "), allowed is " + keysUnder(isSection(prefix) ? prefix : ""));
            }
        }
    }

    private static String shown(Node node) {
        return node instanceof ScalarNode scalar ? oneLine(scalar.getValue()) : "a " + node.getNodeType();
    }

    private static boolean isSection(String key) {
        return Arrays.stream(Setting.values()).anyMatch(setting -> setting.key().startsWith(key + "."));
    }

    private static String keysUnder(String prefix) {
        String start = prefix.isEmpty() ? "" : prefix + ".";
        List<String> keys = Arrays.stream(Setting.values())
                .map(Setting::key)
                .filter(key -> key.startsWith(start))
                .toList();
        return String.join(", ", keys);
    }

    private void readEnvironment(Map<String, String> environment) throws ConfigException {
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            String variable = entry.getKey();
            if (!variable.startsWith(PREFIX) || VARIABLES_OF_OTHERS.contains(variable)) {
                continue;
            }
            Setting setting = Setting.ofVariable(variable).orElse(null);
            if (setting == null) {
                throw new ConfigException("the variable " + variable + " is not known (its value is \""
                        + oneLine(entry.getValue()) + "\"), allowed is "
                        + Arrays.stream(Setting.values()).map(Setting::variable).collect(Collectors.joining(", ")));
            }
            values.put(setting, new Value(entry.getValue(), variable));
        }
    }

    private WeirConfig config() throws ConfigException {
        WeirConfig config = new WeirConfig(
                path(Setting.DATA),
                loopback(Setting.HOST),
                number(Setting.SHARDS, 1, 64),
                new WeirConfig.Node(
                        number(Setting.NODE_ID, 1, Member.NODE_MAX),
                        matching(Setting.NODE_RACK, "[A-Za-z0-9._-]{0,64}"),
                        number(Setting.NODE_EDITION, Edition.OLDEST, Edition.NEWEST)),
                cluster(),
                new WeirConfig.Sqs(
                        number(Setting.SQS_PORT, 0, 65_535),
                        matching(Setting.SQS_ACCOUNT, "\\d{12}"),
                        matching(Setting.SQS_REGION, "[a-z0-9-]{1,64}"),
                        reachable(Setting.SQS_HOST, authMode(Setting.SQS_AUTH) == AuthMode.FULL),
                        advertise(Setting.SQS_ADVERTISE),
                        authMode(Setting.SQS_AUTH),
                        duration(Setting.SQS_DELETE_REST, Limits.NAME_REST_MAX),
                        duration(Setting.SQS_PURGE_REST, Limits.NAME_REST_MAX)),
                new WeirConfig.Sns(truth(Setting.SNS_HTTP)),
                truth(Setting.AMQP_ENABLED) ? Optional.of(amqp()) : Optional.empty(),
                truth(Setting.KAFKA_ENABLED) ? Optional.of(kafka()) : Optional.empty(),
                new WeirConfig.Admin(number(Setting.ADMIN_PORT, 0, 65_535)),
                new WeirConfig.Testing(
                        truth(Setting.TESTING_ENABLED),
                        value(Setting.TESTING_CLOCK_SKEW).text().isEmpty()
                                ? Optional.empty()
                                : Optional.of(path(Setting.TESTING_CLOCK_SKEW))),
                logLevel(Setting.LOG_LEVEL));
        differentPorts(config);
        return config;
    }

    private WeirConfig.Cluster cluster() throws ConfigException {
        List<Address> seeds = new ArrayList<>();
        Value given = value(Setting.CLUSTER_SEEDS);
        for (String seed : given.text().isBlank() ? new String[0] : given.text().split(",", -1)) {
            seeds.add(Address.parse(seed.strip()).orElseThrow(() -> refusal(Setting.CLUSTER_SEEDS, given)));
        }
        int port = number(Setting.CLUSTER_PORT, 0, 65_535);
        if (seeds.size() > SEEDS_MAX || (!seeds.isEmpty() && port == 0)) {
            throw port == 0
                    ? new ConfigException("cluster.seeds is \"" + oneLine(given.text())
                            + "\", but cluster.port is 0; allowed is a port on which the other nodes reach this one"
                            + " (WEIR_CLUSTER_PORT)")
                    : refusal(Setting.CLUSTER_SEEDS, given);
        }
        Duration replaceAfter = duration(Setting.CLUSTER_REPLACE_AFTER, REPLACE_AFTER_MAX);
        if (replaceAfter.compareTo(REPLACE_AFTER_MIN) < 0) {
            throw refusal(Setting.CLUSTER_REPLACE_AFTER, value(Setting.CLUSTER_REPLACE_AFTER));
        }
        Duration scrubEvery = duration(Setting.CLUSTER_SCRUB_EVERY, SCRUB_EVERY_MAX);
        if (scrubEvery.compareTo(SCRUB_EVERY_MIN) < 0) {
            throw refusal(Setting.CLUSTER_SCRUB_EVERY, value(Setting.CLUSTER_SCRUB_EVERY));
        }
        return new WeirConfig.Cluster(
                port,
                value(Setting.CLUSTER_HOST).text(),
                matching(Setting.CLUSTER_ADVERTISE, HOST_NAME),
                seeds,
                number(Setting.CLUSTER_REPLICAS, 1, 5),
                replaceAfter,
                scrubEvery,
                tls());
    }

    private Optional<ClusterTls> tls() throws ConfigException {
        Setting[] settings = {Setting.CLUSTER_TLS_AUTHORITIES, Setting.CLUSTER_TLS_CERTIFICATE, Setting.CLUSTER_TLS_KEY
        };
        List<Path> files = new ArrayList<>();
        for (Setting setting : settings) {
            if (!value(setting).text().isEmpty()) {
                files.add(path(setting));
            }
        }
        if (files.isEmpty()) {
            return Optional.empty();
        }
        for (Setting setting : settings) {
            if (value(setting).text().isEmpty()) {
                throw refusal(setting, value(setting));
            }
        }
        return Optional.of(new ClusterTls(files.get(0), files.get(1), files.get(2)));
    }

    private String advertise(Setting setting) throws ConfigException {
        Value value = value(setting);
        if (!value.text().isEmpty() && Address.parse(value.text()).isEmpty()) {
            throw refusal(setting, value);
        }
        return value.text();
    }

    private WeirConfig.Amqp amqp() throws ConfigException {
        boolean password = matching(Setting.AMQP_AUTH, "off|password").equals("password");
        Set<Mechanism> mechanisms = EnumSet.of(Mechanism.PLAIN, Mechanism.AMQPLAIN);
        if (truth(Setting.AMQP_ANONYMOUS)) {
            mechanisms.add(Mechanism.ANONYMOUS);
        }
        AmqpSettings settings = new AmqpSettings(
                reachable(Setting.AMQP_HOST, password),
                number(Setting.AMQP_PORT, 0, 65_535),
                number(Setting.AMQP_CONNECTIONS_MAX, 1, 1_000_000),
                number(Setting.AMQP_CHANNEL_MAX, 1, 65_535),
                number(Setting.AMQP_FRAME_MAX, 4_096, 16 * 1024 * 1024),
                duration(Setting.AMQP_HEARTBEAT, AMQP_HEARTBEAT_MAX),
                number(Setting.AMQP_MESSAGE_BYTES_MAX, 1, Limits.MESSAGE_BYTES_MAX),
                duration(Setting.AMQP_CONSUMER_TIMEOUT, AMQP_CONSUMER_TIMEOUT_MAX),
                matching(Setting.AMQP_PRODUCT, "[A-Za-z0-9 .-]{1,64}"),
                matching(Setting.AMQP_VERSION, "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"),
                AmqpSettings.DEFAULT.cluster(),
                matching(Setting.SQS_ACCOUNT, "\\d{12}"),
                password,
                mechanisms,
                amqpTls());
        return new WeirConfig.Amqp(settings, advertise(Setting.AMQP_ADVERTISE), management(password, settings.port()));
    }

    /** Nobody has to prove there who he is, so only this machine reaches it. */
    private KafkaSettings kafka() throws ConfigException {
        return new KafkaSettings(
                reachable(Setting.KAFKA_HOST, false),
                number(Setting.KAFKA_PORT, 0, PORT_MAX),
                advertise(Setting.KAFKA_ADVERTISE),
                number(Setting.KAFKA_CONNECTIONS_MAX, 1, 1_000_000),
                truth(Setting.KAFKA_AUTO_CREATE_TOPICS),
                number(Setting.KAFKA_PARTITIONS, 1, Limits.PARTITIONS_MAX),
                groups(),
                KafkaSettings.DEFAULT.cluster());
    }

    private GroupSettings groups() throws ConfigException {
        Value value = value(Setting.KAFKA_GROUPS);
        try {
            return GroupSettings.parse(value.text());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(refusal(Setting.KAFKA_GROUPS, value).getMessage() + " (" + e.getMessage() + ")");
        }
    }

    private Optional<WeirConfig.Management> management(boolean password, int amqpPort) throws ConfigException {
        Value value = value(Setting.AMQP_MANAGEMENT_PORT);
        String host = reachable(Setting.AMQP_MANAGEMENT_HOST, password);
        if (value.text().equals("off")) {
            return Optional.empty();
        }
        if (!value.text().isEmpty()) {
            return Optional.of(new WeirConfig.Management(host, number(Setting.AMQP_MANAGEMENT_PORT, 0, PORT_MAX)));
        }
        if (amqpPort + MANAGEMENT_ABOVE > PORT_MAX) {
            throw new ConfigException(
                    "amqp.management-port is not set, and " + MANAGEMENT_ABOVE + " more than amqp.port, " + amqpPort
                            + ", is no port; allowed is " + Setting.AMQP_MANAGEMENT_PORT.allowed());
        }
        return Optional.of(new WeirConfig.Management(host, amqpPort == 0 ? 0 : amqpPort + MANAGEMENT_ABOVE));
    }

    private Optional<AmqpTls> amqpTls() throws ConfigException {
        boolean any = false;
        for (Setting setting :
                List.of(Setting.AMQP_TLS_CERTIFICATE, Setting.AMQP_TLS_KEY, Setting.AMQP_TLS_AUTHORITIES)) {
            any |= !value(setting).text().isEmpty();
        }
        int port = number(Setting.AMQP_TLS_PORT, 0, 65_535);
        boolean required = matching(Setting.AMQP_TLS_CLIENTS, "asked|required").equals("required");
        boolean commonName = matching(Setting.AMQP_TLS_USER, "distinguished-name|common-name")
                .equals("common-name");
        if (!any) {
            return Optional.empty();
        }
        boolean authorities = !value(Setting.AMQP_TLS_AUTHORITIES).text().isEmpty();
        if (required && !authorities) {
            throw refusal(Setting.AMQP_TLS_AUTHORITIES, value(Setting.AMQP_TLS_AUTHORITIES));
        }
        ClientCertificate asked = required ? ClientCertificate.REQUIRED : ClientCertificate.ASKED;
        return Optional.of(new AmqpTls(
                port,
                new TlsFiles(
                        authorities ? Optional.of(path(Setting.AMQP_TLS_AUTHORITIES)) : Optional.empty(),
                        path(Setting.AMQP_TLS_CERTIFICATE),
                        path(Setting.AMQP_TLS_KEY)),
                authorities ? asked : ClientCertificate.NONE,
                commonName ? AmqpTls.UserName.COMMON_NAME : AmqpTls.UserName.DISTINGUISHED_NAME));
    }

    private Path path(Setting setting) throws ConfigException {
        Value value = value(setting);
        try {
            if (!value.text().isBlank()) {
                return Path.of(value.text()).toAbsolutePath().normalize();
            }
        } catch (InvalidPathException _) { // Refused below.
        }
        throw refusal(setting, value);
    }

    /**
     * The address of a front, which may be reached from elsewhere if who calls must prove who he is.
     *
     * @param proven whether he must; the id of a key alone is no secret
     */
    private String reachable(Setting setting, boolean proven) throws ConfigException {
        Value value = value(setting);
        if (value.text().isEmpty()) {
            return loopback(Setting.HOST);
        }
        if (!proven) {
            return loopback(setting);
        }
        try {
            InetAddress.getByName(value.text());
            return value.text();
        } catch (UnknownHostException _) {
            throw refusal(setting, value);
        }
    }

    private AuthMode authMode(Setting setting) throws ConfigException {
        Value value = value(setting);
        for (AuthMode mode : AuthMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(value.text())) {
                return mode;
            }
        }
        throw refusal(setting, value);
    }

    /** Anybody who can reach such a port may do anything, so nobody else can reach one. */
    private String loopback(Setting setting) throws ConfigException {
        Value value = value(setting);
        String host = value.text();
        try {
            if (!host.isBlank() && InetAddress.getByName(host).isLoopbackAddress()) {
                return host;
            }
        } catch (UnknownHostException _) { // Refused below.
        }
        throw new ConfigException(refusal(setting, value).getMessage()
                + ": nobody has to prove there who he is, so other machines must not reach it");
    }

    private int number(Setting setting, int least, int most) throws ConfigException {
        Value value = value(setting);
        if (value.text().matches("\\d{1,9}")) {
            int number = Integer.parseInt(value.text());
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw refusal(setting, value);
    }

    private boolean truth(Setting setting) throws ConfigException {
        Value value = value(setting);
        return switch (value.text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refusal(setting, value);
        };
    }

    private Duration duration(Setting setting, Duration most) throws ConfigException {
        Value value = value(setting);
        Duration duration = Durations.parse(value.text()).orElse(null);
        if (duration == null || duration.compareTo(most) > 0) {
            throw refusal(setting, value);
        }
        return duration;
    }

    private String matching(Setting setting, String pattern) throws ConfigException {
        Value value = value(setting);
        if (!value.text().matches(pattern)) {
            throw refusal(setting, value);
        }
        return value.text();
    }

    private WeirConfig.LogLevel logLevel(Setting setting) throws ConfigException {
        Value value = value(setting);
        for (WeirConfig.LogLevel level : WeirConfig.LogLevel.values()) {
            if (level.name().toLowerCase(Locale.ROOT).equals(value.text())) {
                return level;
            }
        }
        throw refusal(setting, value);
    }

    private static void differentPorts(WeirConfig config) throws ConfigException {
        Map<Setting, Integer> ports = new LinkedHashMap<>();
        ports.put(Setting.SQS_PORT, config.sqs().port());
        config.amqp()
                .ifPresent(amqp -> ports.put(Setting.AMQP_PORT, amqp.settings().port()));
        config.amqp()
                .flatMap(amqp -> amqp.settings().tls())
                .ifPresent(tls -> ports.put(Setting.AMQP_TLS_PORT, tls.port()));
        config.kafka().ifPresent(kafka -> ports.put(Setting.KAFKA_PORT, kafka.port()));
        ports.put(Setting.ADMIN_PORT, config.admin().port());
        ports.put(Setting.CLUSTER_PORT, config.cluster().port());
        config.amqp()
                .flatMap(WeirConfig.Amqp::management)
                .ifPresent(management -> ports.put(Setting.AMQP_MANAGEMENT_PORT, management.port()));
        Map<Integer, Setting> taken = new TreeMap<>();
        for (Map.Entry<Setting, Integer> each : ports.entrySet()) {
            Setting setting = each.getKey();
            int port = each.getValue();
            Setting other = taken.putIfAbsent(port, setting);
            if (other != null && port != 0) {
                throw new ConfigException(setting.key() + " is " + port + ", and so is " + other.key()
                        + "; allowed is another port for each (" + setting.variable() + ", " + other.variable() + ")");
            }
        }
    }

    private Value value(Setting setting) {
        return java.util.Objects.requireNonNull(values.get(setting));
    }

    private static ConfigException refusal(Setting setting, Value value) {
        return new ConfigException(setting.key() + " is \"" + oneLine(value.text()) + "\" (from " + value.source()
                + "), allowed is " + setting.allowed());
    }

    /** Short enough for an error message, and without line breaks. */
    private static String oneLine(String value) {
        String text = value.replaceAll("\\p{Cntrl}+", " ");
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
