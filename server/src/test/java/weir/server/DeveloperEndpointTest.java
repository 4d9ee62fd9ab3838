package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What tools know from LocalStack: a queue's messages, listed at {@code /_aws/sqs/messages} without taking them. */
class DeveloperEndpointTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PATH = "/_aws/sqs/messages";

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private SqsClient sqs;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(data);
        sqs = TestServer.client(server, SqsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()));
    }

    @AfterEach
    void stop() {
        sqs.close();
        server.close();
    }

    @AfterAll
    static void stopClient() {
        HTTP.close();
    }

    private HttpResponse<String> get(String pathAndQuery, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.sqsPort() + pathAndQuery));
        return HTTP.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String pathAndQuery) throws Exception {
        return JsonMapper.shared()
                .readTree(get(pathAndQuery, "Accept", "application/json").body());
    }

    private static String of(String url) {
        return PATH + "?QueueUrl=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
    }

    /** One that stands alone is no array. */
    private List<JsonNode> listed(String pathAndQuery) throws Exception {
        JsonNode message = json(pathAndQuery)
                .at("/ReceiveMessageResponse/ReceiveMessageResult")
                .path("Message");
        List<JsonNode> listed = new ArrayList<>();
        if (message.isArray()) {
            message.forEach(listed::add);
        } else if (message.isObject()) {
            listed.add(message);
        }
        return listed;
    }

    private List<String> bodies(String pathAndQuery) throws Exception {
        return listed(pathAndQuery).stream()
                .map(message -> message.path("Body").asString())
                .toList();
    }

    private static String attribute(JsonNode message, String name) {
        for (JsonNode attribute : message.path("Attribute")) {
            if (attribute.path("Name").asString().equals(name)) {
                return attribute.path("Value").asString();
            }
        }
        return "none";
    }

    private String queue(String name, Map<QueueAttributeName, String> attributes) {
        return sqs.createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    @Test
    void aLookChangesNothing() throws Exception {
        String url = queue("q", Map.of());
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("a"));
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("b"));
        assertThat(get(of(url)).body())
                .startsWith("<?xml version=\"1.0\"?><ReceiveMessageResponse ")
                .containsSubsequence(
                        "<Body>a</Body>", "<Name>ApproximateReceiveCount</Name><Value>0</Value>", "<Body>b");
        assertThat(bodies(of(url))).containsExactly("a", "b");
        Message received = sqs.receiveMessage(request ->
                        request.queueUrl(url).visibilityTimeout(0).messageSystemAttributeNamesWithStrings("All"))
                .messages()
                .getFirst();
        assertThat(received.attributesAsStrings()).containsEntry("ApproximateReceiveCount", "1");
        assertThat(attribute(listed(of(url)).getFirst(), "ApproximateReceiveCount"))
                .isEqualTo("1");
        assertThat(listed(of(url)).getFirst().path("MessageId").asString()).isEqualTo(received.messageId());
    }

    /** Both protocols of clients whose endpoint is this one; how many they want does not matter. */
    @Test
    void clientsReceiveFromIt() throws Exception {
        String url = queue("q", Map.of());
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("a"));
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("b"));
        try (SqsClient looking = SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.sqsPort() + PATH))
                .region(software.amazon.awssdk.regions.Region.US_EAST_1)
                .credentialsProvider(software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider.create())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            assertThat(looking.receiveMessage(request -> request.queueUrl(url)).messages())
                    .extracting(Message::body)
                    .containsExactly("a", "b");
        }
        assertThat(get(of(url) + "&Action=ReceiveMessage&MaxNumberOfMessages=1").body())
                .contains("<Body>a</Body>", "<Body>b</Body>");
        HttpResponse<String> refused = get(of(url) + "&Action=SendMessage&MessageBody=x");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("<Code>InvalidRequest</Code>")
                .contains("This endpoint only accepts ReceiveMessage calls");
    }

    @Test
    void whatIsInFlightOrLateIsShownIfAsked() throws Exception {
        String url = queue("q", Map.of());
        for (String body : List.of("a", "b", "c")) {
            sqs.sendMessage(
                    request -> request.queueUrl(url).messageBody(body).delaySeconds(body.equals("c") ? 900 : 0));
        }
        sqs.receiveMessage(request -> request.queueUrl(url));
        assertThat(bodies(of(url))).containsExactly("b");
        assertThat(listed(of(url) + "&ShowInvisible=True"))
                .extracting(message -> message.path("Body").asString() + " " + attribute(message, "IsVisible"))
                .containsExactly("a false", "b true");
        assertThat(listed(of(url) + "&ShowDelayed=1"))
                .extracting(message -> message.path("Body").asString() + " " + attribute(message, "IsDelayed"))
                .containsExactly("b false", "c true");
    }

    @Test
    void aGroupIsHiddenFromItsFirstMessageInFlightOn() throws Exception {
        String url = queue(
                "q.fifo",
                Map.of(QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
        for (String body : List.of("a1", "b1", "a2", "b2")) {
            sqs.sendMessage(request -> request.queueUrl(url).messageBody(body).messageGroupId(body.substring(0, 1)));
        }
        sqs.receiveMessage(request -> request.queueUrl(url));
        assertThat(bodies(of(url))).containsExactly("b1", "b2");
        assertThat(bodies(of(url) + "&ShowInvisible=true")).containsExactly("a1", "b1", "a2", "b2");
    }

    @Test
    void queueMayStandInThePathAndMustExist() throws Exception {
        String url = queue("q", Map.of());
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("a"));
        assertThat(bodies(PATH + "/us-east-1/000000000000/q")).containsExactly("a");
        for (String nowhere : List.of(
                PATH,
                PATH + "/us-east-1/000000000000/none",
                PATH + "/us-east-2/000000000000/q",
                of("http://localhost:4566/000000000000/none"))) {
            assertThat(json(nowhere).at("/ErrorResponse/Error/Code").asString())
                    .isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
        }
        HttpResponse<String> wrong = get(of("http://localhost:4566/nonsense"));
        assertThat(wrong.statusCode()).isEqualTo(404);
        assertThat(wrong.body()).contains("<Code>InvalidAddress</Code>");
    }

    @Test
    void whereCallersAreAskedWhoTheyAreItIsClosed() throws Exception {
        stop();
        server = TestServer.start(data, "WEIR_SQS_AUTH", "key");
        assertThat(json(PATH + "?QueueUrl=q").at("/ErrorResponse/Error/Code").asString())
                .isEqualTo("AccessDenied");
    }
}
