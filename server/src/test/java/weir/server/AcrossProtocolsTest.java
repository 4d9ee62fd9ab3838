package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** One queue, and clients of two protocols that know nothing of each other. What they see is in docs/messages.md. */
class AcrossProtocolsTest {
    private static final int SECONDS_MAX = 20;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private static SqsClient sqs;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    /** Of the test that runs. */
    private String queue = "";

    private String url = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        sqs = TestServer.client(server, SqsClient.builder());
    }

    @AfterAll
    static void stop() {
        sqs.close();
        server.close();
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        connection = TestServer.rabbit(server.amqpPort()).newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
        queue = test.getTestMethod().orElseThrow().getName();
        channel.queueDeclare(queue, true, false, false, null);
        url = sqs.getQueueUrl(request -> request.queueName(queue)).queueUrl();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private void publish(BasicProperties properties, byte[] body) throws Exception {
        channel.basicPublish("", queue, properties, body);
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    private Message received() {
        List<Message> messages = sqs.receiveMessage(request ->
                        request.queueUrl(url).waitTimeSeconds(SECONDS_MAX).messageAttributeNames("All"))
                .messages();
        assertThat(messages).hasSize(1);
        return messages.getFirst();
    }

    private static MessageAttributeValue attribute(String type, String value) {
        return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatAmqpPublishesSqsReceivesWithItsPropertiesAsAttributes() throws Exception {
        var properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .correlationId("c-1")
                .deliveryMode(2)
                .headers(Map.of("traceparent", "00-1", "attempt", 3, "raw", new byte[] {0, 1}))
                .build();
        publish(properties, bytes("hällo"));
        Message message = received(); // The SDK has checked the digests.
        assertThat(message.body()).isEqualTo("hällo");
        assertThat(message.messageAttributes())
                .containsEntry("content-type", attribute("String", "text/plain"))
                .containsEntry("CorrelationId", attribute("String", "c-1"))
                .containsEntry("amqp.routing_key", attribute("String", queue))
                .containsEntry("amqp.delivery_mode", attribute("Number", "2"))
                .containsEntry("traceparent", attribute("String", "00-1"))
                .containsEntry("attempt", attribute("Number.int", "3"))
                .containsEntry(
                        "raw",
                        MessageAttributeValue.builder()
                                .dataType("Binary")
                                .binaryValue(SdkBytes.fromByteArray(new byte[] {0, 1}))
                                .build());
        sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    /** It would only be filled with what nobody can receive. */
    @Test
    void aStreamIsNoEndpointOfATopic() throws Exception {
        String stream = queue + "-stream";
        String arn = "arn:aws:sqs:us-east-1:000000000000:" + stream;
        try (SnsClient sns = TestServer.client(server, SnsClient.builder())) {
            String topic = sns.createTopic(request -> request.name(queue)).topicArn();
            // Before there was one; and a queue that is there, so that it can be told when all have been served.
            sns.subscribe(request -> request.topicArn(topic).protocol("sqs").endpoint(arn));
            sns.subscribe(request -> request.topicArn(topic)
                    .protocol("sqs")
                    .endpoint(arn.replace(stream, queue))
                    .attributes(Map.of("RawMessageDelivery", "true")));
            channel.queueDeclare(stream, true, false, false, Map.of("x-queue-type", "stream"));
            sns.publish(request -> request.topicArn(topic).message("m"));
            assertThat(received().body()).isEqualTo("m");
            channel.basicQos(1);
            CompletableFuture<String> first = new CompletableFuture<>();
            channel.basicConsume(
                    stream,
                    false,
                    Map.of("x-stream-offset", "first"),
                    (_, delivery) -> first.complete(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                    _ -> {});
            channel.basicPublish("", stream, null, bytes("its own"));
            assertThat(first.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("its own");
            String another =
                    sns.createTopic(request -> request.name(queue + "-2")).topicArn();
            assertThatThrownBy(() -> sns.subscribe(
                            request -> request.topicArn(another).protocol("sqs").endpoint(arn)))
                    .isInstanceOf(InvalidParameterException.class)
                    .hasMessageContaining("Invalid parameter: SQS endpoint ARN");
        }
    }

    @Test
    void bodyThatIsNoTextReachesSqsAsBase64() throws Exception {
        publish(new BasicProperties(), new byte[] {0, -1});
        Message message = received();
        assertThat(message.body()).isEqualTo("AP8=");
        assertThat(message.messageAttributes()).containsEntry("BodyEncoding", attribute("String", "base64"));
    }

    @Test
    void whatSqsSendsAmqpGetsWithItsAttributesAsPropertiesAndHeaders() throws Exception {
        sqs.sendMessage(request -> request.queueUrl(url)
                .messageBody("hällo")
                .messageAttributes(Map.of(
                        "CorrelationId", attribute("String", "c-1"),
                        "priority", attribute("Number", "4"),
                        "own", attribute("Number", "17"))));
        GetResponse got = channel.basicGet(queue, true);
        assertThat(got).isNotNull();
        assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo("hällo");
        assertThat(got.getEnvelope().getExchange()).isEmpty();
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(got.getProps().getCorrelationId()).isEqualTo("c-1");
        assertThat(got.getProps().getPriority()).isEqualTo(4);
        assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(got.getProps().getHeaders()).isEqualTo(Map.of("own", 17L));
    }

    @Test
    void workersOfBothCompeteForTheSameMessages() throws Exception {
        publish(new BasicProperties(), bytes("1"));
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("2"));
        Message first = received();
        GetResponse second = channel.basicGet(queue, false);
        assertThat(first.body()).isEqualTo("1");
        assertThat(second.getBody()).isEqualTo(bytes("2"));
        assertThat(channel.basicGet(queue, false)).isNull();
        channel.basicNack(second.getEnvelope().getDeliveryTag(), false, true);
        assertThat(received().body()).isEqualTo("2");
    }

    // ---- What cannot be carried

    /** What a publish is refused with: the channel is closed. */
    private String refusal(String to, byte[] body) throws Exception {
        Channel other = connection.createChannel();
        CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
        other.addShutdownListener(closed::complete);
        other.basicPublish("", to, null, body);
        ShutdownSignalException cause = closed.get(SECONDS_MAX, TimeUnit.SECONDS);
        return String.valueOf(cause.getReason());
    }

    @Test
    void whatIsLargerThanAQueueOfSqsTakesIsRefusedWhenItIsPublished() throws Exception {
        sqs.createQueue(request -> request.queueName("made-by-sqs"));
        assertThat(refusal("made-by-sqs", new byte[2 * 1024 * 1024]))
                .contains("reply-code=406", "is larger than configured max size 1114112 of queue 'made-by-sqs'");
        assertThat(channel.basicGet("made-by-sqs", true)).isNull();
    }

    @Test
    void whatNamesNoGroupIsRefusedByAnOrderedQueue() throws Exception {
        sqs.createQueue(request -> request.queueName("made.fifo")
                .attributesWithStrings(Map.of("FifoQueue", "true", "ContentBasedDeduplication", "true")));
        assertThat(refusal("made.fifo", bytes("x"))).contains("reply-code=406", "message has no header 'x-group-id'");
        channel.basicPublish(
                "",
                "made.fifo",
                new BasicProperties.Builder().headers(Map.of("x-group-id", "g")).build(),
                bytes("grouped"));
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        assertThat(channel.basicGet("made.fifo", true).getBody()).isEqualTo(bytes("grouped"));
    }

    /** A queue that AMQP has made takes what AMQP allows, and SQS shows it as it is. */
    @Test
    void whatIsLargerThanSqsWouldTakeIsReceivedBySqsAsItIs() throws Exception {
        String large = "x".repeat(3 * 1024 * 1024);
        publish(new BasicProperties(), bytes(large));
        assertThat(received().body()).isEqualTo(large);
    }

    /** SQS knows nothing of what a header of that name means to AMQP. */
    @Test
    void deadLettersOfWhatSqsHasSentArrive() throws Exception {
        String work = queue + "-work";
        channel.queueDeclare(
                work, true, false, false, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", queue));
        String workUrl = sqs.getQueueUrl(request -> request.queueName(work)).queueUrl();
        sqs.sendMessage(request -> request.queueUrl(workUrl)
                .messageBody("sent")
                .messageAttributes(Map.of("CC", attribute("String", "a"), "BCC", attribute("String", "b"))));
        GetResponse got = channel.basicGet(work, false);
        channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
        assertThat(received().body()).isEqualTo("sent");
    }
}
