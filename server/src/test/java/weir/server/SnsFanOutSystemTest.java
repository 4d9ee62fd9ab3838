package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.cluster.ClusterNode;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;

/** The AWS SDK for Java publishes, and receives what was published: front, engine, replicated log and disk. */
class SnsFanOutSystemTest {
    private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:";

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private static SqsServer server;

    @SuppressWarnings("NullAway.Init")
    private static SnsClient sns;

    @SuppressWarnings("NullAway.Init")
    private static SqsClient sqs;

    @BeforeAll
    static void start() throws Exception {
        node = ClusterNode.open(data, 3, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
        listen();
    }

    private static void listen() {
        server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0), node, InstantSource.system());
        URI endpoint = URI.create("http://127.0.0.1:" + server.port());
        var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing"));
        sns = SnsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        sqs = SqsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static void stopListening() {
        sns.close();
        sqs.close();
        server.close();
    }

    @AfterAll
    static void stop() throws Exception {
        stopListening();
        node.close();
    }

    private static String topic(String name) {
        boolean fifo = name.endsWith(".fifo");
        return sns.createTopic(request -> request.name(name).attributes(fifo ? Map.of("FifoTopic", "true") : Map.of()))
                .topicArn();
    }

    private static String queue(String name) {
        boolean fifo = name.endsWith(".fifo");
        return sqs.createQueue(request -> request.queueName(name)
                        .attributes(fifo ? Map.of(QueueAttributeName.FIFO_QUEUE, "true") : Map.of()))
                .queueUrl();
    }

    private static void subscribe(String topic, String queue, Map<String, String> attributes) {
        sns.subscribe(request ->
                request.topicArn(topic).protocol("sqs").endpoint(QUEUE + queue).attributes(attributes));
    }

    /** Receives and deletes until that many came. */
    private static List<Message> drain(String url, int count) {
        List<Message> drained = new ArrayList<>();
        while (drained.size() < count) {
            List<Message> messages = sqs.receiveMessage(request -> request.queueUrl(url)
                            .maxNumberOfMessages(10)
                            .waitTimeSeconds(20)
                            .messageAttributeNames("All"))
                    .messages();
            assertThat(messages).as("after %s", drained).isNotEmpty();
            for (Message message : messages) {
                sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
            }
            drained.addAll(messages);
        }
        return drained;
    }

    private static JsonNode envelope(Message message) {
        return JsonMapper.shared().readTree(message.body());
    }

    /** The SDK checks every digest that it receives. */
    @Test
    void oneMessageReachesQueuesOfEveryShardInTheFormThatEachWants() {
        String topic = topic("wide");
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            urls.add(queue("wide-" + i));
            subscribe(topic, "wide-" + i, Map.of("RawMessageDelivery", Boolean.toString(i % 2 == 0)));
        }
        MessageAttributeValue number = MessageAttributeValue.builder()
                .dataType("Number")
                .stringValue("1.5")
                .build();
        MessageAttributeValue binary = MessageAttributeValue.builder()
                .dataType("Binary")
                .binaryValue(SdkBytes.fromByteArray(new byte[] {2, 3, 4}))
                .build();
        sns.publish(request ->
                request.topicArn(topic).message("hello").messageAttributes(Map.of("n", number, "b", binary)));
        for (int i = 0; i < 12; i++) {
            Message message = drain(urls.get(i), 1).getFirst();
            if (i % 2 == 0) {
                assertThat(message.body()).isEqualTo("hello");
                assertThat(message.messageAttributes()).containsOnlyKeys("n", "b");
            } else {
                assertThat(envelope(message).get("Message").asString()).isEqualTo("hello");
                assertThat(envelope(message)
                                .get("MessageAttributes")
                                .get("b")
                                .get("Value")
                                .asString())
                        .isEqualTo("AgME");
            }
        }
    }

    @Test
    void signatureIsGoodForTheCertificateThatTheEnvelopeNames() throws Exception {
        String topic = topic("signed");
        String url = queue("signed");
        subscribe(topic, "signed", Map.of());
        sns.setTopicAttributes(request ->
                request.topicArn(topic).attributeName("SignatureVersion").attributeValue("2"));
        sns.publish(request -> request.topicArn(topic).message("text").subject("about"));
        JsonNode envelope = envelope(drain(url, 1).getFirst());
        X509Certificate certificate;
        try (var in =
                URI.create(envelope.get("SigningCertURL").asString()).toURL().openStream()) {
            certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(in.readAllBytes()));
        }
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(certificate);
        for (String name : List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")) {
            signature.update((name + "\n" + envelope.get(name).asString() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(signature.verify(
                        Base64.getDecoder().decode(envelope.get("Signature").asString())))
                .isTrue();
    }

    @Test
    void batchAnswersForEachEntry() {
        String topic = topic("batch");
        String url = queue("batch");
        subscribe(topic, "batch", Map.of("RawMessageDelivery", "true"));
        List<PublishBatchRequestEntry> entries = IntStream.range(0, 10)
                .mapToObj(i -> PublishBatchRequestEntry.builder()
                        .id("e" + i)
                        .message("m" + i)
                        .build())
                .toList();
        var answer = sns.publishBatch(request -> request.topicArn(topic).publishBatchRequestEntries(entries));
        assertThat(answer.successful()).hasSize(10);
        assertThat(answer.failed()).isEmpty();
        assertThat(drain(url, 10))
                .extracting(Message::body)
                .contains("m0", "m9")
                .doesNotHaveDuplicates();
    }

    @Test
    void fifoTopicKeepsItsOrderInEveryQueue() {
        String topic = topic("orders.fifo");
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            urls.add(queue("orders-" + i + ".fifo"));
            subscribe(topic, "orders-" + i + ".fifo", Map.of("RawMessageDelivery", "true"));
        }
        List<String> expected = new ArrayList<>();
        String sequence = "";
        for (int i = 0; i < 40; i++) {
            String number = Integer.toString(i);
            PublishResponse published = sns.publish(request ->
                    request.topicArn(topic).message(number).messageGroupId("g").messageDeduplicationId(number));
            assertThat(published.sequenceNumber()).isGreaterThan(sequence);
            sequence = published.sequenceNumber();
            expected.add(number);
        }
        PublishResponse repeat = sns.publish(request ->
                request.topicArn(topic).message("39").messageGroupId("g").messageDeduplicationId("39"));
        assertThat(repeat.sequenceNumber()).isEqualTo(sequence);
        for (String url : urls) {
            assertThat(drain(url, 40)).extracting(Message::body).isEqualTo(expected);
        }
    }

    @Test
    void httpSubscriberIsAskedThenServedAndOutlastsARestartOfTheServer() throws Exception {
        String topic = topic("hooks");
        try (HttpSubscriber subscriber = new HttpSubscriber()) {
            String policy = "{\"healthyRetryPolicy\":{\"numRetries\":3,\"minDelayTarget\":1,\"maxDelayTarget\":1}}";
            sns.subscribe(request -> request.topicArn(topic)
                    .protocol("http")
                    .endpoint(subscriber.url())
                    .attributes(Map.of("DeliveryPolicy", policy)));
            subscriber.confirm();
            sns.publish(request -> request.topicArn(topic).message("first"));
            assertThat(subscriber.next().get("Message").asString()).isEqualTo("first");
            subscriber.status = 503;
            sns.publish(request -> request.topicArn(topic).message("second"));
            assertThat(subscriber.next().get("Message").asString()).isEqualTo("second");
            stopListening();
            subscriber.status = 200;
            listen();
            assertThat(subscriber.next().get("Message").asString()).isEqualTo("second");
        }
    }

    @Test
    void refusalIsTheOneThatTheSdkKnows() {
        String topic = topic("strict");
        assertThatThrownBy(() -> sns.publish(request -> request.topicArn(topic).message("")))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining("Invalid parameter: Empty message");
    }

    @Test
    void filterPolicyIsAskedForEveryMessage() {
        String topic = topic("filtered");
        String url = queue("filtered");
        subscribe(
                topic,
                "filtered",
                Map.of("FilterPolicy", "{\"interests\":[{\"prefix\":\"so\"}]}", "RawMessageDelivery", "true"));
        MessageAttributeValue wanted = MessageAttributeValue.builder()
                .dataType("String.Array")
                .stringValue("[\"rugby\",\"soccer\"]")
                .build();
        sns.publish(request -> request.topicArn(topic).message("unwanted"));
        sns.publish(
                request -> request.topicArn(topic).message("wanted").messageAttributes(Map.of("interests", wanted)));
        assertThat(drain(url, 1).getFirst().body()).isEqualTo("wanted");
    }
}
