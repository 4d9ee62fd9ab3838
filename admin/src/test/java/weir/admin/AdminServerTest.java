package weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.core.codec.Formats;

class AdminServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final MemoryBroker broker = new MemoryBroker();
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private AdminServer server;

    private record Answer(int status, JsonNode body) {
        String code() {
            return body.path("code").asString();
        }

        String message() {
            return body.path("message").asString();
        }
    }

    AdminServerTest() {
        server = new AdminServer(
                broker,
                Formats.PLAIN,
                new AdminSettings("127.0.0.1", 0, "test", "000000000000"),
                InstantSource.system(),
                null,
                null,
                ready::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @AfterAll
    static void stopClient() {
        CLIENT.close();
    }

    @BeforeEach
    void createQueue() throws Exception {
        assertThat(post("/api/v1/queues", "{'name':'q'}").status()).isEqualTo(201);
    }

    @Test
    void serverThatIsNotForTestsKeepsItsClockAndItsQueues() throws Exception {
        Answer refused = post("/api/v1/testing/clock", "{'advance':'5m'}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("TESTING_DISABLED");
        assertThat(refused.message()).contains("WEIR_TESTING_ENABLED=true");
        assertThat(get("/api/v1/testing/clock").status()).isEqualTo(403);
        assertThat(post("/api/v1/testing/reset", "{}").status()).isEqualTo(403);
        assertThat(get("/api/v1/queues/q").status()).isEqualTo(200);
    }

    @Test
    void createdQueueIsDescribedWithItsSettingsAndCounters() throws Exception {
        Answer created = post(
                "/api/v1/queues",
                "{'name':'orders','settings':{'lease':'90s','messagesMax':10,'deadLetter':"
                        + "{'queue':'q','maxAttempts':3}}}");
        assertThat(created.status()).isEqualTo(201);
        JsonNode queue = get("/api/v1/queues/orders").body();
        assertThat(queue).isEqualTo(created.body());
        assertThat(queue.at("/settings/lease").asString()).isEqualTo("90s");
        assertThat(queue.at("/settings/messagesMax").asLong()).isEqualTo(10);
        assertThat(queue.at("/settings/bytesMax").asString()).isEqualTo("unlimited");
        assertThat(queue.at("/settings/deadLetter/onExpiry").booleanValue()).isFalse();
        assertThat(queue.at("/counters/ready").asLong()).isZero();
    }

    @Test
    void whatADeadLetterPolicySaysOfOverflowAndRejectionStays() throws Exception {
        post(
                "/api/v1/queues",
                "{'name':'kept','settings':{'deadLetter':"
                        + "{'queue':'q','maxAttempts':3,'onOverflow':false,'onRejection':false}}}");
        Answer changed = patch("/api/v1/queues/kept", "{'settings':{'deadLetter':{'queue':'q','maxAttempts':4}}}");
        JsonNode policy = changed.body().at("/settings/deadLetter");
        assertThat(policy.at("/maxAttempts").asInt()).isEqualTo(4);
        assertThat(policy.at("/onOverflow").booleanValue()).isFalse();
        assertThat(policy.at("/onRejection").booleanValue()).isFalse();
        Answer described = patch("/api/v1/queues/kept", "{'settings':{'deadLetter':" + policy + "}}");
        assertThat(described.body().at("/settings/deadLetter")).isEqualTo(policy);
    }

    @Test
    void queueOfSeveralPartitionsIsOneQueue() throws Exception {
        Answer created = post("/api/v1/queues", "{'name':'many','partitions':3}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("partitions").asInt()).isEqualTo(3);
        assertThat(post("/api/v1/queues", "{'name':'many','partitions':3}").status())
                .isEqualTo(200);
        assertThat(post("/api/v1/queues", "{'name':'many'}").message()).contains("another number of partitions");
        assertThat(post("/api/v1/queues", "{'name':'too-many','partitions':65}").message())
                .contains("allowed is 1 to 64");
        Answer ordered = post("/api/v1/queues", "{'name':'ordered','partitions':2,'settings':{'ordering':'group'}}");
        assertThat(ordered.code()).isEqualTo("DEDUPLICATION_SCOPE_TOO_WIDE");
        for (int i = 0; i < 6; i++) {
            post("/api/v1/queues/many/messages", "{'messages':[{'body':'m" + i + "'}]}");
        }
        assertThat(get("/api/v1/queues/many").body().at("/counters/ready").asInt())
                .isEqualTo(6);
        List<String> seen = new ArrayList<>();
        @Nullable String from = "0:0";
        while (from != null) {
            JsonNode page =
                    get("/api/v1/queues/many/messages?limit=2&from=" + from).body();
            page.path("messages")
                    .forEach(message -> seen.add(message.path("position").asString() + " "
                            + message.path("body").asString()));
            from = page.has("next") ? page.path("next").asString() : null;
        }
        assertThat(seen).containsExactly("0:0 m0", "0:1 m3", "1:0:0 m1", "1:0:1 m4", "2:0:0 m2", "2:0:1 m5");
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            post("/api/v1/queues/many/receive", "{'max':10}")
                    .body()
                    .path("messages")
                    .forEach(message -> tokens.add("'" + message.path("token").asString() + "'"));
        }
        Answer done = post("/api/v1/queues/many/acknowledge", "{'tokens':[" + String.join(",", tokens) + "]}");
        assertThat(done.body().path("outcomes").valueStream().map(JsonNode::asString))
                .hasSize(6)
                .containsOnly("done");
    }

    @Test
    void creatingAgainIsHarmlessUnlessTheSettingsDiffer() throws Exception {
        assertThat(post("/api/v1/queues", "{'name':'q'}").status()).isEqualTo(200);
        Answer other = post("/api/v1/queues", "{'name':'q','settings':{'lease':'1s','delay':'1s'}}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("QUEUE_EXISTS");
        assertThat(other.message()).contains("another lease, delay");
    }

    @Test
    void updateChangesOnlyWhatItNames() throws Exception {
        patch("/api/v1/queues/q", "{'settings':{'lease':'7s'}}");
        Answer updated = patch("/api/v1/queues/q", "{'settings':{'delay':'2m'}}");
        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.body().at("/settings/lease").asString()).isEqualTo("7s");
        assertThat(updated.body().at("/settings/delay").asString()).isEqualTo("2m");
        assertThat(updated.body().path("revision").asLong()).isEqualTo(3);
    }

    @Test
    void updateIsRepeatedWhenAnotherCameInBetween() throws Exception {
        broker.conflict(3);
        assertThat(patch("/api/v1/queues/q", "{'settings':{'lease':'7s'}}").status())
                .isEqualTo(200);
    }

    @Test
    void updateOfAnotherRevisionIsRefused() throws Exception {
        Answer answer = patch("/api/v1/queues/q", "{'revision':9,'settings':{'lease':'7s'}}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("CHANGED");
    }

    @Test
    void listComesInPagesByPrefix() throws Exception {
        for (int i = 0; i < 5; i++) {
            post("/api/v1/queues", "{'name':'p" + i + "'}");
        }
        JsonNode first = get("/api/v1/queues?prefix=p&limit=3").body();
        assertThat(first.path("queues").valueStream().map(q -> q.path("name").asString()))
                .containsExactly("p0", "p1", "p2");
        JsonNode second = get("/api/v1/queues?prefix=p&limit=3&after="
                        + first.path("next").asString())
                .body();
        assertThat(second.path("queues").valueStream().map(q -> q.path("name").asString()))
                .containsExactly("p3", "p4");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void messageIsReceivedAsItWasSent() throws Exception {
        Answer sent = post(
                "/api/v1/queues/q/messages",
                "{'messages':[{'body':'hällo','group':'g','deduplicationId':'d','headers':[{'name':'h','value':'v'},"
                        + "{'name':'b','valueBase64':'AAE='}]}]}");
        assertThat(sent.status()).isEqualTo(201);
        JsonNode message = post("/api/v1/queues/q/receive", "{'max':10,'lease':'5s','wait':'1s'}")
                .body()
                .at("/messages/0");
        assertThat(message.path("body").asString()).isEqualTo("hällo");
        assertThat(message.path("group").asString()).isEqualTo("g");
        assertThat(message.path("deduplicationId").asString()).isEqualTo("d");
        assertThat(message.at("/headers/0")).isEqualTo(json("{'name':'h','type':'String','value':'v'}"));
        assertThat(message.at("/headers/1")).isEqualTo(json("{'name':'b','type':'Binary','valueBase64':'AAE='}"));
        assertThat(message.path("position")).isEqualTo(sent.body().at("/messages/0/position"));
    }

    @Test
    void bytesThatAreNoTextTravelAsBase64() throws Exception {
        String base64 = Base64.getEncoder().encodeToString(new byte[] {(byte) 0xFF, 0, 1});
        post("/api/v1/queues/q/messages", "{'messages':[{'bodyBase64':'" + base64 + "'}]}");
        JsonNode message = post("/api/v1/queues/q/receive", "{}").body().at("/messages/0");
        assertThat(message.path("bodyBase64").asString()).isEqualTo(base64);
        assertThat(message.has("body")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"acknowledge,0", "release,1", "reject,0"})
    void leaseIsSettledByItsTokenOnce(String verb, int readyAfter) throws Exception {
        post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}");
        String token = post("/api/v1/queues/q/receive", "{}")
                .body()
                .at("/messages/0/token")
                .asString();
        String body = "{'tokens':['" + token + "']}";
        assertThat(post("/api/v1/queues/q/" + verb, body).body()).isEqualTo(json("{'outcomes':['done']}"));
        assertThat(post("/api/v1/queues/q/" + verb, body).body()).isEqualTo(json("{'outcomes':['gone']}"));
        assertThat(get("/api/v1/queues/q").body().at("/counters/ready").asInt()).isEqualTo(readyAfter);
    }

    @Test
    void autoAcknowledgedMessageIsDoneWhenItArrives() throws Exception {
        post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}");
        post("/api/v1/queues/q/receive", "{'autoAcknowledge':true}");
        assertThat(get("/api/v1/queues/q").body().at("/counters/leased").asInt())
                .isZero();
    }

    @Test
    void peekShowsEveryStateInPagesAndChangesNothing() throws Exception {
        post("/api/v1/queues/q/messages", "{'messages':[{'body':'one'},{'body':'two','delay':'1h'},{'body':'three'}]}");
        post("/api/v1/queues/q/receive", "{}");
        JsonNode first = get("/api/v1/queues/q/messages?limit=2&bodyBytes=2").body();
        assertThat(first.path("messages").valueStream().map(m -> m.path("state").asString()))
                .containsExactly("leased", "delayed");
        assertThat(first.at("/messages/0/body").asString()).isEqualTo("on");
        assertThat(first.at("/messages/0/bodyTruncated").booleanValue()).isTrue();
        JsonNode second = get("/api/v1/queues/q/messages?limit=2&from="
                        + first.path("next").asString())
                .body();
        assertThat(second.at("/messages/0/body").asString()).isEqualTo("three");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void pausedQueueRefusesUntilResumed() throws Exception {
        post("/api/v1/queues/q/pause", "{'publish':true}");
        JsonNode settings = get("/api/v1/queues/q").body().path("settings");
        assertThat(settings.path("publishPaused").booleanValue()).isTrue();
        assertThat(settings.path("deliveryPaused").booleanValue()).isFalse();
        Answer refused = post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("PUBLISH_PAUSED");
        post("/api/v1/queues/q/resume", "");
        assertThat(post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void purgedAndDeletedQueuesAreEmptyAndGone() throws Exception {
        post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}");
        assertThat(post("/api/v1/queues/q/purge", "").status()).isEqualTo(204);
        assertThat(get("/api/v1/queues/q").body().at("/counters/ready").asInt()).isZero();
        assertThat(send("DELETE", "/api/v1/queues/q", "").status()).isEqualTo(204);
        assertThat(get("/api/v1/queues/q").code()).isEqualTo("NO_SUCH_QUEUE");
    }

    @Test
    void queueNameMayHaveAnyPrintableCharacter() throws Exception {
        post("/api/v1/queues", "{'name':'a/b c%é?'}");
        assertThat(get("/api/v1/queues/a%2Fb%20c%25%C3%A9%3F")
                        .body()
                        .path("name")
                        .asString())
                .isEqualTo("a/b c%é?");
        assertThat(post("/api/v1/queues/a%2Fb%20c%25%C3%A9%3F/messages", "{'messages':[{'body':'x'}]}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void silentShardIsReportedAsUnknownOutcome() throws Exception {
        broker.fallSilent();
        Answer answer = post("/api/v1/queues/q/messages", "{'messages':[{'body':'x'}]}");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.code()).isEqualTo("OUTCOME_UNKNOWN");
    }

    @Test
    void healthTellsWhetherRequestsCanBeServed() throws Exception {
        assertThat(get("/health/live").status()).isEqualTo(200);
        assertThat(get("/health/ready").status()).isEqualTo(200);
        ready.set(false);
        assertThat(get("/health/live").status()).isEqualTo(200);
        assertThat(get("/health/ready").status()).isEqualTo(503);
        assertThat(get("/api/v1/version").body().path("version").asString()).isEqualTo("test");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST  | /api/v1/queues              | {'name':''}                                  | 400 | name has 0 characters, allowed is 1 to 255
            POST  | /api/v1/queues              | {}                                           | 400 | name has 0 characters
            POST  | /api/v1/queues              | {'name':7,'x':1}                             | 400 | x
            POST  | /api/v1/queues              | {'name':'a\\u0007'}                          | 400 | control character
            POST  | /api/v1/queues              | {'name':'a\\ud800'}                          | 400 | control character
            POST  | /api/v1/queues              | {'name'                                      | 400 | the body is not JSON
            POST  | /api/v1/queues              | [1]                                          | 400 | the body does not fit
            POST  | /api/v1/queues              | {'name':'x'}{}                               | 400 | the body
            POST  | /api/v1/queues              | {'name':'x','settings':7}                    | 400 | settings is not an object
            POST  | /api/v1/queues              | {'name':'x','settings':{'leese':'1s'}}       | 400 | settings.leese is not known, allowed are ordering, lease
            POST  | /api/v1/queues              | {'name':'x','settings':{'lease':30}}         | 400 | settings.lease is 30, allowed is a duration from 0s to 12h
            POST  | /api/v1/queues              | {'name':'x','settings':{'lease':'13h'}}      | 400 | settings.lease is "13h"
            POST  | /api/v1/queues              | {'name':'x','settings':{'messageBytesMax':'64MB'}} | 400 | settings.messageBytesMax is "64MB", allowed is a size
            POST  | /api/v1/queues              | {'name':'x','settings':{'overflow':'none'}}  | 400 | allowed is refuse or drop-oldest
            POST  | /api/v1/queues              | {'name':'x','settings':{'inFlightMax':1e99}} | 400 | settings.inFlightMax is
            POST  | /api/v1/queues              | {'name':'x','settings':{'ordering':'group','priorityLevels':2}} | 400 | a queue has strict order or priorities, not both
            POST  | /api/v1/queues              | {'name':'x','settings':{'deadLetter':{'queue':'none','maxAttempts':1}}} | 400 | which does not exist; create it first
            POST  | /api/v1/queues              | {'name':'x','settings':{'deadLetter':{'queue':'x','maxAttempts':1}}} | 400 | is the queue itself
            POST  | /api/v1/queues              | {'name':'x','settings':{'deadLetter':{'queue':'q'}}} | 400 | settings.deadLetter is
            PATCH | /api/v1/queues/q            | {'settings':{'ordering':'group'}}            | 409 | keeps its ordering
            PATCH | /api/v1/queues/none         | {'settings':{}}                              | 404 | there is no queue "none"
            GET   | /api/v1/queues?limit=0      | ''                                           | 400 | limit is "0", allowed is a whole number from 1 to 1000
            GET   | /api/v1/queues?counters=yes | ''                                           | 400 | counters is "yes"
            GET   | /api/v1/queues?perfix=a     | ''                                           | 400 | parameter perfix is not known, allowed are prefix
            GET   | /api/v1/nothing             | ''                                           | 404 | there is no GET /api/v1/nothing
            PUT   | /api/v1/queues/q            | {}                                           | 405 | the method is PUT, allowed is GET, PATCH, DELETE
            PUT   | /api/v1/queues              | {}                                           | 405 | the method is PUT
            GET   | /api/v1/queues/q/purge      | ''                                           | 405 | the method is GET, allowed is POST
            POST  | /api/v1/queues/q/purgee     | ''                                           | 404 | a queue has no "purgee"
            POST  | /api/v1/queues/q/purge/x    | ''                                           | 404 | a queue has no "purge/x"
            GET   | /api/v1/queues/%FF%FE       | ''                                           | 404 | there is no queue
            POST  | /api/v1/queues/q/messages   | {}                                           | 400 | messages has 0 elements, allowed is 1 to 100
            POST  | /api/v1/queues/q/messages   | {'messages':[null]}                          | 400 | a message is null
            POST  | /api/v1/queues/q/messages   | {'messages':[{}]}                            | 400 | body is to be given once
            POST  | /api/v1/queues/q/messages   | {'messages':[{'bodyBase64':'%'}]}            | 400 | body is not base64
            POST  | /api/v1/queues/q/messages   | {'messages':[{'body':'x','priority':1}]}     | 400 | priority is 1, allowed is 0 (highest) to 0
            POST  | /api/v1/queues/q/messages   | {'messages':[{'body':'x','delay':'-1s'}]}    | 400 | delay is "-1s"
            POST  | /api/v1/queues/q/messages   | {'messages':[{'body':'x','group':''}]}       | 400 | group has 0 characters
            POST  | /api/v1/queues/q/messages   | {'messages':[{'body':'x','headers':[null]}]} | 400 | a header has no name
            POST  | /api/v1/queues/none/messages | {'messages':[{'body':'x'}]}                 | 404 | there is no queue
            POST  | /api/v1/queues/q/receive    | {'max':101}                                  | 400 | max is 101, allowed is 1 to 100
            POST  | /api/v1/queues/q/receive    | {'wait':'51s'}                               | 400 | wait is "51s"
            POST  | /api/v1/queues/q/receive    | {'wait':5}                                   | 400 | wait is "5"
            POST  | /api/v1/queues/q/acknowledge | {'tokens':[null]}                           | 400 | token
            POST  | /api/v1/queues/q/acknowledge | {'tokens':['0-0-0-0-0']}                    | 400 | token "0-0-0-0-0" is none
            POST  | /api/v1/queues/q/acknowledge | {'tokens':['99-0-0-0-1']}                   | 400 | is not of queue "q"
            POST  | /api/v1/queues/q/acknowledge | {'tokens':['1-0-0-0-1'],'delay':'1s'}       | 400 | only release takes a delay
            POST  | /api/v1/queues/q/extend     | {'tokens':['1-0-0-0-1']}                     | 400 | lease is missing
            GET   | /api/v1/queues/q/messages?from=x | ''                                      | 400 | from is "x", allowed is level:offset
            GET   | /api/v1/queues/q/messages?from=32:0 | ''                                   | 400 | from is "32:0"
            """)
    void nonsenseIsRefusedWithItsNameItsValueAndWhatIsAllowed(
            String method, String path, String body, int status, String message) throws Exception {
        Answer answer = send(method, path, body);
        assertThat(answer.message()).contains(message);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).matches("[A-Z_]+");
    }

    @Test
    void messageLargerThanTheQueueAllowsIsRefused() throws Exception {
        Answer answer = post("/api/v1/queues/q/messages", "{'messages':[{'body':'" + "x".repeat(1024 * 1024) + "'}]}");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("MESSAGE_TOO_LARGE");
    }

    @Test
    void oversizedBodyIsRefusedBeforeItIsRead() throws Exception {
        String answer = raw(
                "POST /api/v1/queues HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Content-Length: 999999999");
        assertThat(answer).startsWith("HTTP/1.1 413").contains("REQUEST_TOO_LARGE");
    }

    @Test
    void malformedHttpIsAnsweredInOurForm() throws Exception {
        assertThat(raw("GET /%zz HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 400")
                .contains("BAD_REQUEST");
        assertThat(raw("GET / HTTP/1.1", "Host: localhost", "Bad Header")).startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @CsvSource({
        "Host: evil.example,403",
        "Host: localhost.evil.example,403",
        "Host: localhost:99,204",
        "Host: 127.0.0.1,204",
        "Host: [::1]:5,204",
        "'Host: localhost\r\nOrigin: http://evil.example',403",
        "'Host: localhost\r\nOrigin: null',403",
        "'Host: localhost\r\nOrigin: http://localhost',204"
    })
    void pagesOfOtherSitesAreKeptOut(String headers, int status) throws Exception {
        assertThat(raw("POST /api/v1/queues/q/purge HTTP/1.1", headers, "Content-Length: 0"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void bodyThatIsNullIsRefused() throws Exception {
        assertThat(post("/api/v1/queues", "null").status()).isEqualTo(400);
    }

    @Test
    void formOfAWebPageIsNotTakenForJson() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/api/v1/queues"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"x\"}"))
                .build();
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(415);
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    private Answer post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body);
    }

    private Answer patch(String path, String body) throws IOException, InterruptedException {
        return send("PATCH", path, body);
    }

    /** Sends JSON written with single quotes. */
    private Answer send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        String text = response.body();
        return new Answer(response.statusCode(), text.isEmpty() ? JSON.nullNode() : JSON.readTree(text));
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** The beginning of what the server answers, until it closes or has sent it all. */
    private String raw(String... head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
