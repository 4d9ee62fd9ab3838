package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes: metadata names who leads, and a default producer goes on without loss or repeats when that one is killed. */
class KafkaClusterTest {
    private static final int NODES = 3;
    /** As {@link NodeProcess#clustered} has it. */
    private static final int SHARDS = 2;

    private static final int PARTITIONS = 4;
    private static final int SECONDS_MAX = 90;
    private static final String TOPIC = "spread";

    @TempDir
    private Path data;

    private final List<NodeProcess> nodes = new ArrayList<>();

    @AfterEach
    void end() {
        nodes.forEach(NodeProcess::close);
    }

    private static TopicDescription describe(Admin admin) throws Exception {
        return Objects.requireNonNull(admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(SECONDS_MAX, TimeUnit.SECONDS)
                .get(TOPIC));
    }

    /** Has that node lead the shard, and waits until clients are told so. */
    private void lead(Admin admin, int shard, int node) throws Exception {
        nodes.getFirst().weir("cluster", "transfer", Integer.toString(shard), Integer.toString(node));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (partitionsLedBy(admin, node) < PARTITIONS / SHARDS) {
            assertThat(System.nanoTime()).as("node %d leads", node).isLessThan(end);
        }
    }

    private static long partitionsLedBy(Admin admin, int node) throws Exception {
        return describe(admin).partitions().stream()
                .filter(partition ->
                        partition.leader() != null && partition.leader().id() == node)
                .count();
    }

    private static List<Future<RecordMetadata>> send(KafkaProducer<String, String> producer, int from, int to) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, "v" + i)));
        }
        return sent;
    }

    @Test
    void aProducerGoesOnWithoutLossOrRepeatsWhenALeaderIsKilled() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(NODES);
        for (int number = 1; number <= NODES; number++) {
            nodes.add(NodeProcess.start(data.resolve("node-" + number), NodeProcess.clustered(number, ports)));
        }
        List<String> servers = new ArrayList<>();
        for (NodeProcess node : nodes) {
            servers.add("127.0.0.1:" + node.awaitReady().kafkaPort());
        }
        nodes.getFirst().await("All is well.", "cluster", "status");
        try (Admin admin = KafkaClients.admin(String.join(",", servers));
                KafkaProducer<String, String> producer =
                        KafkaClients.producer(String.join(",", servers), Map.of("batch.size", "1000"))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) NODES)))
                    .all()
                    .get(SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(admin.describeCluster().nodes().get(SECONDS_MAX, TimeUnit.SECONDS))
                    .hasSize(NODES);
            lead(admin, 0, 1);
            lead(admin, 1, 2);
            TopicDescription described = describe(admin);
            described.partitions().forEach(partition -> assertThat(partition.replicas())
                    .hasSize(NODES));
            for (Future<RecordMetadata> each : send(producer, 0, 2_000)) {
                each.get(SECONDS_MAX, TimeUnit.SECONDS);
            }
            int killed = described.partitions().getFirst().leader().id();
            List<Future<RecordMetadata>> sent = send(producer, 2_000, 6_000);
            nodes.get(killed - 1).kill();
            sent.addAll(send(producer, 6_000, 10_000));
            for (Future<RecordMetadata> each : sent) {
                each.get(SECONDS_MAX, TimeUnit.SECONDS);
            }
            servers.remove(killed - 1);
            readsEachOnceAndInOrder(String.join(",", servers));
        }
    }

    private static void readsEachOnceAndInOrder(String servers) {
        for (int number = 0; number < PARTITIONS; number++) {
            List<ConsumerRecord<String, String>> read =
                    KafkaClients.read(servers, 10_000 / PARTITIONS, new TopicPartition(TOPIC, number));
            for (int i = 0; i < 10_000 / PARTITIONS; i++) {
                assertThat(read.get(i).offset()).isEqualTo(i);
                assertThat(read.get(i).value()).isEqualTo("v" + (number + i * PARTITIONS));
            }
            assertThat(read).hasSize(10_000 / PARTITIONS);
        }
    }
}
