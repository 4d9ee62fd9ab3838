package weir.sqs.sns.publish;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message.Header;
import weir.sqs.action.Digests;
import weir.sqs.action.Text;
import weir.sqs.sns.Protocol;
import weir.sqs.sns.Topic;
import weir.sqs.sns.delivery.Bodies;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;

/**
 * One message that passed all checks.
 *
 * @param deduplicationId of a FIFO topic's message, taken from its content if the topic says so; null in any other topic
 */
record Publication(
        Bodies bodies,
        @Nullable String subject,
        List<Header> attributes,
        @Nullable String group,
        @Nullable String deduplicationId) {
    /**
     * Checks what a client sent.
     *
     * @param attributesName what the request calls the message's attributes, for an error
     */
    static Publication read(Topic topic, Fields input, String attributesName) {
        String message = message(input);
        String subject = subject(input);
        List<Header> attributes = PublishedAttributes.read(input.map("MessageAttributes"), attributesName);
        String group = id("MessageGroupId", input);
        String deduplicationId = id("MessageDeduplicationId", input);
        Bodies bodies = bodies(message, input.text("MessageStructure"));
        if (!topic.fifo()) {
            if (deduplicationId != null) {
                throw SnsError.invalidParameter("MessageDeduplicationId Reason: The request includes"
                        + " MessageDeduplicationId parameter that is not valid for this topic type");
            }
            return new Publication(bodies, subject, attributes, group, null);
        }
        if (group == null) {
            throw SnsError.invalidParameter("The MessageGroupId parameter is required for FIFO topics");
        }
        if (deduplicationId == null) {
            if (!topic.contentBasedDeduplication()) {
                throw SnsError.invalidParameter("The topic should either have ContentBasedDeduplication enabled or"
                        + " MessageDeduplicationId provided explicitly");
            }
            deduplicationId = Digests.sha256(Bytes.utf8(bodies.of(Protocol.SQS)));
        }
        return new Publication(bodies, subject, attributes, group, deduplicationId);
    }

    static String message(Fields input) {
        String message = input.text("Message");
        if (message == null || message.isEmpty()) {
            throw SnsError.invalidParameter("Empty message");
        }
        return message;
    }

    /** ASCII, and fit for a line of a mail, which it may become on AWS. */
    private static @Nullable String subject(Fields input) {
        String subject = input.text("Subject");
        if (subject == null) {
            return null;
        }
        boolean valid = !subject.isEmpty()
                && subject.length() <= PublishQuotas.SUBJECT_CHARS_MAX
                && subject.charAt(0) != ' '
                && subject.chars().allMatch(c -> c >= ' ' && c < 0x7F);
        if (!valid) {
            throw SnsError.invalidParameter("Subject");
        }
        return subject;
    }

    private static @Nullable String id(String parameter, Fields input) {
        String id = input.text(parameter);
        if (id == null) {
            return null;
        }
        boolean valid = !id.isEmpty()
                && id.length() <= PublishQuotas.ID_CHARS_MAX
                && id.chars().allMatch(c -> c > ' ' && c < 0x7F);
        if (!valid) {
            throw SnsError.invalidParameter(parameter + " Reason: " + parameter
                    + " can only include alphanumeric and punctuation characters. 1 to 128 in length");
        }
        return id;
    }

    private static Bodies bodies(String message, @Nullable String structure) {
        if (structure == null || structure.isEmpty()) {
            return Bodies.of(message);
        }
        if (!structure.equals("json")) {
            throw SnsError.invalidParameter("MessageStructure");
        }
        return MessageStructure.read(message);
    }

    /** What SNS counts: the text and the attributes. */
    static long size(Fields input) {
        String message = input.text("Message");
        return (message == null ? 0 : Text.utf8Length(message))
                + PublishedAttributes.size(input.map("MessageAttributes"));
    }
}
