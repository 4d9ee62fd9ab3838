package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Query protocol, whose answers are XML. */
class QueryProtocolTest extends SqsTest {
    /** Parameters as name and value in turn, to which the version is added. */
    private static Map<String, String> parameters(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        parameters.put("Version", "2012-11-05");
        return parameters;
    }

    private SqsClient.Answer query(String... namesAndValues) {
        return client.query(parameters(namesAndValues));
    }

    @Test
    void messageMakesItsWholeWay() {
        SqsClient.Answer created = query(
                "Action",
                "CreateQueue",
                "QueueName",
                "q",
                "Attribute.1.Name",
                "VisibilityTimeout",
                "Attribute.1.Value",
                "77",
                "Tag.1.Key",
                "team",
                "Tag.1.Value",
                "a");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.header("content-type")).isEqualTo("text/xml");
        String url = created.element("QueueUrl");
        assertThat(url).isEqualTo(client.endpoint() + "/000000000000/q");
        assertThat(created.element("RequestId")).isEqualTo(created.header("x-amzn-requestid"));
        assertThat(query("Action", "ListQueueTags", "QueueUrl", url).body())
                .contains("<Tag><Key>team</Key><Value>a</Value></Tag>");

        SqsClient.Answer sent = query(
                "Action",
                "SendMessage",
                "QueueUrl",
                url,
                "MessageBody",
                "a<b>&\"\r\n\tü€😀",
                "MessageAttribute.1.Name",
                "n",
                "MessageAttribute.1.Value.DataType",
                "String",
                "MessageAttribute.1.Value.StringValue",
                "v",
                "MessageAttribute.2.Name",
                "b",
                "MessageAttribute.2.Value.DataType",
                "Binary",
                "MessageAttribute.2.Value.BinaryValue",
                "AQID");
        assertThat(sent.element("MD5OfMessageAttributes")).hasSize(32);

        SqsClient.Answer received = query(
                "Action",
                "ReceiveMessage",
                "QueueUrl",
                url,
                "AttributeName.1",
                "ApproximateReceiveCount",
                "MessageAttributeName.1",
                "All",
                "MaxNumberOfMessages",
                "10");
        assertThat(received.element("Body")).isEqualTo("a&lt;b&gt;&amp;&quot;&#13;\n\tü€😀");
        assertThat(received.element("MessageId")).isEqualTo(sent.element("MessageId"));
        assertThat(received.body())
                .contains("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>")
                .contains("<MessageAttribute><Name>n</Name><Value><StringValue>v</StringValue>"
                        + "<DataType>String</DataType></Value></MessageAttribute>")
                .contains("<MessageAttribute><Name>b</Name><Value><BinaryValue>AQID</BinaryValue>"
                        + "<DataType>Binary</DataType></Value></MessageAttribute>")
                .startsWith("<?xml version=\"1.0\"?><ReceiveMessageResponse"
                        + " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ReceiveMessageResult><Message>")
                .endsWith("</RequestId></ResponseMetadata></ReceiveMessageResponse>");

        SqsClient.Answer deleted =
                query("Action", "DeleteMessage", "QueueUrl", url, "ReceiptHandle", received.element("ReceiptHandle"));
        assertThat(deleted.body())
                .startsWith("<?xml version=\"1.0\"?><DeleteMessageResponse"
                        + " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ResponseMetadata>");
        assertThat(query("Action", "ReceiveMessage", "QueueUrl", url).body()).contains("<ReceiveMessageResult/>");
    }

    @Test
    void batchIsReadFromNumberedParametersInAnyOrder() {
        String url = queue("q");
        SqsClient.Answer sent = query(
                "Action",
                "SendMessageBatch",
                "QueueUrl",
                url,
                "SendMessageBatchRequestEntry.2.MessageBody",
                "zwei",
                "SendMessageBatchRequestEntry.2.Id",
                "b",
                "SendMessageBatchRequestEntry.1.Id",
                "a",
                "SendMessageBatchRequestEntry.1.MessageBody",
                "eins",
                "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue",
                "v",
                "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name",
                "n",
                "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType",
                "String",
                "SendMessageBatchRequestEntry.3.Id",
                "c");
        assertThat(sent.body())
                .containsSubsequence(
                        "<SendMessageBatchResultEntry><Id>a</Id>", "<MD5OfMessageAttributes>", "<Id>b</Id>")
                .contains("<BatchResultErrorEntry><Id>c</Id><SenderFault>true</SenderFault>"
                        + "<Code>MissingParameter</Code>");
        assertThat(bodies(url)).containsExactly("eins", "zwei");
    }

    @Test
    void errorIsInXmlWithTheSameTextAndCode() {
        SqsClient.Answer error = query("Action", "ReceiveMessage", "QueueUrl", queue("q"), "MaxNumberOfMessages", "11");
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.body())
                .startsWith("<?xml version=\"1.0\"?><ErrorResponse"
                        + " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type>"
                        + "<Code>InvalidParameterValue</Code><Message>Value 11 for parameter MaxNumberOfMessages is"
                        + " invalid. Reason: Must be between 1 and 10, if provided.</Message><Detail/></Error>"
                        + "<RequestId>");
        assertThat(query("Action", "GetQueueUrl", "QueueName", "nope").element("Message"))
                .isEqualTo("The specified queue does not exist for this wsdl version.");
        assertThat(query("Action", "GetQueueUrl", "QueueName", "nope").element("Code"))
                .isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
    }

    @Test
    void queueCanBeAskedByGetOnItsUrl() {
        queue("q");
        assertThat(client.get("/000000000000/q?Action=SendMessage&MessageBody=a%20b+c")
                        .status())
                .isEqualTo(200);
        assertThat(bodies("q")).containsExactly("a b c");
        assertThat(client.get("/000000000000/q?Action=GetQueueAttributes&AttributeName.1=QueueArn")
                        .body())
                .contains("<Name>QueueArn</Name><Value>arn:aws:sqs:us-east-1:000000000000:q</Value>");
    }

    @Test
    void parameterWinsOverThePath() {
        queue("q");
        queue("other");
        client.query("/000000000000/q", parameters("Action", "SendMessage", "QueueUrl", "other", "MessageBody", "x"));
        assertThat(bodies("other")).containsExactly("x");
    }

    @Test
    void jsonOnTheQueuesPathIsServedToo() {
        String url = queue("q");
        SqsClient.Answer answer = client.post(
                "/000000000000/q",
                Map.of("X-Amz-Target", "AmazonSQS.SendMessage", "Content-Type", "application/x-amz-json-1.0"),
                "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"x\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/x-amz-json-1.0");
    }

    @Test
    void queueUrlKnowsOnlyTheActionsOfOneQueue() {
        queue("q");
        for (String action : new String[] {"ListQueues", "CreateQueue", "NoSuchAction"}) {
            SqsClient.Answer answer = client.get("/000000000000/q?Action=" + action);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.element("Code")).isEqualTo("InvalidAction");
            assertThat(answer.element("Message"))
                    .isEqualTo("The action " + action + " is not valid for this endpoint.");
        }
        SqsClient.Answer none = client.get("/000000000000/q");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.body()).isEqualTo("<UnknownOperationException/>\n");
    }

    @Test
    void formThatIsNotUtf8OrNotEncodedIsMalformed() {
        for (String form : new String[] {"Action=ListQueues&QueueNamePrefix=%ff", "Action=%2", "Action=%zz&x=y"}) {
            SqsClient.Answer answer =
                    client.post("/", Map.of("Content-Type", "application/x-www-form-urlencoded"), form);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.element("Code")).isEqualTo("MalformedInput");
        }
    }
}
