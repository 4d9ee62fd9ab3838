package weir.amqp.wire;

import weir.core.Bytes;

/**
 * What a client did cannot be answered but by closing its channel or its connection, as {@link ErrorCode#isHard} says.
 *
 * <p>Whoever throws it knows the reason; the session knows which method was being carried out, and adds that.
 */
public final class AmqpException extends Exception {
    private static final long serialVersionUID = 1;

    /** What a short string holds. */
    private static final int REPLY_TEXT_BYTES_MAX = 255;

    private final ErrorCode code;

    /** @param text the reason, in RabbitMQ's words where it has any, without the code's name */
    public AmqpException(ErrorCode code, String text) {
        super(text, null, false, false); // What a client did wrong says nothing of our stack.
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** As it stands in channel.close and connection.close: the code's name and the reason, cut as RabbitMQ cuts it. */
    public String replyText() {
        String text = code.name() + " - " + getMessage();
        Bytes bytes = Bytes.utf8(text);
        if (bytes.length() <= REPLY_TEXT_BYTES_MAX) {
            return text;
        }
        int end = REPLY_TEXT_BYTES_MAX - 3;
        while ((bytes.array()[bytes.offset() + end] & 0xC0) == 0x80) {
            end--; // Not within a character.
        }
        return bytes.slice(0, end).utf8() + "...";
    }
}
