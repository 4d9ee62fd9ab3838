package weir.sqs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Queue;

/** Topics, and what is published to them. */
abstract class TopicTest extends SnsTest {
    SqsClient.Answer sns(String action, Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.put("Action", action);
        all.put("Version", "2010-03-31");
        return client.query(all);
    }

    private SqsClient.Answer ok(String action, Map<String, String> parameters) {
        SqsClient.Answer answer = sns(action, parameters);
        if (answer.status() != 200) {
            throw new AssertionError(action + " was answered " + answer.status() + " " + answer.body());
        }
        return answer;
    }

    /** Status, code and text of a request that is to fail. */
    String error(String action, Map<String, String> parameters) {
        SqsClient.Answer answer = sns(action, parameters);
        return answer.status() + " " + answer.element("Code") + ": " + answer.element("Message");
    }

    /** Subscribes a queue and returns the subscription's ARN. */
    String subscribe(String topic, String queue, Map<String, String> attributes) {
        return subscribe(topic, "sqs", QUEUE + queue, attributes);
    }

    String subscribe(String topic, String protocol, String endpoint, Map<String, String> attributes) {
        Map<String, String> parameters = new LinkedHashMap<>(
                Map.of("TopicArn", topic, "Protocol", protocol, "Endpoint", endpoint, "ReturnSubscriptionArn", "true"));
        int number = 1;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            parameters.put("Attributes.entry." + number + ".key", attribute.getKey());
            parameters.put("Attributes.entry." + number++ + ".value", attribute.getValue());
        }
        return ok("Subscribe", parameters).element("SubscriptionArn");
    }

    /** Publishes and returns the message's id. */
    String publish(String topic, Map<String, String> message) {
        Map<String, String> parameters = new LinkedHashMap<>(message);
        parameters.put("TopicArn", topic);
        return ok("Publish", parameters).element("MessageId");
    }

    /** Publishes under a trace. */
    void publishTraced(String topic, String trace, String parameters) {
        SqsClient.Answer answer = client.post(
                "/",
                Map.of("Content-Type", "application/x-www-form-urlencoded", "X-Amzn-Trace-Id", trace),
                "Version=2010-03-31&TopicArn=" + topic
                        + (parameters.startsWith("&Message=") ? "&Action=Publish" : "&Action=PublishBatch")
                        + parameters);
        if (answer.status() != 200) {
            throw new AssertionError("publishing was answered " + answer.status() + " " + answer.body());
        }
    }

    /** The trace that the next message of a queue is received with. */
    String trace(String url) {
        return receive(url, "'WaitTimeSeconds':20,'AttributeNames':['AWSTraceHeader']")
                .getFirst()
                .path("Attributes")
                .path("AWSTraceHeader")
                .asString("(none)");
    }

    /** Makes a queue refuse what is published to it, or take it again. */
    void pause(String name, boolean paused) throws OutcomeUnknownException {
        Queue queue = broker.find(name).orElseThrow();
        broker.change(new CatalogCommand.UpdateQueue(
                queue.name(),
                queue.revision(),
                queue.settings().change().publishPaused(paused).build(),
                queue.labels()));
    }

    SqsClient.Answer batch(String topic, Map<String, String> entries) {
        Map<String, String> parameters = new LinkedHashMap<>(entries);
        parameters.put("TopicArn", topic);
        return sns("PublishBatch", parameters);
    }

    /** The message with one attribute more. */
    static Map<String, String> attribute(
            Map<String, String> message, int number, String name, String type, String value) {
        Map<String, String> more = new LinkedHashMap<>(message);
        more.put("MessageAttributes.entry." + number + ".Name", name);
        more.put("MessageAttributes.entry." + number + ".Value.DataType", type);
        more.put("MessageAttributes.entry." + number + ".Value.StringValue", value);
        return more;
    }

    JsonNode only(String url) {
        List<JsonNode> messages = receive(url, "'MaxNumberOfMessages':10,'WaitTimeSeconds':20");
        if (messages.size() != 1) {
            throw new AssertionError("not one message but " + messages);
        }
        return messages.getFirst();
    }

    static JsonNode envelope(JsonNode message) {
        return JsonMapper.shared().readTree(message.get("Body").asString());
    }
}
