package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import weir.core.broker.OutcomeUnknownException;

/** Sending, receiving, extending and deleting, as recorded on AWS. */
class MessagesTest extends SqsTest {
    @Test
    void messageComesAsItWasSent() {
        String url = queue("q");
        JsonNode sent = send(
                url,
                "'MessageBody':'hello','MessageAttributes':{'n':{'DataType':'Number.int','StringValue':'7'},"
                        + "'b':{'DataType':'Binary','BinaryValue':'AQID'}},'MessageSystemAttributes':{'AWSTraceHeader':"
                        + "{'DataType':'String','StringValue':'Root=1-5759e988-bd862e3fe1be46a994272793;"
                        + "Parent=53995c3f42cd8ad8;Sampled=1'}}");
        assertThat(sent.get("MD5OfMessageBody").asString()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
        assertThat(sent.get("MD5OfMessageSystemAttributes").asString()).isEqualTo("5ae4d5d7636402d80f4eb6d213245a88");
        assertThat(sent.has("SequenceNumber")).isFalse();

        JsonNode message = receive(url, "'MessageAttributeNames':['All'],'AttributeNames':['All']")
                .getFirst();
        assertThat(message.get("Body").asString()).isEqualTo("hello");
        assertThat(message.get("MessageId")).isEqualTo(sent.get("MessageId"));
        assertThat(message.get("MD5OfBody")).isEqualTo(sent.get("MD5OfMessageBody"));
        assertThat(message.get("MD5OfMessageAttributes")).isEqualTo(sent.get("MD5OfMessageAttributes"));
        assertThat(message.get("MessageAttributes").toString())
                .isEqualTo("{\"n\":{\"StringValue\":\"7\",\"DataType\":\"Number.int\"},"
                        + "\"b\":{\"BinaryValue\":\"AQID\",\"DataType\":\"Binary\"}}");
        assertThat(message.get("Attributes").toString())
                .isEqualTo("{\"SenderId\":\"000000000000\",\"SentTimestamp\":\"1800000000000\","
                        + "\"ApproximateReceiveCount\":\"1\",\"ApproximateFirstReceiveTimestamp\":\"1800000000000\","
                        + "\"AWSTraceHeader\":\"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;"
                        + "Sampled=1\"}");
    }

    @Test
    void nothingAskedMeansNoAttributesAndNoDigestOfThem() {
        String url = queue("q");
        send(url, "'MessageBody':'x','MessageAttributes':{'a':{'DataType':'String','StringValue':'1'}}");
        JsonNode message = receive(url, "").getFirst();
        assertThat(message.propertyNames())
                .containsExactlyInAnyOrder("MessageId", "ReceiptHandle", "MD5OfBody", "Body");
    }

    @Test
    void attributesAreChosenByNameAndPrefixAndTheDigestIsOfThoseChosen() {
        String url = queue("q");
        send(
                url,
                "'MessageBody':'x','MessageAttributes':{'Help.Me':{'DataType':'String','StringValue':'Me'},"
                        + "'Hello':{'DataType':'String','StringValue':'There'},"
                        + "'General':{'DataType':'String','StringValue':'Kenobi'}}");
        for (String all : List.of("All", ".*", "*")) {
            assertThat(receive(url, "'VisibilityTimeout':0,'MessageAttributeNames':['" + all + "']")
                            .getFirst()
                            .get("MD5OfMessageAttributes")
                            .asString())
                    .isEqualTo("4c360f3fdafd970e05fae2f149d997f5");
        }
        assertThat(receive(url, "'VisibilityTimeout':0,'MessageAttributeNames':['Hello','General','no']")
                        .getFirst()
                        .get("MD5OfMessageAttributes")
                        .asString())
                .isEqualTo("fca026605781cb4126a1e9044df24232");
        assertThat(receive(url, "'VisibilityTimeout':0,'MessageAttributeNames':['Hel.*']")
                        .getFirst()
                        .get("MessageAttributes")
                        .propertyNames())
                .containsExactlyInAnyOrder("Help.Me", "Hello");
        assertThat(receive(url, "'MessageAttributeNames':['nope']").getFirst().has("MD5OfMessageAttributes"))
                .isFalse();
    }

    @Test
    void emptyReceiveLeavesMessagesOut() {
        assertThat(client.json("ReceiveMessage", "{\"QueueUrl\":\"" + queue("q") + "\"}")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void deletedMessageDoesNotComeAgainAndDeletingItTwiceIsFine() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        String handle = handle(receive(url, "").getFirst());
        delete(url, handle);
        delete(url, handle);
        pass(Duration.ofHours(1));
        assertThat(bodies(url)).isEmpty();
    }

    private void delete(String url, String handle) {
        client.ok("DeleteMessage", "{'QueueUrl':'" + url + "','ReceiptHandle':'" + handle + "'}");
    }

    private String deleteError(String url, String handle) {
        return error("DeleteMessage", "{'QueueUrl':'" + url + "','ReceiptHandle':'" + handle + "'}");
    }

    private String visibility(String url, String handle, int seconds) {
        return "{'QueueUrl':'" + url + "','ReceiptHandle':'" + handle + "','VisibilityTimeout':" + seconds + "}";
    }

    @Test
    void standardQueueHonoursAHandleWhoseTimeRanOut() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        String handle = handle(receive(url, "").getFirst());
        pass(Duration.ofSeconds(31));
        client.ok("ChangeMessageVisibility", visibility(url, handle, 10));
        assertThat(bodies(url)).isEmpty();
        pass(Duration.ofSeconds(11));
        delete(url, handle);
        assertThat(bodies(url)).isEmpty();
    }

    @Test
    void standardQueueDeletesByTheHandleOfAnEarlierReceive() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        String first = handle(receive(url, "'VisibilityTimeout':0").getFirst());
        String second = handle(receive(url, "'VisibilityTimeout':0").getFirst());
        assertThat(second).isNotEqualTo(first);
        delete(url, first);
        assertThat(bodies(url)).isEmpty();
        delete(url, second);
    }

    @Test
    void standardQueueChangesTheVisibilityByTheHandleOfAnEarlierReceive() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        String first = handle(receive(url, "'VisibilityTimeout':0").getFirst());
        receive(url, "");
        client.ok("ChangeMessageVisibility", visibility(url, first, 0));
        assertThat(bodies(url)).containsExactly("x");
    }

    @Test
    void traceOfARequestIsTheMessagesUnlessItHasItsOwn() {
        String url = queue("q");
        String body = "Action=SendMessage&MessageBody=x&QueueUrl=" + url;
        Map<String, String> headers =
                Map.of("Content-Type", "application/x-www-form-urlencoded", "X-Amzn-Trace-Id", "Root=1-2-3");
        SqsClient.Answer sent = client.post("/", headers, body);
        assertThat(sent.status()).isEqualTo(200);
        assertThat(sent.body()).doesNotContain("MD5OfMessageSystemAttributes");
        String own = "&MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.DataType=String"
                + "&MessageSystemAttribute.1.Value.StringValue=own";
        assertThat(client.post("/", headers, body + own).status()).isEqualTo(200);
        assertThat(receive(url, "'MaxNumberOfMessages':10,'AttributeNames':['AWSTraceHeader']").stream()
                        .map(message -> message.path("Attributes")
                                .path("AWSTraceHeader")
                                .asString("")))
                .containsExactly("Root=1-2-3", "own");
    }

    @Test
    void fifoQueueSaysThatAHandleHasExpired() {
        String url = fifo("q.fifo", "'ContentBasedDeduplication':'true'");
        send(url, "'MessageBody':'x','MessageGroupId':'g'");
        String handle = handle(receive(url, "").getFirst());
        pass(Duration.ofSeconds(31));
        String expired = "InvalidParameterValueException 400 InvalidParameterValue;Sender: Value " + handle
                + " for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.";
        assertThat(deleteError(url, handle)).isEqualTo(expired);
        assertThat(error("ChangeMessageVisibility", visibility(url, handle, 10)))
                .isEqualTo(expired);
    }

    @Test
    void fifoQueueHonoursAHandleThatWasExtendedInTime() {
        String url = fifo("q.fifo", "'ContentBasedDeduplication':'true'");
        send(url, "'MessageBody':'x','MessageGroupId':'g'");
        String handle = handle(receive(url, "").getFirst());
        client.ok("ChangeMessageVisibility", visibility(url, handle, 60));
        pass(Duration.ofSeconds(31));
        delete(url, handle);
        delete(url, handle);
    }

    @Test
    void garbageIsNoReceiptHandle() {
        assertThat(deleteError(queue("q"), "garbage"))
                .isEqualTo("ReceiptHandleIsInvalid 404 ReceiptHandleIsInvalid;Sender: The input receipt handle"
                        + " \"garbage\" is not a valid receipt handle.");
    }

    @Test
    void visibilityOfADeletedMessageCannotBeChanged() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        String handle = handle(receive(url, "").getFirst());
        delete(url, handle);
        assertThat(error("ChangeMessageVisibility", visibility(url, handle, 10)))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: Value " + handle
                        + " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available"
                        + " for visibility timeout change.");
    }

    @Test
    void visibilityZeroGivesTheMessageBackAtOnce() {
        String url = queue("q");
        send(url, "'MessageBody':'x'");
        client.ok(
                "ChangeMessageVisibility",
                visibility(url, handle(receive(url, "").getFirst()), 0));
        assertThat(receive(url, "'AttributeNames':['ApproximateReceiveCount']")
                        .getFirst()
                        .get("Attributes")
                        .toString())
                .isEqualTo("{\"ApproximateReceiveCount\":\"2\"}");
    }

    @Test
    void longPollAnswersAsSoonAsAMessageArrives() {
        String url = queue("q", "'ReceiveMessageWaitTimeSeconds':'20'");
        var waiting = CompletableFuture.supplyAsync(() -> receive(url, ""));
        send(url, "'MessageBody':'x'");
        assertThat(waiting.join()).hasSize(1);
    }

    @Test
    void explicitWaitOfZeroWinsOverTheQueues() {
        String url = queue("q", "'ReceiveMessageWaitTimeSeconds':'20'");
        assertThat(receive(url, "'WaitTimeSeconds':0")).isEmpty();
    }

    @Test
    void delayIsTheMessagesElseTheQueues() {
        String url = queue("q", "'DelaySeconds':'100'");
        send(url, "'MessageBody':'queue'");
        send(url, "'MessageBody':'own','DelaySeconds':10");
        send(url, "'MessageBody':'none','DelaySeconds':0");
        assertThat(bodies(url)).containsExactly("none");
        pass(Duration.ofSeconds(10));
        assertThat(bodies(url)).containsExactly("own");
        pass(Duration.ofSeconds(10));
        assertThat(bodies(url)).isEmpty();
        pass(Duration.ofSeconds(80));
        assertThat(bodies(url)).contains("queue");
    }

    @Test
    void messageIsDeadLetteredAtTheReceiveThatWouldBeOneTooMany() {
        String dead = queue("dead");
        String url = queue(
                "q",
                "'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'arn:aws:sqs:us-east-1:000000000000:dead\\',"
                        + "\\'maxReceiveCount\\':\\'2\\'}'");
        JsonNode sent = send(url, "'MessageBody':'x'");
        assertThat(receive(url, "'VisibilityTimeout':0")).hasSize(1);
        assertThat(receive(url, "'VisibilityTimeout':0")).hasSize(1);
        assertThat(receive(url, "'VisibilityTimeout':0")).isEmpty();
        JsonNode message = receive(
                        dead,
                        "'MessageSystemAttributeNames':['DeadLetterQueueSourceArn'," + "'ApproximateReceiveCount']")
                .getFirst();
        assertThat(message.get("MessageId")).isEqualTo(sent.get("MessageId"));
        assertThat(message.get("Attributes").toString())
                .isEqualTo("{\"ApproximateReceiveCount\":\"3\","
                        + "\"DeadLetterQueueSourceArn\":\"arn:aws:sqs:us-east-1:000000000000:q\"}");
    }

    @Test
    void repeatedSendGetsTheFirstAnswer() {
        String url = fifo("q.fifo", "");
        String body = "'MessageBody':'x','MessageGroupId':'g','MessageDeduplicationId':'d'";
        JsonNode first = send(url, body);
        assertThat(first.get("SequenceNumber").asString()).hasSize(20);
        assertThat(send(url, body)).isEqualTo(first);
        assertThat(receive(
                        url,
                        "'MaxNumberOfMessages':10,'AttributeNames':['MessageGroupId','MessageDeduplicationId',"
                                + "'SequenceNumber']"))
                .singleElement()
                .satisfies(message -> assertThat(message.get("Attributes").toString())
                        .isEqualTo("{\"MessageGroupId\":\"g\",\"MessageDeduplicationId\":\"d\",\"SequenceNumber\":"
                                + first.get("SequenceNumber") + "}"));
    }

    @Test
    void contentIsDigestedForDeduplicationUnlessAnIdIsGiven() {
        String url = fifo("q.fifo", "'ContentBasedDeduplication':'True'");
        send(url, "'MessageBody':'x','MessageGroupId':'g'");
        send(url, "'MessageBody':'x','MessageGroupId':'g'");
        send(url, "'MessageBody':'x','MessageGroupId':'g','MessageDeduplicationId':'other'");
        assertThat(bodies(url)).hasSize(2);
    }

    @Test
    void batchSucceedsAndFailsByEntry() {
        String url = queue("q", "'MaximumMessageSize':'1024'");
        JsonNode result = client.ok(
                "SendMessageBatch",
                "{'QueueUrl':'" + url + "','Entries':[{'Id':'a','MessageBody':'x'},{'Id':'b','MessageBody':'"
                        + "x".repeat(1025) + "'},{'Id':'c','MessageBody':'\\u0001'},{'Id':'d'}]}");
        assertThat(result.get("Successful"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.get("Id").asString()).isEqualTo("a"));
        assertThat(result.get("Failed").toString())
                .isEqualTo("[{\"Id\":\"b\",\"SenderFault\":true,\"Code\":\"InvalidParameterValue\",\"Message\":\"One or"
                        + " more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.\"},"
                        + "{\"Id\":\"c\",\"SenderFault\":true,\"Code\":\"InvalidMessageContents\",\"Message\":\"Invalid"
                        + " characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to"
                        + " #xFFFD | #x10000 to #x10FFFF\"},"
                        + "{\"Id\":\"d\",\"SenderFault\":true,\"Code\":\"MissingParameter\",\"Message\":\"The request"
                        + " must contain the parameter MessageBody.\"}]");
    }

    @Test
    void batchesOfHandlesAreSettledTogether() {
        String url = queue("q");
        client.ok(
                "SendMessageBatch",
                "{'QueueUrl':'" + url + "','Entries':[{'Id':'a','MessageBody':'1'},{'Id':'b','MessageBody':'2'}]}");
        List<JsonNode> messages = receive(url, "'MaxNumberOfMessages':10");
        JsonNode changed = client.ok(
                "ChangeMessageVisibilityBatch",
                "{'QueueUrl':'" + url + "','Entries':[{'Id':'1','ReceiptHandle':'" + handle(messages.get(0))
                        + "','VisibilityTimeout':0},{'Id':'2','ReceiptHandle':'" + handle(messages.get(1))
                        + "','VisibilityTimeout':5},{'Id':'3','ReceiptHandle':'nonsense','VisibilityTimeout':5}]}");
        assertThat(changed.get("Successful").toString()).isEqualTo("[{\"Id\":\"1\"},{\"Id\":\"2\"}]");
        assertThat(changed.get("Failed").get(0).get("Code").asString()).isEqualTo("ReceiptHandleIsInvalid");
        JsonNode again = receive(url, "").getFirst();
        assertThat(again.get("Body").asString()).isEqualTo("1");
        JsonNode deleted = client.ok(
                "DeleteMessageBatch",
                "{'QueueUrl':'" + url + "','Entries':[{'Id':'1','ReceiptHandle':'" + handle(again)
                        + "'},{'Id':'2','ReceiptHandle':'" + handle(messages.get(1)) + "'}]}");
        assertThat(deleted.toString()).isEqualTo("{\"Successful\":[{\"Id\":\"1\"},{\"Id\":\"2\"}]}");
        pass(Duration.ofHours(1));
        assertThat(bodies(url)).isEmpty();
    }

    @Test
    void largestMessageAndBatchAreTakenAndOneByteMoreIsNot() {
        String url = queue("q");
        String largest = "\\n".repeat(1024 * 1024);
        send(url, "'MessageBody':'" + largest + "'");
        assertThat(receive(url, "").getFirst().get("Body").asString()).isEqualTo("\n".repeat(1024 * 1024));
        assertThat(error("SendMessage", "{'QueueUrl':'" + url + "','MessageBody':'" + largest + "y'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: One or more parameters are"
                        + " invalid. Reason: Message must be shorter than 1048576 bytes.");
        String half = "h".repeat(512 * 1024);
        assertThat(error(
                        "SendMessageBatch",
                        "{'QueueUrl':'" + url + "','Entries':[{'Id':'a','MessageBody':'" + half
                                + "'},{'Id':'b','MessageBody':'" + half + "y'}]}"))
                .isEqualTo("BatchRequestTooLong 400 AWS.SimpleQueueService.BatchRequestTooLong;Sender: Batch requests"
                        + " cannot be longer than 1048576 bytes. You have sent 1048577 bytes.");
    }

    @Test
    void unknownOutcomeIsTheServersFaultAndCanBeTriedAgain() {
        String url = queue("q");
        broker.nextFailure = new OutcomeUnknownException("no answer in 5 s");
        assertThat(error("SendMessage", "{'QueueUrl':'" + url + "','MessageBody':'x'}"))
                .startsWith("ServiceUnavailableException 503 ServiceUnavailable;Receiver: No answer came in time.");
        send(url, "'MessageBody':'x'");
    }
}
