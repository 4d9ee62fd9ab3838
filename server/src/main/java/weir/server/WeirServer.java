package weir.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.admin.AdminServer;
import weir.admin.AdminSettings;
import weir.admin.RabbitApi;
import weir.admin.TestControls;
import weir.amqp.AmqpServer;
import weir.amqp.AmqpSettings;
import weir.amqp.management.Management;
import weir.amqp.management.ManagementApi;
import weir.amqp.management.ManagementServer;
import weir.amqp.management.ManagementSettings;
import weir.amqp.message.AmqpFormat;
import weir.cluster.ClusterLimits;
import weir.cluster.ClusterNode;
import weir.cluster.NodeSettings;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.OwnAddress;
import weir.cluster.replication.GroupId;
import weir.core.codec.Formats;
import weir.kafka.KafkaServer;
import weir.kafka.KafkaSettings;
import weir.kafka.node.Nodes;
import weir.kafka.record.KafkaFormat;
import weir.server.config.ConfigException;
import weir.server.config.WeirConfig;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;
import weir.sqs.action.Rests;

/** A running server: the page of wiring. Opened in the order of need, closed in the reverse. */
public final class WeirServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WeirServer.class);

    /** Something to stop, and how the log calls it. */
    private record Part(String name, AutoCloseable closing) {}

    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean serving;
    private volatile boolean failed;
    private @Nullable Tests tests;
    private int sqsPort;
    private int amqpPort;
    private int amqpTlsPort;
    private int managementPort;
    /** Null if Kafka's clients are not served. */
    private @Nullable KafkaServer kafka;

    private int adminPort;
    /** Null if AMQP is not served. */
    private @Nullable RabbitApi rabbit;

    private WeirServer() {}

    /**
     * Starts a server, and returns when it answers requests.
     *
     * @throws ConfigException if the configuration cannot be used here: a port or the data directory is taken
     * @throws IOException if the data cannot be read
     */
    public static WeirServer start(WeirConfig config) throws ConfigException, IOException, InterruptedException {
        long start = System.nanoTime();
        WeirServer server = new WeirServer();
        boolean started = false;
        try {
            server.open(config);
            started = true;
        } finally {
            if (!started) {
                server.close();
            }
        }
        LOG.info(
                "Weir {} is ready after {} ms: SQS http://{}:{} (authentication: {}), {}{}admin http://{}:{}, data in {}",
                Version.current(),
                Duration.ofNanos(System.nanoTime() - start).toMillis(),
                config.sqs().host(),
                server.sqsPort,
                config.sqs().auth().name().toLowerCase(Locale.ROOT),
                config.amqp().map(server::amqpPorts).orElse(""),
                config.kafka()
                        .map(kafka -> "Kafka " + kafka.host() + ":" + server.kafkaPort() + ", ")
                        .orElse(""),
                config.host(),
                server.adminPort,
                config.data());
        return server;
    }

    private String amqpPorts(WeirConfig.Amqp amqp) {
        String host = amqp.settings().host();
        String tls = amqpTlsPort == 0 ? "" : "AMQPS " + host + ":" + amqpTlsPort + ", ";
        String management = amqp.management()
                .map(api -> " (management " + api.host() + ":" + managementPort + ")")
                .orElse("");
        return tls + "AMQP " + host + ":" + amqpPort + management + ", ";
    }

    private void open(WeirConfig config) throws ConfigException, IOException, InterruptedException {
        DataDirectory data = opened("data directory", DataDirectory.open(config.data(), config.shards()));
        checkFree("sqs.port", config.sqs().host(), config.sqs().port());
        if (config.amqp().isPresent()) {
            AmqpSettings amqp = config.amqp().get().settings();
            checkFree("amqp.port", amqp.host(), amqp.port());
            if (amqp.tls().isPresent()) {
                checkFree("amqp.tls.port", amqp.host(), amqp.tls().get().port());
            }
            if (config.amqp().get().management().isPresent()) {
                WeirConfig.Management management =
                        config.amqp().get().management().get();
                checkFree("amqp.management-port", management.host(), management.port());
            }
        }
        if (config.kafka().isPresent()) {
            KafkaSettings kafka = config.kafka().get();
            checkFree("kafka.port", kafka.host(), kafka.port());
        }
        checkFree("admin.port", config.host(), config.admin().port());
        if (config.cluster().port() != 0) {
            checkFree(
                    "cluster.port",
                    bind(config).getHostString(),
                    config.cluster().port());
        }
        MovableClock clock = new MovableClock(config.testing()
                .clockSkew()
                .<InstantSource>map(SkewedClock::new)
                .orElse(InstantSource.system()));
        ClusterNode node = opened("engine", node(config, data, clock));
        if (config.testing().enabled()) {
            clock.notBefore(node.nowMillis());
            tests = new Tests(node, clock, config.sqs().deleteRest());
        }
        SqsSettings sqsSettings = new SqsSettings(
                config.sqs().host(),
                config.sqs().port(),
                config.sqs().region(),
                config.sqs().account(),
                node.identity().cluster(),
                SqsSettings.DEFAULT.connectionsMax(),
                config.sqs().auth(),
                config.sns().http(),
                new Rests(config.sqs().deleteRest(), config.sqs().purgeRest()));
        var formats = Formats.of(List.of(new AmqpFormat(), new KafkaFormat()));
        if (config.amqp().isPresent()) {
            openAmqp(config.amqp().get(), config.node().id(), node, formats, clock);
        }
        if (config.kafka().isPresent()) {
            openKafka(config.kafka().get(), node, formats, clock);
        }
        // Clients sign by the world's clock, even where tests have moved this server's.
        SqsServer sqs = opened("SQS front", SqsServer.start(sqsSettings, node, formats, clock, InstantSource.system()));
        sqsPort = sqs.port();
        AdminSettings adminSettings = new AdminSettings(
                config.host(),
                config.admin().port(),
                Version.current(),
                config.sqs().account());
        AdminServer admin = opened(
                "admin API",
                new AdminServer(
                        node,
                        formats,
                        adminSettings,
                        clock,
                        tests,
                        node.control().orElse(null),
                        () -> serving,
                        rabbit));
        adminPort = admin.port();
        serving = true;
    }

    private void openAmqp(WeirConfig.Amqp config, int nodeId, ClusterNode node, Formats formats, InstantSource clock)
            throws IOException, InterruptedException {
        AmqpSettings settings =
                config.settings().withCluster(node.identity().cluster().toString());
        AmqpServer amqp = opened("AMQP front", AmqpServer.start(settings, node, node.neighbours(), formats, clock));
        amqpPort = amqp.port();
        amqpTlsPort = amqp.tlsPort();
        String host = config.management().map(WeirConfig.Management::host).orElse(settings.host());
        int port = config.management().map(WeirConfig.Management::port).orElse(0);
        Management management = amqp.management(
                new ManagementSettings(host, port, nodeId, Version.current()),
                node.control().orElse(null),
                node::disk);
        ManagementApi operators = management.operatorsApi();
        rabbit = request -> {
            ManagementApi.Told told = operators.call(new ManagementApi.Request(
                    request.method(), request.path(), request.query(), request.reason(), request.body()));
            return new RabbitApi.Answer(told.status(), told.json());
        };
        if (config.management().isPresent()) {
            managementPort = opened("AMQP management", ManagementServer.start(management, management.api()))
                    .port();
        }
    }

    private void openKafka(KafkaSettings config, ClusterNode node, Formats formats, InstantSource clock)
            throws IOException, InterruptedException {
        KafkaSettings settings = config.withCluster(node.identity().cluster().toString());
        kafka = opened("Kafka front", KafkaServer.start(settings, node, node.neighbours(), formats, clock));
    }

    private ClusterNode node(WeirConfig config, DataDirectory data, InstantSource clock)
            throws ConfigException, IOException, InterruptedException {
        long checkpointBytes = ClusterLimits.checkpointBytes(
                config.shards(), Runtime.getRuntime().maxMemory());
        Optional<NodeSettings.Cluster> cluster =
                config.cluster().port() == 0 ? Optional.empty() : Optional.of(cluster(config));
        try {
            return ClusterNode.open(
                    new NodeSettings(
                            data.path(),
                            config.shards(),
                            checkpointBytes,
                            config.node().id(),
                            cluster,
                            config.node().edition()),
                    clock,
                    this::replicaFailed);
        } catch (FormingException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private static NodeSettings.Cluster cluster(WeirConfig config) throws IOException {
        WeirConfig.Cluster cluster = config.cluster();
        if (cluster.tls().isEmpty()) {
            LOG.warn(
                    "cluster.tls is not set: whoever reaches port {} is taken for a node of this cluster",
                    cluster.port());
        }
        SortedMap<String, String> fronts = new TreeMap<>();
        fronts.put(
                "sqs",
                config.sqs().advertise().isEmpty()
                        ? config.sqs().host() + ":" + config.sqs().port()
                        : config.sqs().advertise());
        config.amqp()
                .ifPresent(amqp -> fronts.put(
                        "amqp",
                        amqp.advertise().isEmpty()
                                ? amqp.settings().host() + ":" + amqp.settings().port()
                                : amqp.advertise()));
        config.kafka()
                .ifPresent(kafka -> fronts.put(
                        Nodes.FRONT,
                        kafka.advertise().isEmpty() ? kafka.host() + ":" + kafka.port() : kafka.advertise()));
        return new NodeSettings.Cluster(
                OwnAddress.find(config.node().id(), cluster.port(), cluster.advertise(), cluster.seeds()),
                bind(config),
                cluster.seeds(),
                cluster.tls(),
                config.node().rack(),
                cluster.replicas(),
                cluster.replaceAfter(),
                cluster.scrubEvery(),
                fronts);
    }

    private static InetSocketAddress bind(WeirConfig config) {
        return config.cluster().host().isEmpty()
                ? new InetSocketAddress(config.cluster().port())
                : new InetSocketAddress(
                        config.cluster().host(), config.cluster().port());
    }

    public int sqsPort() {
        return sqsPort;
    }

    /** 0 if AMQP is not served. */
    public int amqpPort() {
        return amqpPort;
    }

    /** Of AMQP over TLS; 0 if that is not served. */
    public int amqpTlsPort() {
        return amqpTlsPort;
    }

    /** 0 if RabbitMQ's management API is not served. */
    public int managementPort() {
        return managementPort;
    }

    /** 0 if Kafka's clients are not served. */
    public int kafkaPort() {
        return kafka == null ? 0 : kafka.port();
    }

    /** What Kafka's clients hold of this process's memory: requests on their way, and answers that they have not taken. */
    public long kafkaHeldBytes() {
        return kafka == null ? 0 : kafka.heldBytes();
    }

    public int adminPort() {
        return adminPort;
    }

    /**
     * What tests may do to it.
     *
     * @throws IllegalStateException if it was not started for tests
     */
    public TestControls tests() {
        if (tests == null) {
            throw new IllegalStateException("the server was started without testing.enabled");
        }
        return tests;
    }

    /** Whether the server ended by itself, because it could not go on. */
    public boolean failed() {
        return failed;
    }

    /** Returns when the server is to end: it was closed, or cannot go on. */
    public void awaitStop() throws InterruptedException {
        stop.await();
    }

    /** Stops listening, then lets go of the data. What was acknowledged is durable already. */
    @Override
    public void close() {
        serving = false;
        synchronized (parts) {
            while (!parts.isEmpty()) {
                Part part = parts.pop();
                try {
                    part.closing().close();
                } catch (Exception e) { // The others are to be stopped all the same.
                    LOG.warn("The {} did not stop cleanly", part.name(), e);
                }
            }
        }
        stop.countDown();
    }

    private void replicaFailed(GroupId group, Throwable cause) {
        LOG.error("The replica of {} had to stop, so the server stops too", group, cause);
        failed = true;
        stop.countDown();
    }

    private <T extends AutoCloseable> T opened(String name, T part) {
        synchronized (parts) {
            parts.push(new Part(name, part));
        }
        return part;
    }

    /** Asked before anything is opened, so that the answer is one clear line. Port 0 is always free. */
    private static void checkFree(String setting, String host, int port) throws ConfigException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new ConfigException(setting + " is " + port + ", which cannot be listened on (" + e.getMessage()
                    + "); allowed is a port that no other process has, or 0 for any");
        }
    }
}
