package weir.kafka.session;

import java.nio.ByteBuffer;
import org.apache.kafka.common.requests.RequestHeader;
import weir.kafka.wire.Frame;
import weir.kafka.wire.MalformedFrameException;

/**
 * Begins its work when a request is read, while earlier ones of the connection are still on their way; answers go out in order all the
 * same. That is for what waits for the disk, and comes in numbers: Produce.
 */
public interface Pipelined {
    Served served();

    /** For one connection. */
    Line line();

    /** The requests of one connection. Its reading thread's. What was begun is done, also if the connection ends. */
    interface Line {
        /**
         * @param body of the request, what follows the header
         * @param frame that it lies in: to be released when it is not needed any more. Not if this throws
         */
        Pending begin(RequestHeader header, ByteBuffer body, Frame frame) throws MalformedFrameException;
    }
}
