package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import weir.cluster.ClusterNode;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;

/** The AWS SDK for Java against the whole of it: front, engine, replicated log and disk. The SDK checks every digest. */
class SqsSystemTest {
    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private static SqsServer server;

    @SuppressWarnings("NullAway.Init")
    private static SqsClient sqs;

    @BeforeAll
    static void start() throws Exception {
        node = ClusterNode.open(data, 2, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
        server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0), node, InstantSource.system());
        sqs = SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        sqs.close();
        server.close();
        node.close();
    }

    private static String queue(String name, Map<QueueAttributeName, String> attributes) {
        return sqs.createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    private static List<Message> receive(String url, int waitSeconds) {
        return sqs.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(10)
                        .waitTimeSeconds(waitSeconds)
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                .messages();
    }

    @Test
    void messageIsSentReceivedExtendedAndDeleted() {
        String url = queue("standard", Map.of());
        SendMessageResponse sent = sqs.sendMessage(request -> request.queueUrl(url)
                .messageBody("hällo\r\n")
                .messageAttributes(Map.of(
                        "text",
                                MessageAttributeValue.builder()
                                        .dataType("String.x")
                                        .stringValue("1")
                                        .build(),
                        "bytes",
                                MessageAttributeValue.builder()
                                        .dataType("Binary")
                                        .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1}))
                                        .build())));
        Message message = receive(url, 5).getFirst();
        assertThat(message.body()).isEqualTo("hällo\r\n");
        assertThat(message.messageId()).isEqualTo(sent.messageId());
        assertThat(message.messageAttributes()).containsOnlyKeys("text", "bytes");
        assertThat(message.attributes()).containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1");
        sqs.changeMessageVisibility(request ->
                request.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(60));
        assertThat(receive(url, 0)).isEmpty();
        sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
        assertThat(sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                        .attributes())
                .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
                .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0");
    }

    @Test
    void waitingReceiverIsServedAsSoonAsAMessageArrives() {
        String url = queue("polled", Map.of());
        var waiting = CompletableFuture.supplyAsync(() -> receive(url, 20));
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("x"));
        assertThat(waiting.join()).hasSize(1);
    }

    @Test
    void groupIsHandledInOrderAndARepeatIsAnsweredAsTheFirst() {
        String url = queue(
                "ordered.fifo",
                Map.of(QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
        for (String body : List.of("a", "b", "c")) {
            SendMessageResponse first = sqs.sendMessage(
                    request -> request.queueUrl(url).messageBody(body).messageGroupId("g"));
            SendMessageResponse repeated = sqs.sendMessage(
                    request -> request.queueUrl(url).messageBody(body).messageGroupId("g"));
            assertThat(repeated.messageId()).isEqualTo(first.messageId());
            assertThat(repeated.sequenceNumber()).isEqualTo(first.sequenceNumber());
        }
        assertThat(receive(url, 1)).extracting(Message::body).containsExactly("a", "b", "c");
        assertThat(receive(url, 0)).isEmpty();
    }

    @Test
    void receiveThatIsRepeatedGetsTheSameMessagesAndHandles() {
        String url = queue(
                "repeated.fifo",
                Map.of(QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
        for (String body : List.of("a", "b", "c")) {
            sqs.sendMessage(request -> request.queueUrl(url).messageBody(body).messageGroupId("g"));
        }
        List<Message> first = attempt(url, "1");
        assertThat(first).extracting(Message::body).containsExactly("a", "b");
        assertThat(attempt(url, "2")).isEmpty();
        assertThat(attempt(url, "1")).isEqualTo(first);
        sqs.deleteMessage(
                request -> request.queueUrl(url).receiptHandle(first.getFirst().receiptHandle()));
        assertThat(attempt(url, "1")).as("one was deleted since").isEmpty();
    }

    private static List<Message> attempt(String url, String id) {
        return sqs.receiveMessage(
                        request -> request.queueUrl(url).maxNumberOfMessages(2).receiveRequestAttemptId(id))
                .messages();
    }

    @Test
    void messageThatFailsTooOftenIsDeadLetteredAsItself() {
        String dead = queue("dead", Map.of());
        String url = queue(
                "poisoned",
                Map.of(
                        QueueAttributeName.REDRIVE_POLICY,
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":1}",
                        QueueAttributeName.VISIBILITY_TIMEOUT,
                        "0"));
        String id = sqs.sendMessage(request -> request.queueUrl(url).messageBody("x"))
                .messageId();
        assertThat(receive(url, 1)).hasSize(1);
        assertThat(receive(url, 0)).isEmpty();
        assertThat(receive(dead, 10)).singleElement().satisfies(message -> {
            assertThat(message.messageId()).isEqualTo(id);
            assertThat(message.attributes())
                    .containsEntry(
                            MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN,
                            "arn:aws:sqs:us-east-1:000000000000:poisoned")
                    .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "2");
        });
    }

    @Test
    void largestBatchGoesThrough() {
        String url = queue("large", Map.of());
        String body = "x".repeat(104_857);
        var entries = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9").stream()
                .map(id -> SendMessageBatchRequestEntry.builder()
                        .id(id)
                        .messageBody(body)
                        .build())
                .toList();
        assertThat(sqs.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                        .successful())
                .hasSize(10);
        assertThat(receive(url, 5)).hasSize(10).allSatisfy(message -> assertThat(message.body())
                .isEqualTo(body));
    }

    @Test
    void errorsAreTheOnesThatTheSdkKnows() {
        String url = queue("errors", Map.of());
        assertThatThrownBy(() -> sqs.getQueueUrl(request -> request.queueName("nope")))
                .isInstanceOf(QueueDoesNotExistException.class)
                .hasMessageContaining("The specified queue does not exist.");
        assertThatThrownBy(
                        () -> sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle("garbage")))
                .isInstanceOf(ReceiptHandleIsInvalidException.class);
    }
}
