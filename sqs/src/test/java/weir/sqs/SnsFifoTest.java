package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import weir.core.catalog.Queue;

/** FIFO topics: the same order everywhere, once each, with numbers that rise. */
class SnsFifoTest extends TopicTest {
    private static final String RAW = "RawMessageDelivery";

    private String fifoTopic(String... attributes) {
        List<String> all = new ArrayList<>(List.of("FifoTopic", "true"));
        all.addAll(List.of(attributes));
        return topic("orders.fifo", all.toArray(String[]::new));
    }

    private static Map<String, String> message(String text, String group, String deduplicationId) {
        return Map.of("Message", text, "MessageGroupId", group, "MessageDeduplicationId", deduplicationId);
    }

    private String number(String topic, Map<String, String> message) {
        Map<String, String> parameters = new LinkedHashMap<>(message);
        parameters.put("TopicArn", topic);
        return sns("Publish", parameters).element("SequenceNumber");
    }

    /** Receives and deletes until that many came, in order. */
    private List<String> drain(String url, int count) {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < count) {
            List<JsonNode> messages = receive(url, "'MaxNumberOfMessages':10,'WaitTimeSeconds':20");
            assertThat(messages).as("after %s", bodies).isNotEmpty();
            for (JsonNode message : messages) {
                bodies.add(message.get("Body").asString());
                client.ok("DeleteMessage", "{'QueueUrl':'" + url + "','ReceiptHandle':'" + handle(message) + "'}");
            }
        }
        return bodies;
    }

    @Test
    void subscriberGetsGroupIdAndSequenceNumberButNoSignature() {
        String topic = fifoTopic();
        String url = fifo("inbox.fifo", "");
        subscribe(topic, "inbox.fifo", Map.of());
        String id = publish(topic, message("hello", "g1", "d1"));
        JsonNode message =
                receive(url, "'WaitTimeSeconds':20,'AttributeNames':['All']").getFirst();
        assertThat(message.get("Attributes").get("MessageGroupId").asString()).isEqualTo("g1");
        assertThat(message.get("Attributes").get("MessageDeduplicationId").asString())
                .isEqualTo("d1");
        JsonNode envelope = envelope(message);
        assertThat(envelope.propertyNames())
                .containsExactly(
                        "Type", "MessageId", "SequenceNumber", "TopicArn", "Message", "Timestamp", "UnsubscribeURL");
        assertThat(envelope.get("MessageId").asString()).isEqualTo(id);
        assertThat(envelope.get("SequenceNumber").asString()).matches("\\d{20}");
    }

    @Test
    void orderIsTheSameForEverySubscriber() {
        String topic = fifoTopic();
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            urls.add(fifo("inbox" + i + ".fifo", ""));
            subscribe(topic, "inbox" + i + ".fifo", Map.of(RAW, "true"));
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            publish(topic, message("m" + i, "g", "d" + i));
            expected.add("m" + i);
        }
        for (String url : urls) {
            assertThat(drain(url, 30)).isEqualTo(expected);
        }
    }

    @Test
    void repeatIsAnsweredAsTheFirstTimeAndReachesNobody() {
        String topic = fifoTopic();
        String url = fifo("inbox.fifo", "");
        subscribe(topic, "inbox.fifo", Map.of(RAW, "true"));
        String first = number(topic, message("one", "g", "d1"));
        String id = publish(topic, message("one", "g", "d1"));
        assertThat(publish(topic, message("other text", "g", "d1"))).isEqualTo(id);
        assertThat(number(topic, message("one", "g", "d1"))).isEqualTo(first);
        publish(topic, message("two", "g", "d2"));
        assertThat(drain(url, 2)).containsExactly("one", "two");
        pass(Duration.ofMinutes(5));
        assertThat(number(topic, message("one", "g", "d1"))).isGreaterThan(first);
        assertThat(drain(url, 1)).containsExactly("one");
    }

    @Test
    void contentIsTheDeduplicationIdIfTheTopicSaysSo() {
        String topic = fifoTopic("ContentBasedDeduplication", "true");
        String url = fifo("inbox.fifo", "");
        subscribe(topic, "inbox.fifo", Map.of());
        publish(topic, Map.of("Message", "Test", "MessageGroupId", "g"));
        JsonNode message =
                receive(url, "'WaitTimeSeconds':20,'AttributeNames':['All']").getFirst();
        assertThat(message.get("Attributes").get("MessageDeduplicationId").asString())
                .isEqualTo("532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25");
    }

    @Test
    void deduplicationMayBeOfEachGroup() {
        String topic = fifoTopic("FifoThroughputScope", "MessageGroup");
        String url = fifo("inbox.fifo", "'DeduplicationScope':'messageGroup'");
        subscribe(topic, "inbox.fifo", Map.of(RAW, "true"));
        publish(topic, message("one", "g1", "d"));
        publish(topic, message("two", "g2", "d"));
        assertThat(drain(url, 2)).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void standardQueueGetsEachMessageOnceAndNoGroup() {
        String topic = fifoTopic();
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of(RAW, "true"));
        publish(topic, message("one", "g", "d"));
        JsonNode attributes = receive(url, "'WaitTimeSeconds':20,'AttributeNames':['All']")
                .getFirst()
                .get("Attributes");
        assertThat(attributes.has("MessageGroupId")).isFalse();
        assertThat(attributes.has("MessageDeduplicationId")).isFalse();
    }

    @Test
    void fullQueueHoldsUpItsGroupUntilItTakesMessagesAgainAndNobodyGetsThemTwice() throws Exception {
        String topic = fifoTopic();
        String paused = fifo("paused.fifo", "");
        String standard = queue("standard");
        subscribe(topic, "paused.fifo", Map.of(RAW, "true"));
        subscribe(topic, "standard", Map.of(RAW, "true"));
        pause("paused.fifo", true);
        publish(topic, message("one", "g", "d1"));
        assertThat(drain(standard, 1)).containsExactly("one");
        publish(topic, message("two", "g", "d2"));
        pause("paused.fifo", false);
        pass(Duration.ofSeconds(1)); // If it was leased meanwhile, it is tried again from now on.
        broker.awaitReceivers(1);
        pass(Duration.ofMinutes(2));
        assertThat(drain(paused, 2)).containsExactly("one", "two");
        assertThat(drain(standard, 1)).containsExactly("two");
        assertThat(bodies(standard)).isEmpty();
    }

    @Test
    void undeliverableMessageIsADeadLetterWithItsGroup() {
        String topic = fifoTopic();
        String letters = fifo("letters.fifo", "");
        String policy = "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters.fifo\"}";
        subscribe(topic, "gone.fifo", Map.of(RAW, "true", "RedrivePolicy", policy));
        publish(topic, message("one", "g", "d"));
        JsonNode message = receive(letters, "'WaitTimeSeconds':20,'AttributeNames':['All']")
                .getFirst();
        assertThat(message.get("Body").asString()).isEqualTo("one");
        assertThat(message.get("Attributes").get("MessageGroupId").asString()).isEqualTo("g");
    }

    @Test
    void traceIsPassedOn() {
        String topic = fifoTopic();
        String url = fifo("inbox.fifo", "");
        subscribe(topic, "inbox.fifo", Map.of());
        publishTraced(topic, "Root=1-2-3", "&Message=m&MessageGroupId=g&MessageDeduplicationId=d");
        assertThat(trace(url)).isEqualTo("Root=1-2-3");
    }

    /** Longer than any deduplication id is remembered. */
    @Test
    void forwarderThatWasAwayForLongRepeatsNothing() throws Exception {
        String topic = fifoTopic();
        String first = fifo("first.fifo", "");
        String standard = queue("standard");
        fifo("second.fifo", "");
        for (String name : List.of("first.fifo", "standard", "second.fifo")) {
            subscribe(topic, name, Map.of(RAW, "true"));
        }
        pause("second.fifo", true);
        publish(topic, message("one", "g", "d1"));
        assertThat(drain(first, 1)).containsExactly("one");
        assertThat(drain(standard, 1)).containsExactly("one");
        stopServer();
        pass(Duration.ofMinutes(10));
        pause("second.fifo", false);
        startServer();
        first = fifo("first.fifo", ""); // The server has another port now.
        standard = queue("standard");
        String second = fifo("second.fifo", "");
        assertThat(drain(second, 1)).containsExactly("one");
        publish(topic, message("two", "g", "d2"));
        assertThat(drain(second, 1)).containsExactly("two");
        assertThat(drain(first, 1)).containsExactly("two");
        assertThat(drain(standard, 1)).containsExactly("two");
    }

    @Test
    void batchKeepsItsOrder() {
        String topic = fifoTopic();
        String url = fifo("inbox.fifo", "");
        subscribe(topic, "inbox.fifo", Map.of(RAW, "true"));
        Map<String, String> entries = new LinkedHashMap<>();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            String entry = "PublishBatchRequestEntries.member." + i;
            entries.put(entry + ".Id", "e" + i);
            entries.put(entry + ".Message", "m" + i);
            entries.put(entry + ".MessageGroupId", "g");
            entries.put(entry + ".MessageDeduplicationId", "d" + i);
            expected.add("m" + i);
        }
        assertThat(batch(topic, entries).body()).contains("<SequenceNumber>");
        assertThat(drain(url, 10)).isEqualTo(expected);
    }

    @Test
    void errorsAreAwsOwn() {
        String topic = fifoTopic();
        assertThat(error("Publish", Map.of("TopicArn", topic, "Message", "x")))
                .isEqualTo("400 InvalidParameter: Invalid parameter: The MessageGroupId parameter is required for FIFO"
                        + " topics");
        assertThat(error("Publish", Map.of("TopicArn", topic, "Message", "x", "MessageGroupId", "g")))
                .isEqualTo("400 InvalidParameter: Invalid parameter: The topic should either have"
                        + " ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
    }

    @Test
    void topicsQueueIsNobodysBusiness() {
        String topic = fifoTopic();
        publish(topic, message("one", "g", "d"));
        List<Queue> internal = broker.list("sns:", "", 10);
        assertThat(internal).hasSize(1);
        String name = internal.getFirst().name();
        assertThat(client.ok("ListQueues", "{}").path("QueueUrls")).isEmpty();
        assertThat(client.json("GetQueueUrl", "{\"QueueName\":\"" + name + "\"}")
                        .status())
                .isEqualTo(400);
        assertThat(client.json("ReceiveMessage", "{\"QueueUrl\":\"" + name + "\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void queuesOfTopicsThatAreGoneAreForgotten() throws InterruptedException {
        String topic = fifoTopic();
        publish(topic, message("one", "g", "d"));
        assertThat(broker.list("sns:", "", 10)).hasSize(1);
        sns("DeleteTopic", Map.of("TopicArn", topic));
        stopServer();
        startServer(); // It looks at once; a running one would within a minute.
        broker.awaitNone("sns:");
    }
}
