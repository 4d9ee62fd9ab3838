package weir.sqs.wire;

import static weir.sqs.wire.Shape.blob;
import static weir.sqs.wire.Shape.flag;
import static weir.sqs.wire.Shape.required;
import static weir.sqs.wire.Shape.structure;
import static weir.sqs.wire.Shape.text;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/** The actions of SNS that are served, with the shapes of what they take and give. SNS speaks the Query protocol alone. */
@SuppressWarnings("ImmutableEnumChecker") // A structure does not change once it is built.
public enum SnsOperation implements ServedOperation {
    CREATE_TOPIC(
            structure(
                    "CreateTopicInput", required(text("Name")), attributes(), tagList(), text("DataProtectionPolicy")),
            structure("CreateTopicResult", text("TopicArn"))),
    DELETE_TOPIC(structure("DeleteTopicInput", topicArn()), null),
    LIST_TOPICS(
            structure("ListTopicsInput", text("NextToken")),
            structure("ListTopicsResult", list("Topics", structure("Topic", text("TopicArn"))), text("NextToken"))),
    GET_TOPIC_ATTRIBUTES(
            structure("GetTopicAttributesInput", topicArn()), structure("GetTopicAttributesResult", attributes())),
    SET_TOPIC_ATTRIBUTES(
            structure("SetTopicAttributesInput", topicArn(), required(text("AttributeName")), text("AttributeValue")),
            null),
    ADD_PERMISSION(
            structure(
                    "AddPermissionInput",
                    topicArn(),
                    required(text("Label")),
                    required(list("AWSAccountId", Scalar.TEXT)),
                    required(list("ActionName", Scalar.TEXT))),
            null),
    REMOVE_PERMISSION(structure("RemovePermissionInput", topicArn(), required(text("Label"))), null),
    TAG_RESOURCE(
            structure("TagResourceInput", required(text("ResourceArn")), required(tagList())),
            structure("TagResourceResult")),
    UNTAG_RESOURCE(
            structure("UntagResourceInput", required(text("ResourceArn")), required(list("TagKeys", Scalar.TEXT))),
            structure("UntagResourceResult")),
    LIST_TAGS_FOR_RESOURCE(
            structure("ListTagsForResourceInput", required(text("ResourceArn"))),
            structure("ListTagsForResourceResult", tagList())),
    GET_DATA_PROTECTION_POLICY(
            structure("GetDataProtectionPolicyInput", required(text("ResourceArn"))),
            structure("GetDataProtectionPolicyResult", text("DataProtectionPolicy"))),
    PUT_DATA_PROTECTION_POLICY(
            structure(
                    "PutDataProtectionPolicyInput",
                    required(text("ResourceArn")),
                    required(text("DataProtectionPolicy"))),
            null),
    SUBSCRIBE(
            structure(
                    "SubscribeInput",
                    topicArn(),
                    required(text("Protocol")),
                    text("Endpoint"),
                    attributes(),
                    flag("ReturnSubscriptionArn")),
            structure("SubscribeResult", text("SubscriptionArn"))),
    CONFIRM_SUBSCRIPTION(
            structure(
                    "ConfirmSubscriptionInput", topicArn(), required(text("Token")), text("AuthenticateOnUnsubscribe")),
            structure("ConfirmSubscriptionResult", text("SubscriptionArn"))),
    UNSUBSCRIBE(structure("UnsubscribeInput", subscriptionArn()), null),
    LIST_SUBSCRIPTIONS(
            structure("ListSubscriptionsInput", text("NextToken")),
            structure("ListSubscriptionsResult", subscriptions(), text("NextToken"))),
    LIST_SUBSCRIPTIONS_BY_TOPIC(
            structure("ListSubscriptionsByTopicInput", topicArn(), text("NextToken")),
            structure("ListSubscriptionsByTopicResult", subscriptions(), text("NextToken"))),
    GET_SUBSCRIPTION_ATTRIBUTES(
            structure("GetSubscriptionAttributesInput", subscriptionArn()),
            structure("GetSubscriptionAttributesResult", attributes())),
    PUBLISH(
            structure(
                    "PublishInput",
                    text("TopicArn"),
                    text("TargetArn"),
                    text("PhoneNumber"),
                    required(text("Message")),
                    text("Subject"),
                    text("MessageStructure"),
                    messageAttributes(),
                    text("MessageDeduplicationId"),
                    text("MessageGroupId")),
            structure("PublishResult", text("MessageId"), text("SequenceNumber"))),
    PUBLISH_BATCH(
            structure(
                    "PublishBatchInput",
                    topicArn(),
                    required(list(
                            "PublishBatchRequestEntries",
                            structure(
                                    "PublishBatchRequestEntry",
                                    required(text("Id")),
                                    required(text("Message")),
                                    text("Subject"),
                                    text("MessageStructure"),
                                    messageAttributes(),
                                    text("MessageDeduplicationId"),
                                    text("MessageGroupId"))))),
            structure(
                    "PublishBatchResult",
                    list(
                            "Successful",
                            structure(
                                    "PublishBatchResultEntry", text("Id"), text("MessageId"), text("SequenceNumber"))),
                    list(
                            "Failed",
                            structure(
                                    "BatchResultErrorEntry",
                                    required(text("Id")),
                                    required(text("Code")),
                                    text("Message"),
                                    required(flag("SenderFault")))))),
    SET_SUBSCRIPTION_ATTRIBUTES(
            structure(
                    "SetSubscriptionAttributesInput",
                    subscriptionArn(),
                    required(text("AttributeName")),
                    text("AttributeValue")),
            null);

    private static final Map<String, SnsOperation> BY_NAME = new LinkedHashMap<>();

    static {
        for (SnsOperation operation : values()) {
            BY_NAME.put(operation.wireName, operation);
        }
    }

    private final String wireName;
    private final Structure input;
    private final @Nullable Structure output;

    SnsOperation(Structure input, @Nullable Structure output) {
        this.wireName = input.name().substring(0, input.name().length() - "Input".length());
        this.input = input;
        this.output = output;
    }

    public static @Nullable SnsOperation of(String wireName) {
        return BY_NAME.get(wireName);
    }

    @Override
    public Service service() {
        return Service.SNS;
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

    private static Member topicArn() {
        return required(text("TopicArn"));
    }

    private static Member subscriptionArn() {
        return required(text("SubscriptionArn"));
    }

    private static Member list(String name, Shape element) {
        return new Member(name, name, new ListOf(element, "member"), false);
    }

    private static Member attributes() {
        return new Member("Attributes", "Attributes", new MapOf("entry", "key", "value", Scalar.TEXT), false);
    }

    private static Member messageAttributes() {
        Structure value = structure(
                "MessageAttributeValue", required(text("DataType")), text("StringValue"), blob("BinaryValue"));
        return new Member("MessageAttributes", "MessageAttributes", new MapOf("entry", "Name", "Value", value), false);
    }

    private static Member tagList() {
        return list("Tags", structure("Tag", required(text("Key")), required(text("Value"))));
    }

    private static Member subscriptions() {
        return list(
                "Subscriptions",
                structure(
                        "Subscription",
                        text("SubscriptionArn"),
                        text("Owner"),
                        text("Protocol"),
                        text("Endpoint"),
                        text("TopicArn")));
    }
}
