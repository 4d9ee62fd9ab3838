package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ResourceNotFoundException;

/** Streams, read by RabbitMQ's Java client: reading removes nothing, each reader has its own place. */
class AmqpStreamTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    /** Of the test that runs. */
    private String stream = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data, "WEIR_TESTING_ENABLED", "true");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        stream = test.getTestMethod().orElseThrow().getName();
        connection = TestServer.rabbit(server.amqpPort()).newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private void declare(Object... arguments) throws IOException {
        Map<String, Object> table = new TreeMap<>(Map.of("x-queue-type", "stream"));
        for (int i = 0; i < arguments.length; i += 2) {
            table.put((String) arguments[i], arguments[i + 1]);
        }
        channel.queueDeclare(stream, true, false, false, table);
    }

    private void publish(int from, int to) throws Exception {
        publish(from, to, null);
    }

    private void publish(int from, int to, AMQP.@org.jspecify.annotations.Nullable BasicProperties properties)
            throws Exception {
        channel.confirmSelect();
        for (int i = from; i < to; i++) {
            channel.basicPublish("", stream, properties, ("m" + i).getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    private static BlockingQueue<Delivery> consume(Channel on, String stream, int prefetch, Object offset)
            throws IOException {
        return consume(on, stream, prefetch, Map.of("x-stream-offset", offset));
    }

    private static BlockingQueue<Delivery> consume(
            Channel on, String stream, int prefetch, Map<String, Object> arguments) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        on.basicQos(prefetch);
        on.basicConsume(
                stream,
                false,
                "",
                false,
                false,
                arguments,
                (_, delivery) -> {
                    deliveries.add(delivery);
                },
                _ -> {});
        return deliveries;
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    private static long offset(Delivery delivery) {
        return (Long)
                Objects.requireNonNull(delivery.getProperties().getHeaders().get("x-stream-offset"));
    }

    private static String text(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    /** So many messages, each acknowledged, as {@code offset:body}. */
    private List<String> take(BlockingQueue<Delivery> deliveries, int count) throws Exception {
        return take(channel, deliveries, count);
    }

    private static List<String> take(Channel on, BlockingQueue<Delivery> deliveries, int count) throws Exception {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Delivery delivery = next(deliveries);
            assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
            taken.add(offset(delivery) + ":" + text(delivery));
            on.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        return taken;
    }

    private static List<String> expected(int from, int to) {
        List<String> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(i + ":m" + i);
        }
        return all;
    }

    // ---- Where a reader begins

    @Test
    void readersBeginWhereTheySay() throws Exception {
        declare();
        publish(0, 20);
        assertThat(take(consume(channel, stream, 50, "first"), 20)).isEqualTo(expected(0, 20));
        assertThat(take(consume(channel, stream, 50, 7), 13)).isEqualTo(expected(7, 20));
        assertThat(take(consume(channel, stream, 50, "last"), 1)).isEqualTo(expected(19, 20));
        assertThat(take(consume(channel, stream, 50, "1h"), 20)).isEqualTo(expected(0, 20));
        BlockingQueue<Delivery> next = consume(channel, stream, 50, "next");
        BlockingQueue<Delivery> unasked = consume(channel, stream, 50, Map.of());
        BlockingQueue<Delivery> later = consume(channel, stream, 50, 22);
        publish(20, 25);
        assertThat(take(next, 5)).isEqualTo(expected(20, 25));
        assertThat(take(unasked, 5)).isEqualTo(expected(20, 25));
        assertThat(take(later, 3)).isEqualTo(expected(22, 25));
        assertThat(channel.queueDeclarePassive(stream).getMessageCount()).isEqualTo(25);
    }

    @Test
    void aReaderMayBeginAtATime() throws Exception {
        declare();
        publish(0, 5);
        server.tests().advance(Duration.ofHours(1));
        publish(5, 10);
        Date since = Date.from(server.tests().now().minus(Duration.ofMinutes(30)));
        assertThat(take(consume(channel, stream, 50, since), 5)).isEqualTo(expected(5, 10));
        assertThat(take(consume(channel, stream, 50, "30m"), 5)).isEqualTo(expected(5, 10));
        assertThat(take(consume(channel, stream, 50, "2h"), 10)).isEqualTo(expected(0, 10));
    }

    // ---- Reading

    @Test
    void everyReaderGetsEverythingAtItsOwnPace() throws Exception {
        declare();
        publish(0, 500);
        Channel slow = connection.createChannel();
        BlockingQueue<Delivery> byOne = consume(slow, stream, 1, "first");
        BlockingQueue<Delivery> byHundred = consume(channel, stream, 100, "first");
        assertThat(take(slow, byOne, 3)).isEqualTo(expected(0, 3));
        assertThat(take(byHundred, 500)).isEqualTo(expected(0, 500));
        publish(500, 510);
        assertThat(take(byHundred, 10)).isEqualTo(expected(500, 510));
        assertThat(take(slow, byOne, 507)).isEqualTo(expected(3, 510));
    }

    /** Of one channel, to each of whom one may be given at a time. */
    @Test
    void aThousandReadersHaveAllOfIt() throws Exception {
        int readers = 1_000;
        declare();
        publish(0, 3);
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicQos(1);
        for (int i = 0; i < readers; i++) {
            channel.basicConsume(
                    stream,
                    false,
                    Map.of("x-stream-offset", "first"),
                    (_, delivery) -> deliveries.add(delivery),
                    _ -> {});
        }
        assertThat(channel.consumerCount(stream)).isEqualTo(readers);
        for (int i = 0; i < 3; i++) {
            for (int reader = 0; reader < readers; reader++) {
                assertThat(offset(next(deliveries))).isEqualTo(i);
            }
            channel.basicAck(0, true);
        }
        publish(3, 4);
        for (int reader = 0; reader < readers; reader++) {
            assertThat(offset(next(deliveries))).isEqualTo(3);
        }
        channel.close();
        channel = connection.createChannel();
        assertThat(channel.consumerCount(stream)).isZero();
    }

    @Test
    void creditIsAllThatSettlingGives() throws Exception {
        declare();
        publish(0, 6);
        BlockingQueue<Delivery> deliveries = consume(channel, stream, 2, "first");
        Delivery zero = next(deliveries);
        Delivery one = next(deliveries);
        assertThat(deliveries.poll(200, TimeUnit.MILLISECONDS)).isNull();
        channel.basicNack(zero.getEnvelope().getDeliveryTag(), false, true);
        channel.basicReject(one.getEnvelope().getDeliveryTag(), false);
        assertThat(take(deliveries, 4)).isEqualTo(expected(2, 6));
        assertThat(take(consume(channel, stream, 10, "first"), 6)).isEqualTo(expected(0, 6));
    }

    @Test
    void aCancelledReaderGetsNothingMore() throws Exception {
        declare();
        publish(0, 3);
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicQos(10);
        String tag = channel.basicConsume(
                stream, false, Map.of("x-stream-offset", "first"), (_, delivery) -> deliveries.add(delivery), _ -> {});
        assertThat(take(deliveries, 3)).isEqualTo(expected(0, 3));
        assertThat(channel.consumerCount(stream)).isEqualTo(1);
        channel.basicCancel(tag);
        publish(3, 6);
        assertThat(channel.consumerCount(stream)).isZero();
        assertThat(deliveries).isEmpty();
    }

    @Test
    void aReaderOfADeletedStreamIsTold() throws Exception {
        declare();
        CountDownLatch cancelled = new CountDownLatch(1);
        channel.basicQos(10);
        channel.basicConsume(stream, false, (_, _) -> {}, _ -> cancelled.countDown());
        connection.createChannel().queueDelete(stream);
        assertThat(cancelled.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void onlyWhatAReaderFiltersForComes() throws Exception {
        declare("x-stream-filter-size-bytes", 32);
        for (int i = 0; i < 30; i++) {
            String colour = List.of("red", "green", "").get(i % 3);
            Map<String, Object> headers = colour.isEmpty() ? Map.of() : Map.of("x-stream-filter-value", colour);
            publish(
                    i,
                    i + 1,
                    new AMQP.BasicProperties.Builder().headers(headers).build());
        }
        BlockingQueue<Delivery> red =
                consume(channel, stream, 100, Map.of("x-stream-offset", "first", "x-stream-filter", "red"));
        for (int i = 0; i < 30; i += 3) {
            assertThat(take(red, 1)).isEqualTo(expected(i, i + 1));
        }
        BlockingQueue<Delivery> both = consume(
                channel,
                stream,
                100,
                Map.of(
                        "x-stream-offset",
                        "first",
                        "x-stream-filter",
                        List.of("red", "green"),
                        "x-stream-match-unfiltered",
                        true));
        assertThat(take(both, 30)).isEqualTo(expected(0, 30));
    }

    // ---- What is kept

    @Test
    void theOldestGoWhenThereIsTooMuch() throws Exception {
        declare("x-max-length-bytes", 100_000, "x-stream-max-segment-size-bytes", 50_000);
        channel.confirmSelect();
        for (int i = 0; i < 1_000; i++) {
            channel.basicPublish("", stream, null, new byte[1_000]);
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        long kept = channel.queueDeclarePassive(stream).getMessageCount();
        assertThat(kept).isBetween(95L, 115L);
        BlockingQueue<Delivery> deliveries = consume(channel, stream, 10, 5);
        assertThat(offset(next(deliveries))).isEqualTo(1_000 - kept);
    }

    @Test
    void theOldestGoWhenTheyAreTooOld() throws Exception {
        declare("x-max-age", "1D");
        publish(0, 10);
        server.tests().advance(Duration.ofHours(25));
        publish(10, 12);
        assertThat(take(consume(channel, stream, 10, "first"), 2)).isEqualTo(expected(10, 12));
    }

    // ---- What is refused

    private void fails(int code, String text, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable cause = thrown instanceof ShutdownSignalException ? thrown : thrown.getCause();
            Object reason = ((ShutdownSignalException) Objects.requireNonNull(cause)).getReason();
            int found = reason instanceof AMQP.Channel.Close close
                    ? close.getReplyCode()
                    : ((AMQP.Connection.Close) reason).getReplyCode();
            assertThat(found).isEqualTo(code);
            assertThat(cause).hasMessageContaining(text);
        });
    }

    @Test
    void whatAStreamCannotIsRefused() throws Exception {
        declare();
        fails(
                406,
                "consumer prefetch count is not set for stream queue '" + stream + "' in vhost '/'",
                () -> channel.basicConsume(stream, false, (_, _) -> {}, _ -> {}));
        channel = connection.createChannel();
        fails(406, "{invalid_offset_arg,never}", () -> consume(channel, stream, 10, "never"));
        channel = connection.createChannel();
        fails(
                406,
                "invalid arg 'x-priority' for queue '" + stream + "' in vhost '/' of queue type rabbit_stream_queue",
                () -> consume(channel, stream, 10, Map.of("x-priority", 1)));
        channel = connection.createChannel();
        channel.queueDeclare("no-stream", true, false, false, null);
        fails(
                406,
                "invalid arg 'x-stream-offset' for queue 'no-stream' in vhost '/' of queue type rabbit_classic_queue",
                () -> consume(channel, "no-stream", 10, "first"));
        connect();
        fails(540, "automatic acknowledgement not supported by stream", () -> {
            channel.basicQos(5);
            channel.basicConsume(stream, true, (_, _) -> {}, _ -> {});
        });
        connect();
        fails(540, "basic.get not supported by stream queues", () -> channel.basicGet(stream, false));
        connect();
        fails(540, "queue.purge not supported by stream queues", () -> channel.queuePurge(stream));
        connect();
        fails(540, "does not support global qos", () -> {
            channel.basicQos(10, true);
            consume(channel, stream, 5, "first");
        });
        connect();
        fails(
                406,
                "invalid property 'exclusive-owner'",
                () -> channel.queueDeclare("mine", true, true, false, Map.of("x-queue-type", "stream")));
    }

    private void connect() throws Exception {
        connection.abort();
        connection = TestServer.rabbit(server.amqpPort()).newConnection();
        channel = connection.createChannel();
    }

    // ---- Beside others

    @Test
    void aCopyGoesToTheStreamAndOneToTheQueue() throws Exception {
        declare();
        channel.exchangeDeclare("both", "fanout", true);
        channel.queueDeclare("beside", true, false, false, null);
        channel.queueBind(stream, "both", "");
        channel.queueBind("beside", "both", "");
        channel.confirmSelect();
        channel.basicPublish("both", "key", null, "m0".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        assertThat(channel.basicGet("beside", true).getBody()).isEqualTo("m0".getBytes(StandardCharsets.UTF_8));
        Delivery copy = next(consume(channel, stream, 1, "first"));
        assertThat(copy.getEnvelope().getExchange()).isEqualTo("both");
        assertThat(copy.getEnvelope().getRoutingKey()).isEqualTo("key");
    }

    /** It would be read at once: a stream has no place for what is not due yet. */
    @Test
    void whatIsDelayedIsRefused() throws Exception {
        declare();
        channel.exchangeDeclare("later", "x-delayed-message", true, false, Map.of("x-delayed-type", "fanout"));
        channel.queueBind(stream, "later", "");
        publishLater(0);
        assertThat(take(consume(channel, stream, 10, "first"), 1)).containsExactly("0:now");
        fails(406, "x-delay not supported by stream queue '" + stream + "' in vhost '/'", () -> publishLater(60_000));
    }

    private void publishLater(int millis) throws Exception {
        channel.confirmSelect();
        channel.basicPublish(
                "later",
                "",
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-delay", millis))
                        .build(),
                "now".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirms(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    @Test
    void deadLettersOfAQueueAreKeptAndReadByAnybody() throws Exception {
        declare();
        channel.queueDeclare(
                "mortal",
                true,
                false,
                false,
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", stream));
        channel.basicPublish("", "mortal", null, "m0".getBytes(StandardCharsets.UTF_8));
        channel.basicQos(1);
        channel.basicConsume(
                "mortal",
                false,
                (_, delivery) -> channel.basicReject(delivery.getEnvelope().getDeliveryTag(), false),
                _ -> {});
        for (int i = 0; i < 2; i++) {
            Delivery letter = next(consume(connection.createChannel(), stream, 1, "first"));
            assertThat(text(letter)).isEqualTo("m0");
            assertThat(offset(letter)).isZero();
            assertThat(letter.getProperties().getHeaders()).containsKey("x-death");
        }
    }

    /** Credit comes with the acknowledgement, what is published with the commit. */
    @Test
    void aTransactionPublishesWhenItIsCommitted() throws Exception {
        declare();
        channel.txSelect();
        channel.basicPublish("", stream, null, "m0".getBytes(StandardCharsets.UTF_8));
        channel.txRollback();
        channel.basicPublish("", stream, null, "m0".getBytes(StandardCharsets.UTF_8));
        channel.txCommit();
        BlockingQueue<Delivery> deliveries = consume(channel, stream, 1, "first");
        Delivery first = next(deliveries);
        channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
        channel.basicPublish("", stream, null, "m1".getBytes(StandardCharsets.UTF_8));
        channel.txCommit();
        assertThat(List.of(offset(first) + ":" + text(first))).isEqualTo(expected(0, 1));
        Delivery second = next(deliveries);
        assertThat(List.of(offset(second) + ":" + text(second))).isEqualTo(expected(1, 2));
    }

    @Test
    void sqsDoesNotHaveIt() throws Exception {
        declare();
        try (SqsClient sqs =
                TestServer.client(server, SqsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()))) {
            assertThat(sqs.listQueues().queueUrls()).noneMatch(url -> url.endsWith("/" + stream));
            assertThatThrownBy(() -> sqs.getQueueUrl(ask -> ask.queueName(stream)))
                    .isInstanceOf(QueueDoesNotExistException.class);
            assertThatThrownBy(() -> sqs.createQueue(create -> create.queueName(stream)))
                    .isInstanceOf(QueueNameExistsException.class);
            String arn = "arn:aws:sqs:us-east-1:000000000000:";
            assertThatThrownBy(() -> sqs.createQueue(create -> create.queueName("source")
                            .attributes(Map.of(
                                    QueueAttributeName.REDRIVE_POLICY,
                                    "{\"maxReceiveCount\":1,\"deadLetterTargetArn\":\"" + arn + stream + "\"}"))))
                    .hasMessageContaining("Dead letter target does not exist.");
            assertThatThrownBy(() -> sqs.startMessageMoveTask(move -> move.sourceArn(arn + stream)))
                    .isInstanceOf(ResourceNotFoundException.class);
        }
    }
}
