package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import weir.core.Bytes;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Queue;
import weir.sqs.action.Digests;

/** What becomes of a published message. */
class SnsPublishTest extends TopicTest {
    @Test
    void subscriberGetsTheEnvelope() {
        String topic = topic("news");
        String url = queue("inbox");
        String subscription = subscribe(topic, "inbox", Map.of());
        String id = publish(topic, Map.of("Message", "hello ö", "Subject", "greeting"));
        JsonNode envelope = envelope(only(url));
        assertThat(envelope.propertyNames())
                .containsExactly(
                        "Type",
                        "MessageId",
                        "TopicArn",
                        "Subject",
                        "Message",
                        "Timestamp",
                        "SignatureVersion",
                        "Signature",
                        "SigningCertURL",
                        "UnsubscribeURL");
        assertThat(envelope.get("MessageId").asString()).isEqualTo(id);
        assertThat(envelope.get("TopicArn").asString()).isEqualTo(topic);
        assertThat(envelope.get("Message").asString()).isEqualTo("hello ö");
        assertThat(envelope.get("UnsubscribeURL").asString())
                .isEqualTo(client.endpoint() + "/?Action=Unsubscribe&SubscriptionArn=" + subscription);
    }

    @Test
    void digestAndSizeAreOfTheEnvelope() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of());
        publish(topic, Map.of("Message", "hello"));
        JsonNode message = only(url);
        assertThat(message.get("MD5OfBody").asString())
                .isEqualTo(Digests.md5(Bytes.utf8(message.get("Body").asString())));
        assertThat(message.has("MessageAttributes")).isFalse();
    }

    @Test
    void certificateIsServedWhereTheEnvelopeSays() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of());
        publish(topic, Map.of("Message", "hello"));
        String certificate = envelope(only(url)).get("SigningCertURL").asString();
        var answer = client.get(certificate.substring(client.endpoint().length()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("-----BEGIN CERTIFICATE-----\n");
        assertThat(client.get("/SimpleNotificationService-0.pem").status()).isEqualTo(404);
    }

    @Test
    void traceIsPassedOnAndIsNoAttribute() {
        String topic = topic("news");
        String enveloped = queue("enveloped");
        String raw = queue("raw");
        subscribe(topic, "enveloped", Map.of());
        subscribe(topic, "raw", Map.of("RawMessageDelivery", "true"));
        publishTraced(topic, "Root=1-2-3", "&Message=m");
        assertThat(trace(enveloped)).isEqualTo("Root=1-2-3");
        assertThat(trace(raw)).isEqualTo("Root=1-2-3");
        String entry = "PublishBatchRequestEntries.member.1.";
        publishTraced(topic, "Root=4", "&" + entry + "Id=1&" + entry + "Message=m");
        JsonNode message = receive(raw, "'AttributeNames':['All'],'MessageAttributeNames':['All']")
                .getFirst();
        assertThat(message.get("Attributes").get("AWSTraceHeader").asString()).isEqualTo("Root=4");
        assertThat(message.has("MessageAttributes")).isFalse();
    }

    @Test
    void rawDeliveryShowsTheMessageAsItIs() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of("RawMessageDelivery", "true"));
        publish(topic, attribute(attribute(Map.of("Message", "x"), 1, "n", "Number", "99.12"), 2, "s", "String", "t"));
        JsonNode message = receive(url, "'MessageAttributeNames':['All']").getFirst();
        assertThat(message.get("Body").asString()).isEqualTo("x");
        assertThat(message.get("MessageAttributes").toString())
                .isEqualTo("{\"n\":{\"StringValue\":\"99.12\",\"DataType\":\"Number\"},"
                        + "\"s\":{\"StringValue\":\"t\",\"DataType\":\"String\"}}");
    }

    @Test
    void oneMessageIsStoredOnceForAllItsQueues() {
        String topic = topic("news");
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            urls.add(queue("inbox" + i));
            subscribe(topic, "inbox" + i, Map.of("RawMessageDelivery", i % 2 == 0 ? "true" : "false"));
        }
        publish(topic, Map.of("Message", "hello"));
        assertThat(broker.copiesLastFannedOut).hasSize(1);
        assertThat(broker.copiesLastFannedOut.getFirst().targets()).hasSize(5);
        for (int i = 0; i < 5; i++) {
            JsonNode message = only(urls.get(i));
            String body = i % 2 == 0
                    ? message.get("Body").asString()
                    : envelope(message).get("Message").asString();
            assertThat(body).isEqualTo("hello");
        }
    }

    @Test
    void everySubscriberSeesItsOwnArnInTheEnvelope() {
        String topic = topic("news");
        Map<String, String> arns = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            String url = queue("inbox" + i);
            arns.put(url, subscribe(topic, "inbox" + i, Map.of()));
        }
        publish(topic, Map.of("Message", "hello"));
        arns.forEach((url, arn) ->
                assertThat(envelope(only(url)).get("UnsubscribeURL").asString()).endsWith("SubscriptionArn=" + arn));
    }

    @Test
    void filterPolicyDecidesWhoGetsIt() {
        String topic = topic("news");
        String wants = queue("wants");
        String wantsNot = queue("wants-not");
        subscribe(topic, "wants", Map.of("FilterPolicy", "{\"kind\":[\"a\"]}"));
        subscribe(topic, "wants-not", Map.of("FilterPolicy", "{\"kind\":[\"b\"]}"));
        publish(topic, attribute(Map.of("Message", "x"), 1, "kind", "String", "a"));
        assertThat(receive(wants, "")).hasSize(1);
        assertThat(receive(wantsNot, "")).isEmpty();
    }

    @Test
    void filterPolicyOnTheBodyLooksIntoIt() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of("FilterPolicyScope", "MessageBody", "FilterPolicy", "{\"a\":{\"b\":[1]}}"));
        publish(topic, Map.of("Message", "{\"a\":{\"b\":2}}"));
        publish(topic, Map.of("Message", "no json"));
        assertThat(receive(url, "")).isEmpty();
        publish(topic, Map.of("Message", "{\"a\":{\"b\":1.0}}"));
        assertThat(receive(url, "")).hasSize(1);
    }

    @Test
    void eachProtocolMayHaveATextOfItsOwn() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of("RawMessageDelivery", "true"));
        publish(topic, Map.of("MessageStructure", "json", "Message", "{\"default\":\"d\",\"sqs\":\"s\",\"x\":[1]}"));
        assertThat(bodies(url)).containsExactly("s");
        publish(topic, Map.of("MessageStructure", "json", "Message", "{\"default\":\"d\",\"http\":\"h\"}"));
        assertThat(bodies(url)).containsExactly("d");
    }

    @Test
    void messageGroupOfAStandardTopicIsPassedOn() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of());
        publish(topic, Map.of("Message", "x", "MessageGroupId", "tenant"));
        JsonNode attributes =
                receive(url, "'AttributeNames':['All']").getFirst().get("Attributes");
        assertThat(attributes.get("MessageGroupId").asString()).isEqualTo("tenant");
        assertThat(attributes.has("MessageDeduplicationId")).isFalse();
    }

    @Test
    void batchGoesInOneStep() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of("RawMessageDelivery", "true"));
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 1; i <= 10; i++) {
            entries.put("PublishBatchRequestEntries.member." + i + ".Id", "e" + i);
            entries.put("PublishBatchRequestEntries.member." + i + ".Message", "m" + i);
        }
        String answer = batch(topic, entries).body();
        assertThat(answer).contains("<Failed></Failed>").contains("<Id>e10</Id>");
        assertThat(bodies(url))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 10).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void messageForAQueueThatIsGoneIsADeadLetter() {
        String topic = topic("news");
        String gone = queue("gone");
        String letters = queue("letters");
        String other = queue("other");
        String arn = "arn:aws:sqs:us-east-1:000000000000:letters";
        subscribe(topic, "gone", Map.of("RedrivePolicy", "{\"deadLetterTargetArn\":\"" + arn + "\"}"));
        subscribe(topic, "other", Map.of());
        client.ok("DeleteQueue", "{'QueueUrl':'" + gone + "'}");
        publish(topic, attribute(Map.of("Message", "x"), 1, "n", "Number", "111"));
        assertThat(envelope(only(letters)).get("MessageAttributes").toString())
                .isEqualTo("{\"n\":{\"Type\":\"Number\",\"Value\":\"111\"}}");
        assertThat(envelope(only(other)).get("Message").asString()).isEqualTo("x");
        assertThat(server().snsCounts().deadLettered()).isEqualTo(1);
    }

    @Test
    void messageThatNobodyCanHaveIsDroppedAndCounted() {
        String topic = topic("news");
        subscribe(topic, "never-there", Map.of());
        publish(topic, Map.of("Message", "x"));
        assertThat(server().snsCounts().dropped()).isEqualTo(1);
        assertThat(server().snsCounts().delivered()).isZero();
    }

    @Test
    void rawDeliveryOfMoreThanTenAttributesFailsForThatSubscriberAlone() {
        String topic = topic("news");
        String raw = queue("raw");
        String wrapped = queue("wrapped");
        subscribe(topic, "raw", Map.of("RawMessageDelivery", "true"));
        subscribe(topic, "wrapped", Map.of());
        Map<String, String> message = Map.of("Message", "x");
        for (int i = 1; i <= 11; i++) {
            message = attribute(message, i, "a" + i, "String", "v");
        }
        publish(topic, message);
        assertThat(receive(raw, "")).isEmpty();
        assertThat(envelope(only(wrapped)).get("MessageAttributes").size()).isEqualTo(11);
        assertThat(server().snsCounts().dropped()).isEqualTo(1);
    }

    @Test
    void rawDeliveryOfAnAttributeWithForbiddenCharactersFailsForThatSubscriberAlone() {
        String topic = topic("news");
        String raw = queue("raw");
        queue("wrapped");
        subscribe(topic, "raw", Map.of("RawMessageDelivery", "true"));
        subscribe(topic, "wrapped", Map.of());
        publish(topic, attribute(Map.of("Message", "x"), 1, "a", "String", "\u0002"));
        publish(topic, attribute(Map.of("Message", "y"), 1, "a", "String.\u0002", "v"));
        publish(topic, attribute(Map.of("Message", "z"), 1, "a", "String.fine", "v"));
        assertThat(only(raw).get("Body").asString()).isEqualTo("z");
        assertThat(server().snsCounts().delivered()).isEqualTo(4);
        assertThat(server().snsCounts().dropped()).isEqualTo(2);
    }

    @Test
    void messageLargerThanTheQueueAllowsIsADeadLetter() {
        String topic = topic("news");
        String small = queue("small", "'MaximumMessageSize':'1024'");
        String letters = queue("letters");
        String arn = "arn:aws:sqs:us-east-1:000000000000:letters";
        subscribe(topic, "small", Map.of("RedrivePolicy", "{\"deadLetterTargetArn\":\"" + arn + "\"}"));
        publish(topic, Map.of("Message", "x".repeat(900))); // The envelope is what is too large.
        assertThat(receive(small, "")).isEmpty();
        assertThat(receive(letters, "")).hasSize(1);
    }

    @Test
    void publisherIsToldWhenAQueueTakesNothingNow() throws Exception {
        String topic = topic("news");
        queue("paused");
        subscribe(topic, "paused", Map.of());
        Queue queue = broker.find("paused").orElseThrow();
        broker.change(new CatalogCommand.UpdateQueue(
                "paused",
                queue.revision(),
                queue.settings().change().publishPaused(true).build(),
                queue.labels()));
        assertThat(error("Publish", Map.of("TopicArn", topic, "Message", "x")))
                .startsWith("429 Throttled: A subscribed queue does not take messages");
        Map<String, String> entries = Map.of(
                "PublishBatchRequestEntries.member.1.Id", "a", "PublishBatchRequestEntries.member.1.Message", "x");
        assertThat(batch(topic, entries).body()).contains("<Failed><member><Id>a</Id><Code>Throttled</Code>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                Subject= | 400 InvalidParameter: Invalid parameter: Subject
                Subject=two\\nlines | 400 InvalidParameter: Invalid parameter: Subject
                Message= | 400 InvalidParameter: Invalid parameter: Empty message
                TopicArn=randomtopic | 400 InvalidParameter: Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1
                TopicArn=arn:aws:sns:us-east-1:000000000000:nope | 404 NotFound: Topic does not exist
                TopicArn=arn:aws:sns:eu-central-1:000000000000:news | 400 InvalidParameter: Invalid parameter: TopicArn
                MessageDeduplicationId=x | 400 InvalidParameter: Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type
                MessageStructure=json | 400 InvalidParameter: Invalid parameter: Message Structure - JSON message body failed to parse
                MessageStructure=json;Message={"sqs":"x"} | 400 InvalidParameter: Invalid parameter: Message Structure - No default entry in JSON message body
                MessageStructure=json;Message={"default":{"a":1}} | 400 InvalidParameter: Invalid parameter: Message Structure - No default entry in JSON message body
                PhoneNumber=+1a234 | 400 InvalidParameter: Invalid parameter: PhoneNumber Reason: +1a234 is not valid to publish to
                """)
    void errorsAreAwsOwn(String changes, String error) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("TopicArn", topic("news"), "Message", "x"));
        for (String change : changes.split(";", -1)) {
            int equals = change.indexOf('=');
            parameters.put(
                    change.substring(0, equals), change.substring(equals + 1).replace("\\n", "\n"));
        }
        assertThat(error("Publish", parameters)).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                a | String | StringValue= | 400 ParameterValueInvalid: The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.
                a | String | BinaryValue=AgME | 400 ParameterValueInvalid: The message attribute 'a' with type 'String' must use field 'String'.
                a | Number | BinaryValue=AgME | 400 ParameterValueInvalid: The message attribute 'a' with type 'Number' must use field 'String'.
                a | Binary | StringValue=x | 400 ParameterValueInvalid: The message attribute 'a' with type 'Binary' must use field 'Binary'.
                a | prefix.String | StringValue=x | 400 ParameterValueInvalid: The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.
                a | Stringprefixed | StringValue=x | 400 ParameterValueInvalid: The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.
                a^b | String | StringValue=x | 400 ParameterValueInvalid: Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.
                .a | String | StringValue=x | 400 ParameterValueInvalid: Invalid message attribute name starting with character '.' was found.
                a. | String | StringValue=x | 400 ParameterValueInvalid: Invalid message attribute name ending with character '.' was found.
                a..b | String | StringValue=x | 400 ParameterValueInvalid: Message attribute name can not have successive '.' character.
                """)
    void errorsOfAttributesAreAwsOwn(String name, String type, String value, String error) {
        int equals = value.indexOf('=');
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("TopicArn", topic("news"), "Message", "x"));
        parameters.put("MessageAttributes.entry.1.Name", name);
        parameters.put("MessageAttributes.entry.1.Value.DataType", type);
        parameters.put("MessageAttributes.entry.1.Value." + value.substring(0, equals), value.substring(equals + 1));
        assertThat(error("Publish", parameters)).isEqualTo(error);
    }

    @Test
    void attributeWithoutATypeIsNamed() {
        Map<String, String> parameters = Map.of(
                "TopicArn",
                topic("news"),
                "Message",
                "x",
                "MessageAttributes.entry.1.Name",
                "attr1",
                "MessageAttributes.entry.1.Value.StringValue",
                "x");
        assertThat(error("Publish", parameters))
                .isEqualTo(
                        "400 ValidationError: 1 validation error detected: Value null at"
                                + " 'messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null");
    }

    @Test
    void limitIs256KibOfTextAndAttributesTogether() {
        String topic = topic("news");
        assertThat(error("Publish", Map.of("TopicArn", topic, "Message", "x".repeat(262_145))))
                .isEqualTo("400 InvalidParameter: Invalid parameter: Message too long");
        publish(topic, Map.of("Message", "x".repeat(262_144)));
        Map<String, String> withAttribute =
                new LinkedHashMap<>(attribute(Map.of("Message", "x".repeat(262_144 - 9)), 1, "abc", "String", "v"));
        withAttribute.put("TopicArn", topic);
        assertThat(error("Publish", withAttribute)).contains("Message too long");
        Map<String, String> entries = Map.of(
                "PublishBatchRequestEntries.member.1.Id",
                "a",
                "PublishBatchRequestEntries.member.1.Message",
                "x".repeat(140_000),
                "PublishBatchRequestEntries.member.2.Id",
                "b",
                "PublishBatchRequestEntries.member.2.Message",
                "x".repeat(140_000));
        assertThat(batch(topic, entries).element("Code")).isEqualTo("BatchRequestTooLong");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                a,a | 400 BatchEntryIdsNotDistinct: Two or more batch entries in the request have the same Id.
                a.b | 400 InvalidBatchEntryId: The Id of a batch entry in the batch request contains an impermissible character: a.b
                1,2,3,4,5,6,7,8,9,10,11 | 400 TooManyEntriesInBatchRequest: The batch request contains more entries than permissible.
                """)
    void errorsOfBatchesAreAwsOwn(String ids, String error) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("TopicArn", topic("news")));
        int number = 1;
        for (String id : ids.split(",", -1)) {
            parameters.put("PublishBatchRequestEntries.member." + number + ".Id", id);
            parameters.put("PublishBatchRequestEntries.member." + number++ + ".Message", "x");
        }
        assertThat(error("PublishBatch", parameters)).isEqualTo(error);
    }

    @Test
    void deepJsonInABodyIsOnlyNoMatch() {
        String topic = topic("news");
        String url = queue("inbox");
        subscribe(topic, "inbox", Map.of("FilterPolicyScope", "MessageBody", "FilterPolicy", "{\"a\":[1]}"));
        publish(topic, Map.of("Message", "[".repeat(200_000)));
        publish(topic, Map.of("Message", "{\"b\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"a\":1}"));
        assertThat(receive(url, "")).isEmpty();
    }
}
