package weir.sqs.sns.message;

import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;

/** How large a message is in the form that a subscriber sees. */
public final class MessageSizes {
    /** A character of one byte that JSON has to write as {@code \\u0001}. Attributes' bytes grow by less. */
    private static final long ESCAPED_MAX = 6;

    /** More than the names, ARNs, links and the signature around a text come to, unless somebody has very long ones. */
    private static final long FRAME_BYTES = 8 * 1024;

    private static final String NO_ID = ":00000000-0000-0000-0000-000000000000";

    private MessageSizes() {}

    /** Of its body and attributes, as SQS counts them. */
    public static long raw(Message message) {
        long bytes = message.body().length();
        for (Header header : Notification.attributes(message)) {
            bytes += header.name().length()
                    + header.type().length()
                    + header.value().length();
        }
        return bytes;
    }

    /** Whether its envelope is within a limit, if its reader reaches this server as the publisher does. */
    public static boolean envelopeFits(Notification notification, Message message, long limit) {
        if (ESCAPED_MAX * raw(message) + FRAME_BYTES <= limit) {
            return true;
        }
        String text = EnvelopeText.write(
                notification, message, notification.topicArn() + NO_ID, notification.endpoint(), Placeholder.SIGNING);
        return Bytes.utf8(text).length() <= limit;
    }

    /** As long as the real ones. */
    private enum Placeholder implements Signing {
        SIGNING;

        @Override
        public String sign(int version, String text) {
            return "=".repeat(344); // 2048 bits in base 64.
        }

        @Override
        public String certificatePath() {
            return "/SimpleNotificationService-00000000000000000000000000000000.pem";
        }
    }
}
