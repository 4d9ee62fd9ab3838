package weir.sqs.wire;

import static weir.sqs.wire.Shape.blob;
import static weir.sqs.wire.Shape.flag;
import static weir.sqs.wire.Shape.list;
import static weir.sqs.wire.Shape.map;
import static weir.sqs.wire.Shape.required;
import static weir.sqs.wire.Shape.structure;
import static weir.sqs.wire.Shape.tags;
import static weir.sqs.wire.Shape.text;
import static weir.sqs.wire.Shape.whole;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/** The actions of SQS that are served, with the shapes of what they take and give. A test holds this table against AWS's model. */
@SuppressWarnings("ImmutableEnumChecker") // A structure does not change once it is built.
public enum Operation implements ServedOperation {
    CREATE_QUEUE(
            structure(
                    "CreateQueueRequest",
                    required(text("QueueName")),
                    map("Attributes", "Attribute", Scalar.TEXT),
                    tags("tags")),
            structure("CreateQueueResult", text("QueueUrl"))),
    GET_QUEUE_URL(
            structure("GetQueueUrlRequest", required(text("QueueName")), text("QueueOwnerAWSAccountId")),
            structure("GetQueueUrlResult", text("QueueUrl"))),
    LIST_QUEUES(
            structure("ListQueuesRequest", text("QueueNamePrefix"), text("NextToken"), whole("MaxResults")),
            structure("ListQueuesResult", list("QueueUrls", "QueueUrl", Scalar.TEXT), text("NextToken"))),
    DELETE_QUEUE(structure("DeleteQueueRequest", queueUrl()), null),
    PURGE_QUEUE(structure("PurgeQueueRequest", queueUrl()), null),
    GET_QUEUE_ATTRIBUTES(
            structure("GetQueueAttributesRequest", queueUrl(), list("AttributeNames", "AttributeName", Scalar.TEXT)),
            structure("GetQueueAttributesResult", map("Attributes", "Attribute", Scalar.TEXT))),
    SET_QUEUE_ATTRIBUTES(
            structure("SetQueueAttributesRequest", queueUrl(), required(map("Attributes", "Attribute", Scalar.TEXT))),
            null),
    ADD_PERMISSION(
            structure(
                    "AddPermissionRequest",
                    queueUrl(),
                    required(text("Label")),
                    required(list("AWSAccountIds", "AWSAccountId", Scalar.TEXT)),
                    required(list("Actions", "ActionName", Scalar.TEXT))),
            null),
    REMOVE_PERMISSION(structure("RemovePermissionRequest", queueUrl(), required(text("Label"))), null),
    TAG_QUEUE(structure("TagQueueRequest", queueUrl(), required(tags("Tags"))), null),
    UNTAG_QUEUE(structure("UntagQueueRequest", queueUrl(), required(list("TagKeys", "TagKey", Scalar.TEXT))), null),
    LIST_QUEUE_TAGS(structure("ListQueueTagsRequest", queueUrl()), structure("ListQueueTagsResult", tags("Tags"))),
    LIST_DEAD_LETTER_SOURCE_QUEUES(
            structure("ListDeadLetterSourceQueuesRequest", queueUrl(), text("NextToken"), whole("MaxResults")),
            structure(
                    "ListDeadLetterSourceQueuesResult",
                    required(list("queueUrls", "QueueUrl", Scalar.TEXT)),
                    text("NextToken"))),
    SEND_MESSAGE(
            structure(
                    "SendMessageRequest",
                    queueUrl(),
                    required(text("MessageBody")),
                    whole("DelaySeconds"),
                    messageAttributes(),
                    messageSystemAttributes(),
                    text("MessageDeduplicationId"),
                    text("MessageGroupId")),
            structure(
                    "SendMessageResult",
                    text("MD5OfMessageBody"),
                    text("MD5OfMessageAttributes"),
                    text("MD5OfMessageSystemAttributes"),
                    text("MessageId"),
                    text("SequenceNumber"))),
    SEND_MESSAGE_BATCH(
            structure(
                    "SendMessageBatchRequest",
                    queueUrl(),
                    entries(structure(
                            "SendMessageBatchRequestEntry",
                            required(text("Id")),
                            required(text("MessageBody")),
                            whole("DelaySeconds"),
                            messageAttributes(),
                            messageSystemAttributes(),
                            text("MessageDeduplicationId"),
                            text("MessageGroupId")))),
            batchResult(
                    "SendMessageBatchResult",
                    structure(
                            "SendMessageBatchResultEntry",
                            required(text("Id")),
                            required(text("MessageId")),
                            required(text("MD5OfMessageBody")),
                            text("MD5OfMessageAttributes"),
                            text("MD5OfMessageSystemAttributes"),
                            text("SequenceNumber")))),
    RECEIVE_MESSAGE(
            structure(
                    "ReceiveMessageRequest",
                    queueUrl(),
                    list("AttributeNames", "AttributeName", Scalar.TEXT),
                    list("MessageSystemAttributeNames", "AttributeName", Scalar.TEXT),
                    list("MessageAttributeNames", "MessageAttributeName", Scalar.TEXT),
                    whole("MaxNumberOfMessages"),
                    whole("VisibilityTimeout"),
                    whole("WaitTimeSeconds"),
                    text("ReceiveRequestAttemptId")),
            structure(
                    "ReceiveMessageResult",
                    list(
                            "Messages",
                            "Message",
                            structure(
                                    "Message",
                                    text("MessageId"),
                                    text("ReceiptHandle"),
                                    text("MD5OfBody"),
                                    text("Body"),
                                    map("Attributes", "Attribute", Scalar.TEXT),
                                    text("MD5OfMessageAttributes"),
                                    messageAttributes())))),
    DELETE_MESSAGE(structure("DeleteMessageRequest", queueUrl(), required(text("ReceiptHandle"))), null),
    DELETE_MESSAGE_BATCH(
            structure(
                    "DeleteMessageBatchRequest",
                    queueUrl(),
                    entries(structure(
                            "DeleteMessageBatchRequestEntry", required(text("Id")), required(text("ReceiptHandle"))))),
            batchResult("DeleteMessageBatchResult", structure("DeleteMessageBatchResultEntry", required(text("Id"))))),
    CHANGE_MESSAGE_VISIBILITY(
            structure(
                    "ChangeMessageVisibilityRequest",
                    queueUrl(),
                    required(text("ReceiptHandle")),
                    required(whole("VisibilityTimeout"))),
            null),
    CHANGE_MESSAGE_VISIBILITY_BATCH(
            structure(
                    "ChangeMessageVisibilityBatchRequest",
                    queueUrl(),
                    entries(structure(
                            "ChangeMessageVisibilityBatchRequestEntry",
                            required(text("Id")),
                            required(text("ReceiptHandle")),
                            whole("VisibilityTimeout")))),
            batchResult(
                    "ChangeMessageVisibilityBatchResult",
                    structure("ChangeMessageVisibilityBatchResultEntry", required(text("Id")))));

    private static final Map<String, Operation> BY_NAME = new LinkedHashMap<>();

    static {
        for (Operation operation : values()) {
            BY_NAME.put(operation.wireName, operation);
        }
    }

    private final String wireName;
    private final Structure input;
    private final @Nullable Structure output;

    Operation(Structure input, @Nullable Structure output) {
        this.wireName = input.name().substring(0, input.name().length() - "Request".length());
        this.input = input;
        this.output = output;
    }

    public static @Nullable Operation of(String wireName) {
        return BY_NAME.get(wireName);
    }

    @Override
    public Service service() {
        return Service.SQS;
    }

    @Override
    public String wireName() {
        return wireName;
    }

    @Override
    public Structure input() {
        return input;
    }

    @Override
    public @Nullable Structure output() {
        return output;
    }

    private static Member queueUrl() {
        return required(text("QueueUrl"));
    }

    private static Member entries(Structure entry) {
        return required(list("Entries", entry.name(), entry));
    }

    private static Member messageAttributes() {
        return map("MessageAttributes", "MessageAttribute", attributeValue("MessageAttributeValue"));
    }

    private static Member messageSystemAttributes() {
        return map("MessageSystemAttributes", "MessageSystemAttribute", attributeValue("MessageSystemAttributeValue"));
    }

    private static Structure attributeValue(String name) {
        return structure(
                name,
                text("StringValue"),
                blob("BinaryValue"),
                list("StringListValues", "StringListValue", Scalar.TEXT),
                list("BinaryListValues", "BinaryListValue", Scalar.BLOB),
                required(text("DataType")));
    }

    private static Structure batchResult(String name, Structure entry) {
        return structure(
                name,
                required(list("Successful", entry.name(), entry)),
                required(list(
                        "Failed",
                        "BatchResultErrorEntry",
                        structure(
                                "BatchResultErrorEntry",
                                required(text("Id")),
                                required(flag("SenderFault")),
                                required(text("Code")),
                                text("Message")))));
    }
}
