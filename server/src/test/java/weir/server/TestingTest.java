package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people who test with a server ask of it: another time, a clean start, a look inside. Over its own APIs. */
class TestingTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path data;

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private WeirServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(data, "WEIR_TESTING_ENABLED", "true");
    }

    @AfterEach
    void stop() {
        http.close();
        server.close();
    }

    @Test
    void movedClockEndsTheVisibilityTimeoutAndIsShownInTimestamps() throws Exception {
        String url = create("q", "{}");
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'a'}", url);
        assertThat(receive(url, 0).size()).isEqualTo(1);
        assertThat(receive(url, 0).size()).isZero();
        Instant before = now();
        assertThat(weir("testing", "advance", "30s")).startsWith("it is ");
        assertThat(Duration.between(before, now())).isBetween(Duration.ofSeconds(30), Duration.ofMinutes(10));
        JsonNode again = receive(url, 0);
        assertThat(again.size()).isEqualTo(1);
        assertThat(again.at("/0/Attributes/ApproximateReceiveCount").asString()).isEqualTo("2");

        weir("testing", "advance", "1d");
        sqs("PurgeQueue", "{'QueueUrl':'%s'}", url);
        before = now();
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'b'}", url);
        long sent = receive(url, 0).at("/0/Attributes/SentTimestamp").asLong();
        assertThat(Instant.ofEpochMilli(sent)).isBetween(before.truncatedTo(ChronoUnit.MILLIS), now());
    }

    @Test
    void movedClockWakesAPollThatWaitsForADelay() throws Exception {
        String url = create("q", "{}");
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'a','DelaySeconds':900}", url);
        var waiting = CompletableFuture.supplyAsync(() -> receive(url, 20));
        weir("testing", "advance", "15m");
        assertThat(waiting.get().at("/0/Body").asString()).isEqualTo("a");
    }

    @Test
    void movedClockForgetsDeduplicationIdsAndExpiresMessages() throws Exception {
        String url = create("q.fifo", "{'FifoQueue':'true','MessageRetentionPeriod':'3600'}");
        String send = "{'QueueUrl':'%s','MessageBody':'a','MessageGroupId':'g','MessageDeduplicationId':'d'}";
        String first = sqs("SendMessage", send, url).path("MessageId").asString();
        weir("testing", "advance", "4m");
        assertThat(sqs("SendMessage", send, url).path("MessageId").asString()).isEqualTo(first);
        weir("testing", "advance", "1m");
        assertThat(sqs("SendMessage", send, url).path("MessageId").asString()).isNotEqualTo(first);
        weir("testing", "advance", "1h");
        assertThat(receive(url, 0).size()).isZero();
    }

    @Test
    void resetLeavesNothingAndTellsThoseWhoWait() throws Exception {
        String url = create("q", "{}");
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'a'}", url);
        assertThat(receive(url, 0).size()).isEqualTo(1);
        var waiting = CompletableFuture.supplyAsync(
                () -> sqs("ReceiveMessage", "{'QueueUrl':'%s','WaitTimeSeconds':20}", url));
        assertThat(weir("testing", "reset")).isEqualTo("there is nothing left\n");
        assertThat(waiting.get().path("__type").asString()).endsWith("#QueueDoesNotExist");
        assertThat(sqs("ListQueues", "{}", "").has("QueueUrls")).isFalse();
        create("q", "{}");
        assertThat(receive(url, 0).size()).isZero();
    }

    @Test
    void aLookShowsStateAttributesAndBodyOfEveryMessageAndTakesNone() throws Exception {
        String url = create("q", "{}");
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'leased'}", url);
        receive(url, 0);
        sqs("SendMessage", "{'QueueUrl':'%s','MessageBody':'later','DelaySeconds':60}", url);
        sqs(
                "SendMessage",
                "{'QueueUrl':'%s','MessageBody':'ready','MessageAttributes':{'n':{'DataType':'Number','StringValue':'7'}}}",
                url);
        JsonNode messages = admin("GET", "/api/v1/queues/q/messages", "").at("/messages");
        assertThat(messages.valueStream()
                        .map(one -> one.path("state").asString() + " "
                                + one.path("body").asString()))
                .containsExactly("leased leased", "delayed later", "ready ready");
        assertThat(messages.at("/0/attempts").asInt()).isEqualTo(1);
        assertThat(messages.at("/2/headers/0").toString())
                .isEqualTo("{\"name\":\"n\",\"type\":\"Number\",\"value\":\"7\"}");
        assertThat(receive(url, 0).at("/0/Body").asString()).isEqualTo("ready");
    }

    @ParameterizedTest
    @CsvSource({"-5m", "0s", "soon", "3661d", "''"})
    void clockGoesNeitherBackNorNowhere(String by) throws Exception {
        JsonNode refused = admin("POST", "/api/v1/testing/clock", "{\"advance\":\"" + by + "\"}");
        assertThat(refused.path("code").asString()).isEqualTo("INVALID_REQUEST");
        assertThat(refused.path("message").asString()).contains("allowed is a duration from 1ms to 3660d");
    }

    private Instant now() throws Exception {
        return Instant.parse(
                admin("GET", "/api/v1/testing/clock", "").path("now").asString());
    }

    private String weir(String... arguments) {
        Ran ran = Ran.at(server, arguments);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran.out();
    }

    private JsonNode admin(String method, String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private String create(String name, String attributes) {
        return sqs("CreateQueue", "{'QueueName':'%s','Attributes':" + attributes + "}", name)
                .path("QueueUrl")
                .asString();
    }

    private JsonNode receive(String url, int waitSeconds) {
        return sqs(
                        "ReceiveMessage",
                        "{'QueueUrl':'%s','AttributeNames':['All'],'WaitTimeSeconds':" + waitSeconds + "}",
                        url)
                .path("Messages");
    }

    /** A body written with single quotes, and {@code %s} where the queue or its name belongs. */
    private JsonNode sqs(String action, String body, String queue) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.sqsPort() + "/"))
                .header("Content-Type", "application/x-amz-json-1.0")
                .header("X-Amz-Target", "AmazonSQS." + action)
                .POST(HttpRequest.BodyPublishers.ofString(
                        body.replace("%s", queue).replace('\'', '"'))));
    }

    private JsonNode send(HttpRequest.Builder request) {
        try {
            return JSON.readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
