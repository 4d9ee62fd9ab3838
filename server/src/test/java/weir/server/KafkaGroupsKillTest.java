package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers are killed (SIGKILL): what a group has committed it has after that, and its members go on. */
class KafkaGroupsKillTest {
    private static final int NODES = 3;
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int SECONDS_MAX = 120;
    private static final String TOPIC = "killed";
    private static final int PARTITIONS = 4;
    private static final Map<String, String> AT_ONCE =
            Map.of("WEIR_KAFKA_GROUPS", "group.initial.rebalance.delay.ms=0");

    @TempDir
    private Path data;

    private final List<NodeProcess> nodes = new ArrayList<>();

    @AfterEach
    void end() {
        nodes.forEach(NodeProcess::close);
    }

    private static void makeTopic(String bootstrap) throws Exception {
        try (Admin admin = KafkaClients.admin(bootstrap)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) -1)))
                    .all()
                    .get(SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private static void produce(String bootstrap, int from, int to) throws Exception {
        try (Producer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, "m" + i))
                        .get(SECONDS_MAX, TimeUnit.SECONDS);
            }
        }
    }

    /** An admin client that was told of a coordinator which has ended keeps to it for all of its time; so it is given little, and asked again. */
    private static Admin admin(String bootstrap) {
        return Admin.create(
                Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 5_000, "request.timeout.ms", 3_000));
    }

    private static Map<Integer, Long> committed(Admin admin, String group) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            try {
                Map<Integer, Long> offsets = new TreeMap<>();
                admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(SECONDS_MAX, TimeUnit.SECONDS)
                        .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
                return offsets;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(RetriableException.class);
                assertThat(System.nanoTime()).as("%s", e).isLessThan(end);
            }
        }
    }

    @Test
    void membersGoOnWithTheServerThatComesBack() throws Exception {
        int port = NodeProcess.freePorts(1).getFirst();
        Map<String, String> variables = new TreeMap<>(AT_ONCE);
        variables.put("WEIR_KAFKA_PORT", Integer.toString(port));
        String bootstrap = "127.0.0.1:" + port;
        NodeProcess node = NodeProcess.start(data, variables).awaitReady();
        nodes.add(node);
        makeTopic(bootstrap);
        try (Admin admin = admin(bootstrap)) {
            try (KafkaMember classic = KafkaMember.of(bootstrap, "classic", TOPIC);
                    KafkaMember consumer = KafkaMember.of(bootstrap, "consumer", TOPIC, "group.protocol", "consumer")) {
                for (int life = 0; life < KILLS; life++) {
                    produce(bootstrap, 100 * life, 100 * (life + 1));
                    int read = 100 * (life + 1);
                    classic.awaitRead(read);
                    consumer.awaitRead(read);
                    var before =
                            Map.of("classic", committed(admin, "classic"), "consumer", committed(admin, "consumer"));
                    node.kill();
                    node = NodeProcess.start(data, variables).awaitReady();
                    nodes.add(node);
                    for (String group : before.keySet()) {
                        assertThat(committed(admin, group)).isEqualTo(before.get(group));
                    }
                }
                // Each was read once: what was committed was where they went on.
                assertThat(classic.read()).hasSize(100 * KILLS);
                assertThat(consumer.read()).hasSize(100 * KILLS);
            }
        }
    }

    @Test
    void groupsGoOnWithoutTheNodeThatCoordinatedThem() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(2 * NODES);
        List<Integer> clusterPorts = ports.subList(0, NODES);
        List<String> addresses = new ArrayList<>();
        for (int number = 1; number <= NODES; number++) {
            Map<String, String> variables = NodeProcess.clustered(number, clusterPorts, NODES);
            variables.putAll(AT_ONCE);
            int port = ports.get(NODES + number - 1);
            variables.put("WEIR_KAFKA_PORT", Integer.toString(port));
            addresses.add("127.0.0.1:" + port);
            nodes.add(NodeProcess.start(data.resolve("node-" + number), variables));
        }
        for (NodeProcess node : nodes) {
            node.awaitReady();
        }
        String bootstrap = String.join(",", addresses);
        makeTopic(bootstrap);
        try (Admin admin = admin(bootstrap)) {
            produce(bootstrap, 0, 100);
            try (KafkaMember classic = KafkaMember.of(bootstrap, "classic", TOPIC);
                    KafkaMember consumer = KafkaMember.of(bootstrap, "consumer", TOPIC, "group.protocol", "consumer")) {
                classic.awaitRead(100);
                consumer.awaitRead(100);
                var before = Map.of("classic", committed(admin, "classic"), "consumer", committed(admin, "consumer"));
                int coordinator = Objects.requireNonNull(admin.describeConsumerGroups(List.of("classic"))
                                .all()
                                .get(SECONDS_MAX, TimeUnit.SECONDS)
                                .get("classic"))
                        .coordinator()
                        .id();
                nodes.get(coordinator - 1).kill();
                for (String group : before.keySet()) {
                    assertThat(committed(admin, group)).isEqualTo(before.get(group));
                }
                produce(bootstrap, 100, 200);
                classic.await("all", () -> new TreeSet<>(classic.read()).size() == 200);
                consumer.await("all", () -> new TreeSet<>(consumer.read()).size() == 200);
            }
        }
    }
}
