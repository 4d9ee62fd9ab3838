package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server is killed (SIGKILL) again and again while a default producer of Kafka's goes on: what was acknowledged is there, once, at the offset that the
 * producer was told.
 */
class KafkaKillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);
    /** Acknowledged in each life before it ends. */
    private static final int ACKNOWLEDGED_MIN = 2_000;

    private static final int ON_THEIR_WAY_MAX = 500;
    private static final String TOPIC = "killed";

    @TempDir
    private Path data;

    @Test
    void whatWasAcknowledgedIsThereOnce() throws Exception {
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        Semaphore counted = new Semaphore(0);
        Semaphore room = new Semaphore(ON_THEIR_WAY_MAX);
        String port = Integer.toString(NodeProcess.freePorts(1).getFirst());
        String servers = "127.0.0.1:" + port;
        NodeProcess node =
                NodeProcess.start(data, Map.of("WEIR_KAFKA_PORT", port)).awaitReady();
        try (KafkaProducer<String, String> producer = KafkaClients.producer(
                servers, Map.of("reconnect.backoff.max.ms", "200", "retry.backoff.max.ms", "200"))) {
            Thread publisher = Thread.ofVirtual().start(() -> publish(producer, room, acknowledged, failed, counted));
            for (int life = 0; life < KILLS; life++) {
                counted.acquire(ACKNOWLEDGED_MIN);
                node.kill();
                node = NodeProcess.start(data, Map.of("WEIR_KAFKA_PORT", port)).awaitReady();
            }
            counted.acquire(ACKNOWLEDGED_MIN);
            publisher.interrupt();
            publisher.join();
            producer.flush();
            List<ConsumerRecord<String, String>> read = all(servers);
            assertThat(failed).isEmpty();
            Map<String, Long> found = new HashMap<>();
            long offset = 0;
            for (ConsumerRecord<String, String> record : read) {
                assertThat(record.offset()).isEqualTo(offset++);
                assertThat(found.put(record.value(), record.offset()))
                        .as("%s is there twice", record)
                        .isNull();
            }
            assertThat(found).containsAllEntriesOf(acknowledged);
            System.out.println("KafkaKillTest: " + acknowledged.size() + " acknowledged, " + read.size()
                    + " read after " + KILLS + " kills");
        } finally {
            node.close();
        }
    }

    private static void publish(
            KafkaProducer<String, String> producer,
            Semaphore room,
            Map<String, Long> acknowledged,
            Set<String> failed,
            Semaphore counted) {
        try {
            for (int number = 0; ; number++) {
                room.acquire();
                String value = "v" + number;
                var _ = producer.send(new ProducerRecord<>(TOPIC, 0, null, value), (metadata, failure) -> {
                    room.release();
                    if (failure == null) {
                        acknowledged.put(value, metadata.offset());
                        counted.release();
                    } else {
                        failed.add(value + ": " + failure);
                    }
                });
            }
        } catch (InterruptedException | InterruptException _) { // Enough.
            return;
        }
    }

    private static List<ConsumerRecord<String, String>> all(String servers) throws Exception {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (var consumer = KafkaClients.consumer(servers, Map.of())) {
            long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition), Duration.ofSeconds(30))
                    .get(partition));
            return KafkaClients.read(servers, Math.toIntExact(end), partition);
        }
    }
}
