package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.sqs.HttpReceiver.Received;

/** Subscriptions by HTTP: confirmed, then sent to, again and again if need be. */
class SnsHttpTest extends TopicTest {
    @SuppressWarnings("NullAway.Init")
    private HttpReceiver receiver;

    @BeforeEach
    void startReceiver() throws IOException {
        receiver = new HttpReceiver();
    }

    @AfterEach
    void stopReceiver() {
        receiver.close();
    }

    /** Subscribes the receiver and lets it confirm. */
    private String confirmed(String topic, Map<String, String> attributes) throws InterruptedException {
        String subscription = subscribe(topic, "http", receiver.url(), attributes);
        String link = receiver.next().json().get("SubscribeURL").asString();
        assertThat(client.get(link.substring(client.endpoint().length())).status())
                .isEqualTo(200);
        return subscription;
    }

    @Test
    void endpointIsAskedBeforeItIsSentAnything() throws InterruptedException {
        String topic = topic("news");
        String subscription = subscribe(topic, "http", receiver.url(), Map.of());
        Received asked = receiver.next();
        assertThat(asked.header("x-amz-sns-message-type")).isEqualTo("SubscriptionConfirmation");
        assertThat(asked.header("x-amz-sns-topic-arn")).isEqualTo(topic);
        assertThat(asked.header("x-amz-sns-subscription-arn")).isEqualTo("(none)");
        assertThat(asked.header("Content-Type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(asked.header("User-Agent")).isEqualTo("Amazon Simple Notification Service Agent");
        JsonNode body = asked.json();
        assertThat(body.propertyNames())
                .containsExactly(
                        "Type",
                        "MessageId",
                        "Token",
                        "TopicArn",
                        "Message",
                        "SubscribeURL",
                        "Timestamp",
                        "SignatureVersion",
                        "Signature",
                        "SigningCertURL");
        assertThat(body.get("Message").asString())
                .isEqualTo("You have chosen to subscribe to the topic " + topic
                        + ".\nTo confirm the subscription, visit the SubscribeURL included in this message.");
        assertThat(body.get("SubscribeURL").asString())
                .isEqualTo(client.endpoint() + "/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token="
                        + body.get("Token").asString());
        publish(topic, Map.of("Message", "not for you yet"));
        String link = body.get("SubscribeURL").asString();
        assertThat(client.get(link.substring(client.endpoint().length())).element("SubscriptionArn"))
                .isEqualTo(subscription);
        publish(topic, Map.of("Message", "for you"));
        assertThat(receiver.next().json().get("Message").asString()).isEqualTo("for you");
    }

    @Test
    void notificationHasTheHeadersOfSns() throws InterruptedException {
        String topic = topic("news");
        String subscription = confirmed(topic, Map.of());
        String id = publish(topic, attribute(Map.of("Message", "hello"), 1, "a", "String", "b"));
        Received sent = receiver.next();
        assertThat(sent.header("x-amz-sns-message-type")).isEqualTo("Notification");
        assertThat(sent.header("x-amz-sns-message-id")).isEqualTo(id);
        assertThat(sent.header("x-amz-sns-topic-arn")).isEqualTo(topic);
        assertThat(sent.header("x-amz-sns-subscription-arn")).isEqualTo(subscription);
        assertThat(sent.header("x-amz-sns-rawdelivery")).isEqualTo("(none)");
        assertThat(sent.json().get("MessageAttributes").toString())
                .isEqualTo("{\"a\":{\"Type\":\"String\",\"Value\":\"b\"}}");
    }

    @Test
    void rawDeliveryIsTheMessageAlone() throws InterruptedException {
        String topic = topic("news");
        String policy = "{\"requestPolicy\":{\"headerContentType\":\"text/csv\"}}";
        confirmed(topic, Map.of("RawMessageDelivery", "true", "DeliveryPolicy", policy));
        publish(topic, Map.of("MessageStructure", "json", "Message", "{\"default\":\"d\",\"http\":\"a;b\"}"));
        Received sent = receiver.next();
        assertThat(sent.body()).isEqualTo("a;b");
        assertThat(sent.header("x-amz-sns-rawdelivery")).isEqualTo("true");
        assertThat(sent.header("Content-Type")).isEqualTo("text/csv");
    }

    @Test
    void failureIsRetriedAsThePolicySays() throws InterruptedException {
        String topic = topic("news");
        confirmed(topic, Map.of());
        receiver.status = 503;
        publish(topic, Map.of("Message", "hello"));
        for (int retry = 0; retry < 3; retry++) {
            receiver.next();
            broker.awaitReceivers(1);
            assertThat(receiver.isEmpty()).isTrue();
            pass(Duration.ofSeconds(20));
        }
        receiver.status = 200;
        // The third retry may have met either status; it was the last one.
        receiver.next();
        broker.awaitReceivers(1);
        pass(Duration.ofSeconds(60));
        broker.awaitReceivers(1);
        assertThat(receiver.isEmpty()).isTrue();
    }

    @Test
    void whatIsGivenUpIsADeadLetter() throws InterruptedException {
        String topic = topic("news");
        String letters = queue("letters");
        confirmed(
                topic,
                Map.of(
                        "RedrivePolicy",
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters\"}",
                        "DeliveryPolicy",
                        "{\"healthyRetryPolicy\":{\"numRetries\":1,\"minDelayTarget\":5,\"maxDelayTarget\":5}}"));
        receiver.status = 500;
        publish(topic, Map.of("Message", "hello"));
        receiver.next();
        broker.awaitReceivers(1);
        pass(Duration.ofSeconds(5));
        receiver.next();
        assertThat(envelope(only(letters)).get("Message").asString()).isEqualTo("hello");
    }

    @Test
    void refusalByTheClientIsForGood() throws InterruptedException {
        String topic = topic("news");
        String letters = queue("letters");
        confirmed(
                topic,
                Map.of(
                        "RawMessageDelivery",
                        "true",
                        "RedrivePolicy",
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters\"}"));
        receiver.status = 400;
        publish(topic, Map.of("Message", "hello"));
        assertThat(only(letters).get("Body").asString()).isEqualTo("hello");
        assertThat(server().snsCounts().deadLettered()).isEqualTo(1);
    }

    /** Else it would come back from there at once, and be sent again, without end. */
    @Test
    void messageWithoutAGroupIsNoDeadLetterOfAFifoQueue() throws InterruptedException {
        String topic = topic("news");
        fifo("letters.fifo", "");
        confirmed(
                topic,
                Map.of(
                        "RedrivePolicy",
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters.fifo\"}"));
        receiver.status = 400;
        publish(topic, Map.of("Message", "hello"));
        receiver.next();
        broker.awaitReceivers(1);
        assertThat(server().snsCounts().deadLettered()).isZero();
        assertThat(server().snsCounts().dropped()).isEqualTo(1);
    }

    @Test
    void fullDeadLetterQueueIsWaitedForAndTheEndpointIsLeftAlone() throws Exception {
        String topic = topic("news");
        String letters = queue("letters");
        confirmed(
                topic,
                Map.of("RedrivePolicy", "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters\"}"));
        pause("letters", true);
        receiver.status = 400;
        publish(topic, Map.of("Message", "hello"));
        receiver.next();
        for (int i = 0; i < 5; i++) {
            broker.awaitReceivers(1);
            pass(Duration.ofMinutes(5));
        }
        broker.awaitReceivers(1);
        pause("letters", false);
        List<JsonNode> come = List.of();
        for (int i = 0;
                i < 20 && come.isEmpty();
                i++) { // The rest of which it was in the middle may have begun only now.
            pass(Duration.ofMinutes(5));
            come = receive(letters, "'WaitTimeSeconds':1");
        }
        assertThat(come).hasSize(1);
        assertThat(envelope(come.getFirst()).get("Message").asString()).isEqualTo("hello");
        assertThat(receiver.isEmpty()).isTrue();
        assertThat(server().snsCounts().deadLettered()).isEqualTo(1);
    }

    @Test
    void messageThatCannotBeReadHoldsUpNoOther() throws Exception {
        String topic = topic("news");
        confirmed(topic, Map.of());
        publish(topic, Map.of("Message", "good"));
        receiver.next();
        Queue waiting = broker.list("sns:subscription:", "", 1).getFirst();
        Envelope shown = new Envelope(null, null, Envelope.AT_ONCE, Envelope.NEVER, null, 2);
        Batch garbage = Batch.of(shown, Bytes.utf8("garbage"));
        Batch good = Batch.of(shown, broker.copiesLastFannedOut.getFirst().payload());
        broker.submit(new Command.Publish(waiting.partition(0), List.of(garbage, good)));
        assertThat(receiver.next().json().get("Message").asString()).isEqualTo("good");
        pass(Duration.ofSeconds(20)); // Both are seen again, if they are still there.
        publish(topic, Map.of("Message", "later"));
        assertThat(receiver.next().json().get("Message").asString()).isEqualTo("later");
        assertThat(receiver.isEmpty()).isTrue();
    }

    @Test
    void nothingIsKeptForEndpointsWhileSendingIsSwitchedOff() throws InterruptedException {
        String topic = topic("news");
        String subscription = confirmed(topic, Map.of());
        stopServer();
        snsHttp = false;
        startServer();
        publish(topic, Map.of("Message", "one"));
        assertThat(server().snsCounts().dropped()).isEqualTo(1);
        String letters = queue("letters");
        sns(
                "SetSubscriptionAttributes",
                Map.of(
                        "SubscriptionArn",
                        subscription,
                        "AttributeName",
                        "RedrivePolicy",
                        "AttributeValue",
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:letters\"}"));
        publish(topic, Map.of("Message", "two"));
        assertThat(envelope(only(letters)).get("Message").asString()).isEqualTo("two");
        stopServer();
        snsHttp = true;
        startServer();
        publish(topic, Map.of("Message", "three"));
        assertThat(receiver.next().json().get("Message").asString()).isEqualTo("three");
    }

    @Test
    void endpointIsToldThatItIsUnsubscribed() throws InterruptedException {
        String topic = topic("news");
        String subscription = confirmed(topic, Map.of());
        publish(topic, Map.of("Message", "hello"));
        String link = receiver.next().json().get("UnsubscribeURL").asString();
        assertThat(client.get(link.substring(client.endpoint().length())).body())
                .contains("UnsubscribeResponse");
        Received told = receiver.next();
        assertThat(told.header("x-amz-sns-message-type")).isEqualTo("UnsubscribeConfirmation");
        assertThat(told.json().get("Message").asString())
                .startsWith("You have chosen to deactivate subscription " + subscription + ".\n");
    }

    @Test
    void restartForgetsNothing() throws InterruptedException {
        String topic = topic("news");
        confirmed(topic, Map.of());
        receiver.status = 503;
        publish(topic, Map.of("Message", "hello"));
        receiver.next();
        broker.awaitReceivers(1);
        stopServer();
        receiver.status = 200;
        startServer();
        pass(Duration.ofSeconds(20));
        assertThat(receiver.next().json().get("Message").asString()).isEqualTo("hello");
    }
}
