package weir.amqp.wire;

/**
 * The reply codes of AMQP 0-9-1. A hard error ends the connection, a soft one its channel.
 *
 * <p>Names are those that RabbitMQ puts before its texts.
 */
public enum ErrorCode {
    CONTENT_TOO_LARGE(311, false),
    NO_ROUTE(312, false),
    NO_CONSUMERS(313, false),
    ACCESS_REFUSED(403, false),
    NOT_FOUND(404, false),
    RESOURCE_LOCKED(405, false),
    PRECONDITION_FAILED(406, false),
    CONNECTION_FORCED(320, true),
    INVALID_PATH(402, true),
    FRAME_ERROR(501, true),
    SYNTAX_ERROR(502, true),
    COMMAND_INVALID(503, true),
    CHANNEL_ERROR(504, true),
    UNEXPECTED_FRAME(505, true),
    RESOURCE_ERROR(506, true),
    NOT_ALLOWED(530, true),
    NOT_IMPLEMENTED(540, true),
    INTERNAL_ERROR(541, true);

    /** What a close that is no error says. */
    public static final int REPLY_SUCCESS = 200;

    private final int code;
    private final boolean hard;

    ErrorCode(int code, boolean hard) {
        this.code = code;
        this.hard = hard;
    }

    public int code() {
        return code;
    }

    public boolean isHard() {
        return hard;
    }
}
