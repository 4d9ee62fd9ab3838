package weir.amqp.wire;

import weir.core.Bytes;

/**
 * A frame as it was cut out of the stream, not looked into yet.
 *
 * @param type one of the constants here, if the client knows the protocol
 * @param payload a slice of what was read; it keeps its surroundings (up to 64 KiB) alive
 */
public record Frame(int type, int channel, Bytes payload) {
    public static final int METHOD = 1;
    public static final int HEADER = 2;
    public static final int BODY = 3;
    public static final int HEARTBEAT = 8;

    static final int END = 0xCE;

    private static final int SHOWN_BYTES_MAX = 16;

    /** The type is known, but it must not come here now. */
    public AmqpException unexpected() {
        return new AmqpException(ErrorCode.UNEXPECTED_FRAME, shown());
    }

    /** The type is unknown, or the payload too short to be of its type. */
    public AmqpException unknown() {
        return broken("unknown_frame");
    }

    AmqpException broken(String reason) {
        return new AmqpException(ErrorCode.FRAME_ERROR, shown() + ": " + reason);
    }

    /** In RabbitMQ's words. */
    private String shown() {
        boolean all = payload.length() <= SHOWN_BYTES_MAX;
        StringBuilder text = new StringBuilder("type " + type + (all ? ", all" : ", first 16") + " octets = <<");
        for (int i = 0; i < Math.min(payload.length(), SHOWN_BYTES_MAX); i++) {
            text.append(i == 0 ? "" : ",").append(payload.array()[payload.offset() + i] & 0xFF);
        }
        return text.append(">>").toString();
    }
}
