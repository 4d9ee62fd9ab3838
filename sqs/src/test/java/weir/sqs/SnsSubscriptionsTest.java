package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions and their attributes. The texts are as recorded on AWS. */
class SnsSubscriptionsTest extends SnsTest {
    @Test
    void queueIsSubscribedByItsArnAtOnce() {
        String topic = topic("t");
        String subscription = subscribe(topic, "q");
        assertThat(subscription)
                .matches(topic + ":[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(subscriptionAttributes(subscription))
                .containsEntry("SubscriptionArn", subscription)
                .containsEntry("TopicArn", topic)
                .containsEntry("Protocol", "sqs")
                .containsEntry("Endpoint", QUEUE + "q")
                .containsEntry("Owner", "000000000000")
                .containsEntry("PendingConfirmation", "false")
                .containsEntry("ConfirmationWasAuthenticated", "true")
                .containsEntry("RawMessageDelivery", "false")
                .containsEntry("SubscriptionPrincipal", "arn:aws:iam::000000000000:user/root")
                .hasSize(9);
        assertThat(topicAttributes(topic))
                .containsEntry("SubscriptionsConfirmed", "1")
                .containsEntry("SubscriptionsPending", "0");
    }

    @Test
    void subscribingAgainIsTheSameUnlessItDiffers() {
        String topic = topic("t");
        String first = subscribe(topic, "q", "RawMessageDelivery", "True");
        assertThat(subscriptionAttributes(first)).containsEntry("RawMessageDelivery", "true");
        assertThat(subscribe(topic, "q", "RawMessageDelivery", "true")).isEqualTo(first);
        assertThat(subscribe(topic, "q", "RawMessageDelivery", "true", "FilterPolicyScope", "MessageAttributes"))
                .isEqualTo(first);
        assertThat(subscribe(topic, "q")).isEqualTo(first);
        assertThat(subscribe(topic, "q", "FilterPolicyScope", "MessageAttributes"))
                .isEqualTo(first);
        assertThat(refusedToSubscribe(topic, "q", "RawMessageDelivery", "false", "FilterPolicyScope", "MessageBody"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Attributes Reason: Subscription already exists"
                        + " with different attributes");
        assertThat(subscribe(topic("u"), "q")).isNotEqualTo(first);
        assertThat(subscribe(topic, "other")).isNotEqualTo(first);
    }

    @Test
    void endpointMustFitTheProtocol() {
        String topic = topic("t");
        for (String endpoint :
                List.of("unknown", "http://localhost/000000000000/q", "arn:aws:lambda:r:a:function", "")) {
            assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", "sqs", "Endpoint", endpoint))
                    .as(endpoint)
                    .isEqualTo("InvalidParameter 400: Invalid parameter: SQS endpoint ARN");
        }
        assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", "http", "Endpoint", "https://x/"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Endpoint must match the specified protocol");
        for (String url : List.of("http://", "http:///path", "http://a b/", "http://a:65536/")) {
            assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", "http", "Endpoint", url))
                    .as(url)
                    .startsWith("InvalidParameter 400: Invalid parameter: Endpoint Reason: ");
        }
        assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", "test-protocol", "Endpoint", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Amazon SNS does not support this protocol string:"
                        + " test-protocol");
        for (String protocol : List.of("email", "email-json", "sms", "lambda", "firehose", "application")) {
            assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", protocol, "Endpoint", "+15551234567"))
                    .isEqualTo("InvalidParameter 400: Invalid parameter: Protocol Reason: " + protocol
                            + " is not served here, but sqs, http and https are");
        }
    }

    @Test
    void telephoneNumberIsLookedAtBeforeItIsSaidThatNoneIsServed() {
        String topic = topic("t");
        for (String number : List.of("+15--551234567", "NAA+15551234567", "+15551234567.", "/+15551234567", "")) {
            assertThat(refused("Subscribe", "TopicArn", topic, "Protocol", "sms", "Endpoint", number))
                    .isEqualTo("InvalidParameter 400: Invalid SMS endpoint: " + number);
        }
    }

    @Test
    void topicHasNoMoreFilterPoliciesThanOnAws() {
        String topic = topic("t");
        for (int i = 0; i < 200; i++) {
            subscribe(topic, "q" + i, "FilterPolicy", "{\"a\":[\"b\"]}");
        }
        String refused =
                "FilterPolicyLimitExceeded 403: The number of filter policies of the topic exceeds the limit of 200.";
        assertThat(refusedToSubscribe(topic, "q", "FilterPolicy", "{\"a\":[\"b\"]}"))
                .isEqualTo(refused);
        String without = subscribe(topic, "q");
        assertThat(refusedToSet(without, "FilterPolicy", "{\"a\":[\"b\"]}")).isEqualTo(refused);
        String with = subscribe(topic, "q7");
        set(with, "FilterPolicy", "{\"a\":[\"c\"]}");
        set(with, "FilterPolicy", "");
        set(without, "FilterPolicy", "{\"a\":[\"b\"]}");
        assertThat(subscribe(topic("u"), "q", "FilterPolicy", "{\"a\":[\"b\"]}"))
                .startsWith(TOPIC + "u:");
    }

    @Test
    void topicIsLookedForFirst() {
        assertThat(refused("Subscribe", "TopicArn", "randomstring", "Protocol", "email", "Endpoint", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: TopicArn Reason: An ARN must have at least 6"
                        + " elements, not 1");
        assertThat(refused("Subscribe", "TopicArn", TOPIC + "none", "Protocol", "email", "Endpoint", "x"))
                .isEqualTo("NotFound 404: Topic does not exist");
    }

    @Test
    void fifoQueueNeedsAFifoTopicButNotTheOtherWayAround() {
        assertThat(refused("Subscribe", "TopicArn", topic("t"), "Protocol", "sqs", "Endpoint", QUEUE + "q.fifo"))
                .isEqualTo(
                        "InvalidParameter 400: Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues"
                                + " can not be subscribed to standard SNS topics");
        String fifo = fifoTopic("t.fifo");
        String standardQueue = subscribe(fifo, "q");
        String fifoQueue = subscribe(fifo, "q.fifo");
        assertThat(refused("Subscribe", "TopicArn", fifo, "Protocol", "http", "Endpoint", "http://x/"))
                .startsWith("InvalidParameter 400");
        String policy = "{\"deadLetterTargetArn\":\"" + QUEUE + "dlq\"}";
        set(standardQueue, "RedrivePolicy", policy);
        assertThat(subscriptionAttributes(standardQueue)).containsEntry("RedrivePolicy", policy);
        assertThat(refusedToSet(fifoQueue, "RedrivePolicy", policy))
                .isEqualTo("InvalidParameter 400: Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a"
                        + " FIFO Subscription to a FIFO Topic.");
        set(fifoQueue, "RedrivePolicy", "{\"deadLetterTargetArn\":\"" + QUEUE + "dlq.fifo\"}");
    }

    @Test
    void attributesAreChecked() {
        String topic = topic("t");
        String subscription = subscribe(topic, "q");
        assertThat(refusedToSet(subscription, "FakeAttribute", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: AttributeName");
        assertThat(refusedToSet(subscription, "Endpoint", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: AttributeName");
        assertThat(refusedToSet(subscription, "RawMessageDelivery", "test-ValUe"))
                .isEqualTo(
                        "InvalidParameter 400: Invalid parameter: RawMessageDelivery: Invalid value [test-ValUe]. Must"
                                + " be true or false.");
        assertThat(refusedToSet(subscription, "RawMessageDelivery", ""))
                .isEqualTo("InvalidParameter 400: Invalid parameter: RawMessageDelivery: Invalid value []. Must be true"
                        + " or false.");
        assertThat(refusedToSet(subscription, "RedrivePolicy", "{\"deadLetterTargetArn\":\"fake-arn\"}"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid"
                        + " arn");
        assertThat(refusedToSet(subscription, "RedrivePolicy", "{\"maxReceiveCount\":5}"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: RedrivePolicy: invalid JSON. Attribute"
                        + " maxReceiveCount is unknown.");
        assertThat(refusedToSet(subscription, "RedrivePolicy", "{invalidjson}"))
                .startsWith("InvalidParameter 400: Invalid parameter: RedrivePolicy: failed to parse JSON.");
        assertThat(refusedToSet(subscription, "FilterPolicy", "{invalidjson}"))
                .startsWith("InvalidParameter 400: Invalid parameter: FilterPolicy: failed to parse JSON.");
        assertThat(refusedToSet(subscription, "FilterPolicyScope", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: FilterPolicyScope: Invalid value [x]. Please use"
                        + " either MessageBody or MessageAttributes");
        assertThat(refusedToSubscribe(topic, "other", "RawMessageDelivery", "wrongvalue"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid"
                        + " value [wrongvalue]. Must be true or false.");
        assertThat(refusedToSubscribe(topic, "other", "FilterPolicy", "invalid-json"))
                .startsWith("InvalidParameter 400: Invalid parameter: Attributes Reason: FilterPolicy: failed to parse"
                        + " JSON.");
        assertThat(refusedToSubscribe(topic, "other", "Fake", "x")).startsWith("InvalidParameter 400");
        assertThat(subscriptionAttributes(subscription)).hasSize(9);
    }

    @Test
    void filterPolicyIsShownWithItsScope() {
        String subscription = subscribe(topic("t"), "q", "FilterPolicyScope", "MessageBody", "FilterPolicy", "");
        assertThat(subscriptionAttributes(subscription)).doesNotContainKeys("FilterPolicy", "FilterPolicyScope");
        set(subscription, "FilterPolicy", "{\"a\": {\"b\": [1]}}");
        assertThat(subscriptionAttributes(subscription))
                .containsEntry("FilterPolicy", "{\"a\": {\"b\": [1]}}")
                .containsEntry("FilterPolicyScope", "MessageBody");
        assertThat(refusedToSet(subscription, "FilterPolicyScope", "MessageAttributes"))
                .startsWith("InvalidParameter 400");
        set(subscription, "FilterPolicy", "");
        set(subscription, "FilterPolicyScope", "MessageAttributes");
        set(subscription, "FilterPolicy", "{\"a\":[{\"numeric\":[\">\",0]}]}");
        assertThat(subscriptionAttributes(subscription)).containsEntry("FilterPolicyScope", "MessageAttributes");
    }

    @Test
    void subscriptionThatIsNotThereIsNotFound() {
        String subscription = subscribe(topic("t"), "q");
        ok("Unsubscribe", "SubscriptionArn", subscription);
        ok("Unsubscribe", "SubscriptionArn", subscription);
        String notFound = "NotFound 404: Subscription does not exist";
        assertThat(refused("GetSubscriptionAttributes", "SubscriptionArn", subscription))
                .isEqualTo(notFound);
        assertThat(refusedToSet(subscription, "RawMessageDelivery", "true")).isEqualTo(notFound);
        assertThat(refused(
                        "GetSubscriptionAttributes",
                        "SubscriptionArn",
                        TOPIC + "none:6bdebba6-ba8a-4ab2-8c9d-c3f4c1b0e6a3"))
                .isEqualTo(notFound);
    }

    @Test
    void arnOfASubscriptionIsChecked() {
        assertThat(refused("Unsubscribe", "SubscriptionArn", "randomstring"))
                .isEqualTo(
                        "InvalidParameter 400: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6"
                                + " elements, not 1");
        assertThat(refused("Unsubscribe", "SubscriptionArn", "arn:aws:sns:us-east-1:random"))
                .isEqualTo(
                        "InvalidParameter 400: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6"
                                + " elements, not 5");
        assertThat(refused("Unsubscribe", "SubscriptionArn", "arn:aws:sns:us-east-1:111111111111:random"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: SubscriptionId");
        assertThat(refused("Unsubscribe"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: SubscriptionArn Reason: no value for required"
                        + " parameter");
    }

    @Test
    void subscriptionsAreListedAHundredAtATime() {
        String topic = topic("t");
        for (int i = 0; i < 101; i++) {
            subscribe(topic, "q" + i);
        }
        subscribe(topic("t-2"), "q");
        SqsClient.Answer first = ok("ListSubscriptionsByTopic", "TopicArn", topic);
        SqsClient.Answer second =
                ok("ListSubscriptionsByTopic", "TopicArn", topic, "NextToken", first.element("NextToken"));
        assertThat(count(first, "member")).isEqualTo(100);
        assertThat(count(second, "member")).isEqualTo(1);
        assertThat(second.body()).doesNotContain("NextToken");
        assertThat(first.body()).doesNotContain(second.element("SubscriptionArn"));
        SqsClient.Answer rest =
                ok("ListSubscriptions", "NextToken", ok("ListSubscriptions").element("NextToken"));
        assertThat(count(rest, "member")).isEqualTo(2);
    }

    @Test
    void listShowsTheFiveMembersOfASubscription() {
        String topic = topic("t");
        assertThat(ok("ListSubscriptionsByTopic", "TopicArn", topic).element("Subscriptions"))
                .isEmpty();
        String subscription = subscribe(topic, "q");
        String expected = "<member><SubscriptionArn>" + subscription + "</SubscriptionArn><Owner>000000000000</Owner>"
                + "<Protocol>sqs</Protocol><Endpoint>" + QUEUE + "q</Endpoint><TopicArn>" + topic
                + "</TopicArn></member>";
        assertThat(ok("ListSubscriptionsByTopic", "TopicArn", topic).element("Subscriptions"))
                .isEqualTo(expected);
        assertThat(ok("ListSubscriptions").element("Subscriptions")).isEqualTo(expected);
    }

    @Test
    void subscriptionsGoWithTheirTopic() {
        String topic = topic("t");
        String subscription = subscribe(topic, "q");
        String other = subscribe(topic("t-2"), "q");
        ok("DeleteTopic", "TopicArn", topic);
        assertThat(ok("ListSubscriptions").body()).doesNotContain(subscription).contains(other);
        topic("t");
        assertThat(refused("GetSubscriptionAttributes", "SubscriptionArn", subscription))
                .isEqualTo("NotFound 404: Subscription does not exist");
        assertThat(subscribe(topic, "q")).isNotEqualTo(subscription);
    }

    @Test
    void endpointByHttpHasToConfirm() {
        String topic = topic("t");
        assertThat(ok("Subscribe", "TopicArn", topic, "Protocol", "http", "Endpoint", "http://127.0.0.1:1/x")
                        .element("SubscriptionArn"))
                .isEqualTo("pending confirmation");
        String subscription = ok(
                        "Subscribe",
                        "TopicArn",
                        topic,
                        "Protocol",
                        "http",
                        "Endpoint",
                        "http://127.0.0.1:1/x",
                        "ReturnSubscriptionArn",
                        "true")
                .element("SubscriptionArn");
        assertThat(ok("ListSubscriptionsByTopic", "TopicArn", topic).element("SubscriptionArn"))
                .isEqualTo("PendingConfirmation");
        assertThat(subscriptionAttributes(subscription))
                .containsEntry("PendingConfirmation", "true")
                .containsEntry("ConfirmationWasAuthenticated", "false")
                .containsKey("EffectiveDeliveryPolicy");
        assertThat(topicAttributes(topic))
                .containsEntry("SubscriptionsConfirmed", "0")
                .containsEntry("SubscriptionsPending", "1");

        String token = token(subscription);
        assertThat(refused("ConfirmSubscription", "TopicArn", topic, "Token", "randomtoken"))
                .isEqualTo("InvalidParameter 400: Invalid token");
        String changed = (token.charAt(0) == '0' ? "1" : "0") + token.substring(1);
        for (String wrong : List.of("abc123", "51b2".repeat(72), changed, token + "00", token.substring(2))) {
            assertThat(refused("ConfirmSubscription", "TopicArn", topic, "Token", wrong))
                    .as(wrong)
                    .isEqualTo("InvalidParameter 400: Invalid parameter: Token");
        }
        for (String wrong : List.of("not-an-arn", "arn:aws:sns:eu-central-1:000000000000:t")) {
            assertThat(refused("ConfirmSubscription", "TopicArn", wrong, "Token", token))
                    .isEqualTo("InvalidParameter 400: Invalid parameter: Topic");
        }
        assertThat(subscriptionAttributes(subscription)).containsEntry("PendingConfirmation", "true");

        SqsClient.Answer followed = client.get("/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=" + token);
        assertThat(followed.element("SubscriptionArn")).isEqualTo(subscription);
        assertThat(subscriptionAttributes(subscription)).containsEntry("PendingConfirmation", "false");
        assertThat(ok("ConfirmSubscription", "TopicArn", topic, "Token", token).element("SubscriptionArn"))
                .isEqualTo(subscription);
    }

    /** What the endpoint would be sent. */
    private String token(String subscription) {
        String id = subscription.substring(subscription.lastIndexOf(':') + 1);
        return broker.definition("sns.subscription", "t/" + id)
                .orElseThrow()
                .attributes()
                .getOrDefault("token", "");
    }

    @Test
    void deliveryPolicyOfASubscriptionOverridesItsTopics() {
        String topic = topic(
                "t",
                "DeliveryPolicy",
                "{\"http\":{\"defaultHealthyRetryPolicy\":{\"numRetries\":7,\"maxDelayTarget\":90}}}");
        String subscription = ok(
                        "Subscribe",
                        "TopicArn",
                        topic,
                        "Protocol",
                        "http",
                        "Endpoint",
                        "http://127.0.0.1:1/",
                        "ReturnSubscriptionArn",
                        "true",
                        "Attributes.entry.1.key",
                        "DeliveryPolicy",
                        "Attributes.entry.1.value",
                        "{\"healthyRetryPolicy\":{\"numRetries\":2,\"sickly\":1},\"throttlePolicy\":{\"maxReceivesPerSecond\":9}}")
                .element("SubscriptionArn");
        assertThat(subscriptionAttributes(subscription))
                .containsEntry(
                        "DeliveryPolicy",
                        "{\"healthyRetryPolicy\":{\"numRetries\":2},\"throttlePolicy\":{\"maxReceivesPerSecond\":9}}");
        assertThat(subscriptionAttributes(subscription).get("EffectiveDeliveryPolicy"))
                .contains("\"numRetries\":2", "\"maxDelayTarget\":90", "\"maxReceivesPerSecond\":9");
    }

    private String subscribe(String topic, String queue, String... attributes) {
        return ok("Subscribe", subscription(topic, queue, attributes)).element("SubscriptionArn");
    }

    private String refusedToSubscribe(String topic, String queue, String... attributes) {
        return refused("Subscribe", subscription(topic, queue, attributes));
    }

    private static String[] subscription(String topic, String queue, String... attributes) {
        var parameters = new ArrayList<>(List.of("TopicArn", topic, "Protocol", "sqs", "Endpoint", QUEUE + queue));
        for (int i = 0; i < attributes.length; i += 2) {
            String entry = "Attributes.entry." + (i / 2 + 1);
            parameters.addAll(List.of(entry + ".key", attributes[i], entry + ".value", attributes[i + 1]));
        }
        return parameters.toArray(String[]::new);
    }

    private void set(String subscription, String name, String value) {
        ok(
                "SetSubscriptionAttributes",
                "SubscriptionArn",
                subscription,
                "AttributeName",
                name,
                "AttributeValue",
                value);
    }

    private String refusedToSet(String subscription, String name, String value) {
        return refused(
                "SetSubscriptionAttributes",
                "SubscriptionArn",
                subscription,
                "AttributeName",
                name,
                "AttributeValue",
                value);
    }
}
