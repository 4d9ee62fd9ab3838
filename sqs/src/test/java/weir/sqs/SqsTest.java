package weir.sqs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;
import weir.sqs.action.Rests;

/** A server over the broker in memory, with a clock that stands, and a client for it. */
abstract class SqsTest {
    final ManualClock clock = new ManualClock();
    final MemoryBroker broker = new MemoryBroker(clock);

    /** Of servers that are started from now on. */
    boolean snsHttp = true;

    @SuppressWarnings("NullAway.Init")
    private SqsServer server;

    @SuppressWarnings("NullAway.Init")
    SqsClient client;

    @BeforeEach
    void startServer() {
        server = SqsServer.start(
                SqsSettings.DEFAULT
                        .withAddress("127.0.0.1", 0)
                        .withRests(rests())
                        .withSnsHttp(snsHttp),
                broker,
                clock);
        client = new SqsClient(server.port());
    }

    /** None, unless a test is about them. */
    Rests rests() {
        return Rests.NONE;
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    SqsServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    void pass(Duration time) {
        clock.advance(time);
        broker.timeHasPassed();
    }

    /** Creates a queue and returns its URL. */
    String queue(String name) {
        return queue(name, "");
    }

    /** @param attributes members of a JSON object, with single quotes */
    String queue(String name, String attributes) {
        return client.ok("CreateQueue", "{'QueueName':'" + name + "','Attributes':{" + attributes + "}}")
                .get("QueueUrl")
                .asString();
    }

    String fifo(String name, String attributes) {
        return queue(name, "'FifoQueue':'true'" + (attributes.isEmpty() ? "" : "," + attributes));
    }

    JsonNode send(String url, String more) {
        return client.ok("SendMessage", "{'QueueUrl':'" + url + "'," + more + "}");
    }

    List<JsonNode> receive(String url, String more) {
        List<JsonNode> messages = new ArrayList<>();
        client.ok("ReceiveMessage", "{'QueueUrl':'" + url + "'" + (more.isEmpty() ? "" : "," + more) + "}")
                .path("Messages")
                .forEach(messages::add);
        return messages;
    }

    List<String> bodies(String url) {
        return receive(url, "'MaxNumberOfMessages':10").stream()
                .map(message -> message.get("Body").asString())
                .toList();
    }

    static String handle(JsonNode message) {
        return message.get("ReceiptHandle").asString();
    }

    /** Sends what is to fail, and returns the error as code, status and text. */
    String error(String action, String body) {
        SqsClient.Answer answer = client.json(action, body.replace('\'', '"'));
        String type = answer.json().path("__type").asString("(none)");
        String shape = type.substring(type.indexOf('#') + 1);
        return shape + " " + answer.status() + " " + answer.header("x-amzn-query-error") + ": "
                + answer.json().path("message").asString("(none)");
    }
}
