package weir.sqs.sns.delivery;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message.Header;
import weir.core.shard.Command.Relayed;
import weir.sqs.sns.Topic;
import weir.sqs.sns.message.Notification;

/**
 * One published message that is to be distributed.
 *
 * @param sequenceNumber in a FIFO topic; null in any other
 * @param endpoint scheme, host and port by which the publisher reached this server
 * @param group a FIFO topic's message group, or the tenant among which fair queues share their deliveries; null for none
 * @param deduplicationId in a FIFO topic; null in any other
 * @param trace under which it was published; null for none
 * @param relayed names a FIFO topic's message in the queue that it is forwarded from; null of any other
 * @param served ids of subscriptions that have it already
 */
public record Post(
        String messageId,
        long timestampMillis,
        @Nullable String sequenceNumber,
        String endpoint,
        @Nullable String subject,
        Bodies bodies,
        List<Header> attributes,
        @Nullable String group,
        @Nullable String deduplicationId,
        @Nullable String trace,
        @Nullable Relayed relayed,
        Set<String> served) {
    public Post {
        attributes = List.copyOf(attributes);
        served = Set.copyOf(served);
    }

    /** What envelopes say of it, without a subscriber yet. */
    public Notification notification(Topic topic) {
        return new Notification(
                Notification.Type.NOTIFICATION,
                topic.arn(),
                messageId,
                timestampMillis,
                sequenceNumber,
                subject,
                topic.fifo() ? Notification.UNSIGNED : signatureVersion(topic),
                endpoint,
                null,
                Bytes.EMPTY);
    }

    static int signatureVersion(Topic topic) {
        return "2".equals(topic.attributes().get("SignatureVersion")) ? 2 : 1;
    }
}
