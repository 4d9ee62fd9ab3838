package weir.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own clients, as an application makes them. */
final class KafkaClients {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ALL_WITHIN = Duration.ofSeconds(60);

    private KafkaClients() {}

    private static Map<String, Object> at(String servers, Map<String, ?> more) {
        Map<String, Object> configs = new HashMap<>(more);
        configs.put("bootstrap.servers", servers);
        return configs;
    }

    static Admin admin(String servers) {
        return Admin.create(at(servers, Map.of()));
    }

    static KafkaProducer<String, String> producer(String servers, Map<String, ?> more) {
        return new KafkaProducer<>(at(servers, more), new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(String servers, Map<String, ?> more) {
        Map<String, Object> configs = at(servers, more);
        configs.putIfAbsent("enable.auto.commit", "false");
        configs.putIfAbsent("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(configs, new StringDeserializer(), new StringDeserializer());
    }

    /** So many, from the beginning of those partitions. */
    static List<ConsumerRecord<String, String>> read(String servers, int count, TopicPartition... partitions) {
        try (KafkaConsumer<String, String> consumer = consumer(servers, Map.of())) {
            consumer.assign(List.of(partitions));
            consumer.seekToBeginning(List.of(partitions));
            return poll(consumer, count);
        }
    }

    static List<ConsumerRecord<String, String>> poll(KafkaConsumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long end = System.nanoTime() + ALL_WITHIN.toNanos();
        while (records.size() < count) {
            if (System.nanoTime() > end) {
                throw new AssertionError("only " + records.size() + " of " + count + " records came");
            }
            consumer.poll(POLL).forEach(records::add);
        }
        return records;
    }
}
