package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own Java clients, unmodified, against a server of one node. */
class KafkaSystemTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    private static WeirServer server;
    private static String servers;
    private static Admin admin;
    private String topic = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data, "WEIR_AMQP_AUTH", "off");
        servers = "127.0.0.1:" + server.kafkaPort();
        admin = KafkaClients.admin(servers);
    }

    @AfterAll
    static void stop() {
        admin.close(Duration.ZERO);
        server.close();
    }

    @BeforeEach
    void name(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName() + "-"
                + Integer.toHexString(test.getDisplayName().hashCode());
    }

    private Uuid create(int partitions, Map<String, String> configs) throws Exception {
        return admin.createTopics(
                        List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(configs)))
                .topicId(topic)
                .get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic, number);
    }

    private static Class<?> causeOf(Future<?> future) {
        try {
            future.get(SECONDS_MAX, TimeUnit.SECONDS);
            throw new AssertionError("it was done");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause()).getClass();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private List<RecordMetadata> send(Map<String, ?> configs, List<ProducerRecord<String, String>> records)
            throws Exception {
        try (KafkaProducer<String, String> producer = KafkaClients.producer(servers, configs)) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            List<RecordMetadata> done = new ArrayList<>();
            for (Future<RecordMetadata> each : sent) {
                done.add(each.get(SECONDS_MAX, TimeUnit.SECONDS));
            }
            return done;
        }
    }

    private List<ProducerRecord<String, String>> numbered(int count) {
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new ProducerRecord<>(topic, 0, "k" + i, "v" + i));
        }
        return records;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatADefaultProducerSendsAConsumerReadsInOrder(String compression) throws Exception {
        create(1, Map.of());
        List<RecordMetadata> sent = send(Map.of("compression.type", compression, "batch.size", 500), numbered(200));
        assertThat(sent).extracting(RecordMetadata::offset).isSorted().doesNotHaveDuplicates();
        List<ConsumerRecord<String, String>> read = KafkaClients.read(servers, 200, partition(0));
        for (int i = 0; i < 200; i++) {
            assertThat(read.get(i).offset()).isEqualTo(i);
            assertThat(read.get(i).key()).isEqualTo("k" + i);
            assertThat(read.get(i).value()).isEqualTo("v" + i);
            assertThat(read.get(i).timestamp()).isEqualTo(sent.get(i).timestamp());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcksStoresTheRecords(String acks) throws Exception {
        create(1, Map.of());
        send(Map.of("acks", acks, "enable.idempotence", "false"), numbered(50));
        assertThat(KafkaClients.read(servers, 50, partition(0)))
                .extracting(ConsumerRecord::value)
                .containsExactlyElementsOf(
                        numbered(50).stream().map(ProducerRecord::value).toList());
    }

    @Test
    void keysAreSpreadOverPartitionsAndHeadersAndNullsAreKept() throws Exception {
        create(4, Map.of());
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ProducerRecord<String, String> record = new ProducerRecord<>(topic, "k" + i, i % 2 == 0 ? null : "v" + i);
            record.headers().add(new RecordHeader("h", ("x" + i).getBytes(StandardCharsets.UTF_8)));
            records.add(record);
        }
        List<RecordMetadata> sent = send(Map.of(), records);
        assertThat(sent).extracting(RecordMetadata::partition).contains(0, 1, 2, 3);
        List<ConsumerRecord<String, String>> read =
                KafkaClients.read(servers, 100, partition(0), partition(1), partition(2), partition(3));
        assertThat(read).hasSize(100).allSatisfy(record -> {
            int number = Integer.parseInt(record.key().substring(1));
            assertThat(record.value()).isEqualTo(number % 2 == 0 ? null : "v" + number);
            assertThat(new String(record.headers().lastHeader("h").value(), StandardCharsets.UTF_8))
                    .isEqualTo("x" + number);
        });
    }

    @Test
    void aTopicThatAProducerUsesIsMade() throws Exception {
        assertThat(send(Map.of(), numbered(1)).getFirst().offset()).isZero();
        assertThat(admin.listTopics().names().get(SECONDS_MAX, TimeUnit.SECONDS))
                .contains(topic);
    }

    @Test
    void adminMakesDescribesAndDeletesTopics() throws Exception {
        Uuid first = create(3, Map.of("retention.ms", "60000"));
        TopicDescription described = Objects.requireNonNull(admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(SECONDS_MAX, TimeUnit.SECONDS)
                .get(topic));
        assertThat(described.topicId()).isEqualTo(first);
        assertThat(described.partitions()).hasSize(3).allSatisfy(each -> {
            assertThat(each.leader().port()).isEqualTo(server.kafkaPort());
            assertThat(each.isr()).hasSize(1);
        });
        assertThat(causeOf(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()))
                .isEqualTo(TopicExistsException.class);
        assertThat(causeOf(admin.createTopics(List.of(new NewTopic("a b", 1, (short) 1)))
                        .all()))
                .isEqualTo(InvalidTopicException.class);
        assertThat(causeOf(admin.createTopics(List.of(new NewTopic(topic + "0", 0, (short) 1)))
                        .all()))
                .isEqualTo(InvalidPartitionsException.class);
        assertThat(causeOf(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)))
                        .all()))
                .isEqualTo(InvalidPartitionsException.class);
        admin.deleteTopics(List.of(topic)).all().get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(causeOf(admin.deleteTopics(List.of(topic)).all())).isEqualTo(UnknownTopicOrPartitionException.class);
        assertThat(causeOf(admin.describeTopics(List.of(topic)).allTopicNames()))
                .isEqualTo(UnknownTopicOrPartitionException.class);
        assertThat(create(1, Map.of())).isNotEqualTo(first);
    }

    @Test
    void whatIsOnlyValidatedIsNotMade() throws Exception {
        admin.createTopics(
                        List.of(new NewTopic(topic, 2, (short) 1)),
                        new org.apache.kafka.clients.admin.CreateTopicsOptions().validateOnly(true))
                .all()
                .get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(admin.listTopics().names().get(SECONDS_MAX, TimeUnit.SECONDS))
                .doesNotContain(topic);
    }

    @Test
    void aProducerAndAConsumerGoOnWithATopicThatWasMadeAnew() throws Exception {
        create(1, Map.of());
        try (KafkaProducer<String, String> producer = KafkaClients.producer(servers, Map.of());
                KafkaConsumer<String, String> consumer = KafkaClients.consumer(servers, Map.of())) {
            consumer.assign(List.of(partition(0)));
            producer.send(new ProducerRecord<>(topic, "old")).get(SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(KafkaClients.poll(consumer, 1))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("old");
            admin.deleteTopics(List.of(topic)).all().get(SECONDS_MAX, TimeUnit.SECONDS);
            create(1, Map.of());
            RecordMetadata sent =
                    producer.send(new ProducerRecord<>(topic, "new")).get(SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(sent.offset()).isZero();
            assertThat(KafkaClients.read(servers, 1, partition(0)))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("new");
        }
    }

    private ConfigEntry config(String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource))
                .all()
                .get(SECONDS_MAX, TimeUnit.SECONDS)
                .get(resource));
        return config.get(name);
    }

    private Future<Void> alter(String name, String value, AlterConfigOp.OpType operation) {
        return admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), operation))))
                .all();
    }

    @Test
    void knownSettingsAreKeptAndReadBackAndUnknownOnesAreRefused() throws Exception {
        create(1, Map.of("retention.ms", "60000", "segment.bytes", "1000000"));
        assertThat(config("retention.ms").value()).isEqualTo("60000");
        assertThat(config("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config("segment.bytes").value()).isEqualTo("1000000");
        assertThat(config("max.message.bytes").value()).isEqualTo("1048588");
        assertThat(config("max.message.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        alter("retention.ms", "-1", AlterConfigOp.OpType.SET).get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(config("retention.ms").value()).isEqualTo("-1");
        alter("retention.ms", "", AlterConfigOp.OpType.DELETE).get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(config("retention.ms").value()).isEqualTo("604800000");
        assertThat(causeOf(alter("no.such", "1", AlterConfigOp.OpType.SET)))
                .isEqualTo(InvalidConfigurationException.class);
        assertThat(causeOf(alter("retention.ms", "soon", AlterConfigOp.OpType.SET)))
                .isEqualTo(InvalidConfigurationException.class);
        assertThat(causeOf(alter("cleanup.policy", "compact", AlterConfigOp.OpType.SET)))
                .isEqualTo(InvalidConfigurationException.class);
        assertThat(config("cleanup.policy").value()).isEqualTo("delete");
    }

    @Test
    void aBatchLargerThanTheTopicTakesIsRefused() throws Exception {
        create(1, Map.of("max.message.bytes", "1000"));
        assertThatThrownBy(() -> send(Map.of(), List.of(new ProducerRecord<>(topic, "x".repeat(2_000)))))
                .hasCauseInstanceOf(RecordTooLargeException.class);
    }

    @Test
    void arrivalIsTheTimeOfRecordsWhereTheTopicSaysSo() throws Exception {
        create(1, Map.of("message.timestamp.type", "LogAppendTime"));
        long before = System.currentTimeMillis();
        send(Map.of("compression.type", "lz4"), List.of(new ProducerRecord<>(topic, 0, 1L, "k", "v")));
        assertThat(KafkaClients.read(servers, 1, partition(0)).getFirst().timestamp())
                .isBetween(before, System.currentTimeMillis());
    }

    private long offset(OffsetSpec spec) throws Exception {
        ListOffsetsResultInfo found = admin.listOffsets(Map.of(partition(0), spec))
                .partitionResult(partition(0))
                .get(SECONDS_MAX, TimeUnit.SECONDS);
        return found.offset();
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        create(1, Map.of());
        long now = System.currentTimeMillis();
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            records.add(new ProducerRecord<>(topic, 0, now - 10_000 + i * 100L, "k", "v" + i));
        }
        send(Map.of(), records);
        assertThat(offset(OffsetSpec.earliest())).isZero();
        assertThat(offset(OffsetSpec.latest())).isEqualTo(10);
        assertThat(offset(OffsetSpec.maxTimestamp())).isEqualTo(9);
        assertThat(offset(OffsetSpec.forTimestamp(now - 10_000 + 350))).isEqualTo(4);
        assertThat(offset(OffsetSpec.forTimestamp(now + 100_000))).isEqualTo(-1);
    }

    @Test
    void deletedRecordsAreGoneAndWhoWantsThemIsTold() throws Exception {
        create(1, Map.of());
        send(Map.of("batch.size", "0"), numbered(10));
        long low = Objects.requireNonNull(admin.deleteRecords(Map.of(partition(0), RecordsToDelete.beforeOffset(4)))
                        .lowWatermarks()
                        .get(partition(0)))
                .get(SECONDS_MAX, TimeUnit.SECONDS)
                .lowWatermark();
        assertThat(low).isEqualTo(4);
        assertThat(offset(OffsetSpec.earliest())).isEqualTo(4);
        assertThat(KafkaClients.read(servers, 6, partition(0)).getFirst().value())
                .isEqualTo("v4");
        try (KafkaConsumer<String, String> consumer =
                KafkaClients.consumer(servers, Map.of("auto.offset.reset", "none"))) {
            consumer.assign(List.of(partition(0)));
            consumer.seek(partition(0), 1);
            assertThatThrownBy(() -> KafkaClients.poll(consumer, 1)).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void aBatchLargerThanAFetchComesWhole() throws Exception {
        create(1, Map.of());
        send(Map.of(), List.of(new ProducerRecord<>(topic, "x".repeat(100_000)), new ProducerRecord<>(topic, "y")));
        try (KafkaConsumer<String, String> consumer = KafkaClients.consumer(
                servers, Map.of("max.partition.fetch.bytes", "1000", "fetch.max.bytes", "1000"))) {
            consumer.assign(List.of(partition(0)));
            assertThat(KafkaClients.poll(consumer, 2))
                    .extracting(record -> record.value().length())
                    .containsExactly(100_000, 1);
        }
    }

    private static Connection amqp() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpPort());
        return factory.newConnection();
    }

    @Test
    void aStreamOfRabbitMqsClientsIsATopic() throws Exception {
        try (Connection connection = amqp()) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(topic, true, false, false, Map.of("x-queue-type", "stream"));
            channel.confirmSelect();
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .contentType("text/plain")
                    .headers(Map.of("colour", "red", "x-group-id", "key-1"))
                    .build();
            channel.basicPublish("", topic, properties, "hello".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        }
        send(Map.of(), List.of(new ProducerRecord<>(topic, "k", "from Kafka")));
        List<ConsumerRecord<String, String>> read = KafkaClients.read(servers, 2, partition(0));
        assertThat(read).extracting(ConsumerRecord::value).containsExactly("hello", "from Kafka");
        assertThat(read.getFirst().key()).isEqualTo("key-1");
        assertThat(new String(read.getFirst().headers().lastHeader("colour").value(), StandardCharsets.UTF_8))
                .isEqualTo("red");
        assertThat(new String(
                        read.getFirst().headers().lastHeader("content-type").value(), StandardCharsets.UTF_8))
                .isEqualTo("text/plain");
    }

    @Test
    void rabbitMqsClientsReadATopicOfOnePartitionAsAStream() throws Exception {
        create(1, Map.of());
        List<ProducerRecord<String, String>> records = numbered(100);
        records.getFirst().headers().add(new RecordHeader("colour", "red".getBytes(StandardCharsets.UTF_8)));
        send(Map.of("compression.type", "zstd", "linger.ms", "50"), records);
        try (Connection connection = amqp()) {
            Channel channel = connection.createChannel();
            channel.basicQos(100);
            BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
            channel.basicConsume(
                    topic,
                    false,
                    Map.of("x-stream-offset", "first"),
                    (_, delivery) -> deliveries.add(delivery),
                    _ -> {});
            for (int i = 0; i < 100; i++) {
                Delivery delivery = Objects.requireNonNull(deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS));
                assertThat(new String(delivery.getBody(), StandardCharsets.UTF_8))
                        .isEqualTo("v" + i);
                Map<String, Object> headers = delivery.getProperties().getHeaders();
                assertThat(headers.get("x-stream-offset")).isEqualTo((long) i);
                assertThat(headers.get("x-group-id")).hasToString("k" + i);
                if (i == 0) {
                    assertThat(headers.get("colour")).hasToString("red");
                }
                channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            }
        }
    }

    @Test
    void aQueueThatIsReadByLeaseIsNoTopicAndItsNameIsTaken() throws Exception {
        try (Connection connection = amqp()) {
            connection.createChannel().queueDeclare(topic, true, false, false, Map.of());
        }
        assertThat(admin.listTopics().names().get(SECONDS_MAX, TimeUnit.SECONDS))
                .doesNotContain(topic);
        assertThat(causeOf(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()))
                .isEqualTo(TopicExistsException.class);
    }
}
