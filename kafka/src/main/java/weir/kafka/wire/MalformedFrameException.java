package weir.kafka.wire;

import java.io.IOException;

/** What came is no request; there is no answer to it, and the connection ends. */
public final class MalformedFrameException extends IOException {
    private static final long serialVersionUID = 1;

    public MalformedFrameException(String message) {
        super(message);
    }

    public MalformedFrameException(String message, Throwable cause) {
        super(message, cause);
    }
}
