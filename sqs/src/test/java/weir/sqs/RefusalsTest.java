package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client may get wrong, and the words it is told so in: a table, as recorded on AWS where it was recorded. */
class RefusalsTest extends SqsTest {
    private static final String INVALID = "InvalidParameterValueException 400 InvalidParameterValue;Sender: ";
    private static final String MISSING = "MissingRequiredParameterException 400 MissingParameter;Sender: ";
    private static final String MALFORMED = "SerializationException 400 MalformedInput;Sender: ";
    private static final String BATCH = "AWS.SimpleQueueService.";

    @BeforeEach
    void createQueues() {
        queue("q");
        fifo("q.fifo", "");
    }

    private static Arguments sending(String parameters, String error) {
        return Arguments.of("SendMessage", "{'QueueUrl':'q','MessageBody':'x'," + parameters + "}", error);
    }

    private static Arguments sendFifo(String parameters, String error) {
        return Arguments.of("SendMessage", "{'QueueUrl':'q.fifo','MessageBody':'x'," + parameters + "}", error);
    }

    private static Arguments attribute(String name, String value, String error) {
        return sending("'MessageAttributes':{'" + name + "':" + value + "}", INVALID + error);
    }

    private static Arguments receiving(String parameter, String error) {
        return Arguments.of("ReceiveMessage", "{'QueueUrl':'q'," + parameter + "}", INVALID + error);
    }

    private static String entries(int count, String entry) {
        var entries = new StringBuilder();
        for (int i = 0; i < count; i++) {
            entries.append(i == 0 ? "" : ",").append(entry.replace("#", Integer.toString(i)));
        }
        return "{'QueueUrl':'q','Entries':[" + entries + "]}";
    }

    private static String id(String name, String value) {
        return INVALID + "Value " + value + " for parameter " + name + " is invalid. Reason: " + name
                + " can only include alphanumeric and punctuation characters. 1 to 128 in length.";
    }

    static Stream<Arguments> refusals() {
        String text = "{'DataType':'String','StringValue':'v'}";
        return Stream.of(
                Arguments.of(
                        "SendMessage",
                        "{'QueueUrl':'q','MessageBody':''}",
                        MISSING + "The request must contain the parameter MessageBody."),
                Arguments.of(
                        "SendMessage",
                        "{'QueueUrl':'q'}",
                        MISSING + "The request must contain the parameter MessageBody."),
                Arguments.of(
                        "SendMessage",
                        "{'QueueUrl':'q','MessageBody':'\\ud800x'}",
                        "InvalidMessageContents 400 InvalidMessageContents;Sender: Invalid characters found. Valid"
                                + " unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD |"
                                + " #x10000 to #x10FFFF"),
                Arguments.of(
                        "DeleteMessage",
                        "{'QueueUrl':'q'}",
                        MISSING + "The request must contain the parameter ReceiptHandle."),
                Arguments.of(
                        "GetQueueUrl",
                        "{}",
                        INVALID + "Value for parameter QueueName is invalid. Reason: Must specify a queue name."),
                sending(
                        "'DelaySeconds':901",
                        INVALID + "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0"
                                + " and <= 900."),
                sending("'MessageGroupId':'a b'", id("MessageGroupId", "a b")),
                sending("'MessageGroupId':''", id("MessageGroupId", "")),
                sending(
                        "'MessageDeduplicationId':'d'",
                        INVALID + "Value d for parameter MessageDeduplicationId is invalid. Reason: The request"
                                + " includes a parameter that is not valid for this queue type."),
                sendFifo("'DelaySeconds':0", MISSING + "The request must contain the parameter MessageGroupId."),
                sendFifo(
                        "'MessageGroupId':'g'",
                        INVALID + "The queue should either have ContentBasedDeduplication enabled or"
                                + " MessageDeduplicationId provided explicitly"),
                sendFifo(
                        "'MessageGroupId':'g','MessageDeduplicationId':'d','DelaySeconds':2",
                        INVALID + "Value 2 for parameter DelaySeconds is invalid. Reason: The request include"
                                + " parameter that is not valid for this queue type."),
                sendFifo(
                        "'MessageGroupId':'g','MessageDeduplicationId':'" + "d".repeat(129) + "'",
                        id("MessageDeduplicationId", "d".repeat(129))),
                attribute(
                        "ErrorDetails",
                        "{'DataType':'String','StringValue':''}",
                        "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."),
                attribute(
                        "b",
                        "{'DataType':'Binary.x'}",
                        "Message (user) attribute 'b' must contain a non-empty value of type 'Binary'."),
                attribute(
                        "n",
                        "{'DataType':'Number','StringValue':'x'}",
                        "Can't cast the value of message (user) attribute 'n' to a number."),
                attribute(
                        "t",
                        "{'DataType':'Boolean','StringValue':'x'}",
                        "The message attribute 't' has an invalid message attribute type, the set of supported type"
                                + " prefixes is Binary, Number, and String."),
                attribute(
                        "aWs.x",
                        text,
                        "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are"
                                + " reserved for internal use. Additionally, they cannot start or end with '.'."),
                attribute(
                        "a!b",
                        text,
                        "Message (user) attributes name can only contain upper and lower score characters, digits,"
                                + " periods, hyphens and underscores. "),
                attribute("l".repeat(257), text, "Message (user) attribute names must be shorter than 256 Bytes"),
                attribute(
                        "x",
                        "{'DataType':'String." + "t".repeat(256) + "','StringValue':'v'}",
                        "Message (user) attribute types must be shorter than 256 Bytes"),
                attribute(
                        "x",
                        "{'DataType':'String.\\u0001','StringValue':'v'}",
                        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF |"
                                + " #xE000 to #xFFFD | #x10000 to #x10FFFF"),
                sending(
                        "'MessageAttributes':{'l':{'DataType':'String','StringListValues':['x']}}",
                        "UnsupportedOperation 400 AWS.SimpleQueueService.UnsupportedOperation;Sender: Message attribute"
                                + " list values in SendMessage operation are not supported."),
                sending(
                        "'MessageSystemAttributes':{'Other':" + text + "}",
                        INVALID + "Message system attribute name 'Other' is invalid."),
                receiving(
                        "'MaxNumberOfMessages':11",
                        "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if"
                                + " provided."),
                receiving(
                        "'MaxNumberOfMessages':0",
                        "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if"
                                + " provided."),
                receiving(
                        "'WaitTimeSeconds':21",
                        "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if"
                                + " provided."),
                receiving(
                        "'WaitTimeSeconds':-1",
                        "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if"
                                + " provided."),
                receiving(
                        "'VisibilityTimeout':43201",
                        "Value 43201 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an"
                                + " integer between 0 and 43200"),
                Arguments.of(
                        "SendMessageBatch",
                        "{'QueueUrl':'q','Entries':[]}",
                        "EmptyBatchRequest 400 " + BATCH + "EmptyBatchRequest;Sender: There should be at least one"
                                + " SendMessageBatchRequestEntry in the request."),
                Arguments.of(
                        "DeleteMessageBatch",
                        entries(20, "{'Id':'#','ReceiptHandle':'x'}"),
                        "TooManyEntriesInBatchRequest 400 " + BATCH + "TooManyEntriesInBatchRequest;Sender: Maximum"
                                + " number of entries per request are 10. You have sent 20."),
                Arguments.of(
                        "DeleteMessageBatch",
                        entries(2, "{'Id':'same','ReceiptHandle':'x'}"),
                        "BatchEntryIdsNotDistinct 400 " + BATCH + "BatchEntryIdsNotDistinct;Sender: Id same repeated."),
                Arguments.of(
                        "DeleteMessageBatch",
                        entries(1, "{'Id':'invalid:id','ReceiptHandle':'x'}"),
                        "InvalidBatchEntryId 400 " + BATCH + "InvalidBatchEntryId;Sender: A batch entry id can only"
                                + " contain alphanumeric characters, hyphens and underscores. It can be at most 80"
                                + " letters long."),
                Arguments.of(
                        "DeleteMessageBatch",
                        entries(1, "{'ReceiptHandle':'x'}"),
                        MISSING + "The request must contain the parameter DeleteMessageBatchRequestEntry.1.Id."),
                Arguments.of(
                        "SendMessageBatch",
                        "{'QueueUrl':'q.fifo','Entries':[{'Id':'a','MessageBody':'x','MessageDeduplicationId':'d'}]}",
                        INVALID + "The request must contain the parameter MessageGroupId."),
                Arguments.of(
                        "SendMessageBatch",
                        "{'QueueUrl':'q.fifo','Entries':[{'Id':'a','MessageBody':'x','MessageGroupId':'g'}]}",
                        INVALID + "The queue should either have ContentBasedDeduplication enabled or"
                                + " MessageDeduplicationId provided explicitly"),
                Arguments.of(
                        "ListQueues",
                        "{'MaxResults':0}",
                        INVALID
                                + "Value 0 for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1"
                                + " and 1000."),
                Arguments.of(
                        "NoSuchAction",
                        "{}",
                        "UnknownOperationException 400 InvalidAction;Sender: The action AmazonSQS.NoSuchAction is not"
                                + " valid for this endpoint."),
                Arguments.of("SendMessage", "[]", MALFORMED + "Start of structure or map expected."),
                Arguments.of("SendMessage", "{'QueueUrl':7}", MALFORMED + "NUMBER_VALUE cannot be converted to String"),
                Arguments.of(
                        "ReceiveMessage",
                        "{'QueueUrl':'q','MaxNumberOfMessages':99999999999999999999}",
                        MALFORMED + "STRING_VALUE cannot be converted to Integer"),
                Arguments.of(
                        "SendMessage",
                        "{'QueueUrl':'q'} x",
                        MALFORMED + "The request is not valid JSON: Unrecognized token 'x': was expecting (JSON String,"
                                + " Number, Array, Object or token 'null', 'true' or 'false')"),
                Arguments.of(
                        "SendMessage",
                        "{'QueueUrl':'q','X':" + "[".repeat(100) + "]".repeat(100) + "}",
                        MALFORMED + "The request is not valid JSON: Document nesting depth (17) exceeds the maximum"
                                + " allowed (16, from `StreamReadConstraints.getMaxNestingDepth()`)"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isToldInAwsWords(String action, String body, String error) {
        assertThat(error(action, body)).isEqualTo(error);
    }
}
