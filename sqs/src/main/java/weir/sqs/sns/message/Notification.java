package weir.sqs.sns.message;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * What SNS's envelope says of a message, apart from its text and its attributes.
 *
 * @param sequenceNumber of a FIFO topic's message; null of any other
 * @param signatureVersion 1 or 2; {@link #UNSIGNED} for a FIFO topic's message
 * @param endpoint scheme, host and port by which the publisher reached this server
 * @param token what confirms the subscription; null in a notification
 * @param subscriptions the ids of those that are to see the envelope, which has its subscriber's name in it: 16 bytes each
 */
public record Notification(
        Type type,
        String topicArn,
        String messageId,
        long timestampMillis,
        @Nullable String sequenceNumber,
        @Nullable String subject,
        int signatureVersion,
        String endpoint,
        @Nullable String token,
        Bytes subscriptions) {
    public static final int UNSIGNED = 0;

    /** The type of the header that holds a notification. It is nobody's message attribute. */
    static final String HEADER_TYPE = "sns.notification";

    private static final String HEADER_NAME = "sns";
    private static final int FORMAT = 1;
    private static final int ID_BYTES = 16;

    /** In the order of their codes, so none is ever moved. */
    public enum Type {
        NOTIFICATION("Notification"),
        SUBSCRIPTION_CONFIRMATION("SubscriptionConfirmation"),
        UNSUBSCRIBE_CONFIRMATION("UnsubscribeConfirmation");

        private static final Type[] VALUES = values();
        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public Notification withSubscriptions(List<String> ids) {
        Writer out = new Writer(ID_BYTES * ids.size());
        for (String id : ids) {
            UUID uuid = UUID.fromString(id);
            out.i64(uuid.getMostSignificantBits()).i64(uuid.getLeastSignificantBits());
        }
        return new Notification(
                type,
                topicArn,
                messageId,
                timestampMillis,
                sequenceNumber,
                subject,
                signatureVersion,
                endpoint,
                token,
                out.bytes());
    }

    /** @param index a place in the list that {@link #withSubscriptions} was given */
    public String subscriptionArn(int index) {
        Reader in = new Reader(subscriptions.slice(ID_BYTES * index, ID_BYTES));
        return topicArn + ":" + new UUID(in.i64(), in.i64());
    }

    public Header header() {
        Writer out = new Writer(256 + subscriptions.length());
        out.u8(FORMAT).constant(type).text(topicArn).text(messageId).varint(timestampMillis);
        out.optionalText(sequenceNumber)
                .optionalText(subject)
                .u8(signatureVersion)
                .text(endpoint);
        return new Header(
                HEADER_NAME,
                HEADER_TYPE,
                out.optionalText(token).bytes(subscriptions).bytes());
    }

    /** @throws CorruptDataException if the message has none, or one that cannot be read */
    public static Notification in(Message message) {
        for (Header header : message.headers()) {
            if (header.type().equals(HEADER_TYPE)) {
                return read(new Reader(header.value()));
            }
        }
        throw new CorruptDataException("a message that SNS published lacks its header");
    }

    private static Notification read(Reader in) {
        int format = in.u8();
        if (format != FORMAT) {
            throw new CorruptDataException("a notification of the unknown format " + format);
        }
        return new Notification(
                in.constant(Type.VALUES),
                in.text(),
                in.text(),
                in.varint(),
                in.optionalText(),
                in.optionalText(),
                in.u8(),
                in.text(),
                in.optionalText(),
                in.bytes());
    }

    /** The message's own attributes: what raw delivery shows beside the body. */
    public static List<Header> attributes(Message message) {
        return message.headers().stream().filter(Notification::isAttribute).toList();
    }

    private static boolean isAttribute(Header header) {
        String type = header.type();
        return type.startsWith("String") || type.startsWith("Number") || type.startsWith("Binary");
    }
}
