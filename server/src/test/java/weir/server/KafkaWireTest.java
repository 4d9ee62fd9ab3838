package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client of Kafka's would send, and in which order answers come. */
class KafkaWireTest {
    private static final short PRODUCE = 9;
    private static final String TOPIC = "wire";
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    private static WeirServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            CreateTopicsRequestData create = new CreateTopicsRequestData();
            create.topics()
                    .add(new CreatableTopic().setName(TOPIC).setNumPartitions(2).setReplicationFactor((short) -1));
            raw.send(RawKafka.request(ApiKeys.CREATE_TOPICS, (short) 5, 1, create));
            assertThat(raw.answer().getInt()).isEqualTo(1);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static MemoryRecords batch(String value) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProduceRequestData produce(short acks, PartitionProduceData... partitions) {
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(10_000);
        request.topicData().add(new TopicProduceData().setName(TOPIC).setPartitionData(List.of(partitions)));
        return request;
    }

    private static PartitionProduceData of(int partition, MemoryRecords records) {
        return new PartitionProduceData().setIndex(partition).setRecords(records);
    }

    private static List<PartitionProduceResponse> produced(ByteBuffer answer) {
        assertThat(answer.get()).isZero(); // No tags of the header.
        return new ProduceResponseData(new ByteBufferAccessor(answer), PRODUCE)
                .responses()
                .iterator()
                .next()
                .partitionResponses();
    }

    @Test
    void aPartitionThatFailsTakesNothingAwayFromTheOthersOfItsRequest() throws Exception {
        MemoryRecords broken = batch("broken");
        ByteBuffer bytes = broken.buffer();
        bytes.put(bytes.limit() - 1, (byte) (bytes.get(bytes.limit() - 1) + 1));
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            raw.send(RawKafka.request(
                    ApiKeys.PRODUCE,
                    PRODUCE,
                    7,
                    produce(
                            (short) -1,
                            of(0, broken),
                            of(1, batch("good")),
                            of(2, batch("nowhere")),
                            of(-1, batch("x")))));
            ByteBuffer answer = raw.answer();
            assertThat(answer.getInt()).isEqualTo(7);
            List<PartitionProduceResponse> responses = produced(answer);
            assertThat(responses).extracting(PartitionProduceResponse::index).containsExactly(0, 1, 2, -1);
            assertThat(responses)
                    .extracting(response -> Errors.forCode(response.errorCode()))
                    .containsExactly(
                            Errors.CORRUPT_MESSAGE,
                            Errors.NONE,
                            Errors.UNKNOWN_TOPIC_OR_PARTITION,
                            Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(responses.get(1).baseOffset()).isNotNegative();
        }
    }

    @Test
    void requestsThatWereSentAheadAreAnsweredInOrder() throws Exception {
        sendAhead();
    }

    private static void sendAhead() throws Exception {
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            for (int i = 0; i < 200; i++) {
                raw.send(
                        i % 3 == 2
                                ? RawKafka.request(ApiKeys.API_VERSIONS, (short) 0, i, new ApiVersionsRequestData())
                                : RawKafka.request(
                                        ApiKeys.PRODUCE, PRODUCE, i, produce((short) 1, of(0, batch("m" + i)))));
            }
            long last = -1;
            for (int i = 0; i < 200; i++) {
                ByteBuffer answer = raw.answer();
                assertThat(answer.getInt()).isEqualTo(i);
                if (i % 3 != 2) {
                    PartitionProduceResponse response = produced(answer).getFirst();
                    assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
                    assertThat(response.baseOffset()).isGreaterThan(last);
                    last = response.baseOffset();
                }
            }
        }
    }

    @Test
    void whoWantsNoAnswerIsToldOfAnErrorByTheEndOfTheConnection() throws Exception {
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            raw.send(RawKafka.request(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 0, of(9, batch("x")))));
            assertThat(raw.isEnded()).isTrue();
        }
    }

    @Test
    void aNewerVersionThanIsKnownIsToldWhichAreServed() throws Exception {
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            raw.send(ByteBuffer.allocate(11)
                    .putShort(ApiKeys.API_VERSIONS.id)
                    .putShort((short) 99)
                    .putInt(5)
                    .putShort((short) -1)
                    .put((byte) 0)
                    .array());
            ByteBuffer answer = raw.answer();
            assertThat(answer.getInt()).isEqualTo(5);
            ApiVersionsResponseData told = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(told.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
            assertThat(told.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffffffff",
                "00000000",
                "00000003000000",
                "7fffffff0000",
                "000000080063000000000001",
                "00000008000000010000000",
                "47455420"
            })
    void whatIsNoRequestEndsTheConnection(String hex) throws Exception {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        try (RawKafka raw = new RawKafka(server.kafkaPort())) {
            raw.raw(bytes);
            raw.shutOutput();
            assertThat(raw.isEnded()).isTrue();
        }
    }

    /** Requests with random bytes changed: each is answered or ends its connection, and the server goes on. */
    @Test
    void garbledRequestsHarmNobody() throws Exception {
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 4711));
        for (int round = 0; round < 300; round++) {
            ApiKeys key = random.nextBoolean() ? ApiKeys.PRODUCE : ApiKeys.CREATE_TOPICS;
            byte[] request = key == ApiKeys.PRODUCE
                    ? RawKafka.request(key, PRODUCE, round, produce((short) 1, of(0, batch("m" + round))))
                    : RawKafka.request(key, (short) 5, round, new CreateTopicsRequestData());
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                request[random.nextInt(4, request.length)] = (byte) random.nextInt();
            }
            try (RawKafka raw = new RawKafka(server.kafkaPort())) {
                raw.send(request);
                raw.shutOutput();
                raw.drain();
            }
        }
        sendAhead();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (server.kafkaHeldBytes() != 0) { // What was begun is done, though nobody is there any more.
            assertThat(System.nanoTime()).as("room that nobody gives back").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
