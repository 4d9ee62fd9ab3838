package weir.amqp.wire;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Puts the frames of one channel together: a method, and if it carries content its header and body. Belongs to the
 * thread that reads the connection.
 *
 * <p>What a header announces is believed only as far as it comes: room for a body grows with what was received. One that
 * is too large is read to its end and thrown away, so that only its channel has to be closed.
 */
public final class Assembler {
    private static final int CLASS_BASIC = 60;

    private final int bodyBytesMax;
    private int methodId;

    // What is being put together: nothing, or a method, or a method and a header and some of the body.
    private @Nullable Method method;
    private @Nullable Properties properties;
    private long announced;
    private long received;
    private byte[] body = Bytes.EMPTY.array();

    /** @param bodyBytesMax what a message may have */
    public Assembler(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
    }

    /** Class (upper half) and method (lower half) of what is being put together or was last; 0 if that is not known. */
    public int methodId() {
        return methodId;
    }

    /**
     * Takes the channel's next frame.
     *
     * @return what it completes; null if more has to come
     * @throws AmqpException a hard one if the frame is not what has to come here; a soft one if a message was too large,
     *     after which the next method may come
     */
    public @Nullable Received process(Frame frame) throws AmqpException {
        return switch (frame.type()) {
            case Frame.METHOD -> method(frame);
            case Frame.HEADER -> header(frame);
            case Frame.BODY -> body(frame.payload());
            case Frame.HEARTBEAT -> throw frame.payload().length() == 0 ? frame.unexpected() : frame.unknown();
            default -> throw frame.unknown();
        };
    }

    private @Nullable Received method(Frame frame) throws AmqpException {
        if (method != null) {
            throw unexpected(
                    properties == null
                            ? "expected content header for class 60, got non content header frame instead"
                            : "expected content body, got non content body frame instead");
        }
        methodId = MethodCodec.id(frame);
        Method next = MethodCodec.decode(frame.payload());
        if (!next.hasContent()) {
            return new Received(next, null);
        }
        method = next;
        return null;
    }

    private @Nullable Received header(Frame frame) throws AmqpException {
        if (method == null) {
            throw nonMethod();
        }
        if (properties != null) {
            throw unexpected("expected content body, got non content body frame instead");
        }
        FieldReader in = new FieldReader(frame.payload());
        int classId = in.u16();
        int weight = in.u16();
        announced = in.i64();
        if (classId != CLASS_BASIC) {
            throw unexpected("expected content header for class 60, got one for class " + classId + " instead");
        }
        if (weight != 0) {
            throw unexpected("expected content header for class 60, got non content header frame instead");
        }
        if (announced < 0 || announced > WireLimits.BODY_BYTES_ANNOUNCED_MAX) {
            throw new AmqpException(
                    ErrorCode.FRAME_ERROR,
                    "content body size " + Long.toUnsignedString(announced) + " exceeds maximum allowed size "
                            + WireLimits.BODY_BYTES_ANNOUNCED_MAX);
        }
        properties = Properties.read(in.raw(in.remaining()));
        received = 0;
        return announced == 0 ? complete(Bytes.EMPTY) : null;
    }

    private @Nullable Received body(Bytes piece) throws AmqpException {
        if (method == null) {
            throw nonMethod();
        }
        if (properties == null) {
            throw unexpected("expected content header for class 60, got non content header frame instead");
        }
        if (piece.length() > announced - received) {
            throw new AmqpException(ErrorCode.FRAME_ERROR, "content body frame exceeds remaining content size");
        }
        if (piece.length() == announced) {
            return complete(piece);
        }
        if (announced <= bodyBytesMax) {
            append(piece);
        }
        received += piece.length();
        return received < announced ? null : complete(new Bytes(body, 0, announced <= bodyBytesMax ? body.length : 0));
    }

    /** The room doubles up to exactly what was announced. */
    private void append(Bytes piece) {
        int needed = (int) received + piece.length();
        if (body.length < needed) {
            body = Arrays.copyOf(body, (int) Math.min(announced, Math.max(needed, 2L * body.length)));
        }
        System.arraycopy(piece.array(), piece.offset(), body, (int) received, piece.length());
    }

    private Received complete(Bytes whole) throws AmqpException {
        Received result =
                new Received(Objects.requireNonNull(method), new Content(Objects.requireNonNull(properties), whole));
        method = null;
        properties = null;
        body = Bytes.EMPTY.array();
        if (announced > bodyBytesMax) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "message size " + announced + " is larger than configured max size " + bodyBytesMax);
        }
        return result;
    }

    private AmqpException nonMethod() {
        methodId = 0;
        return unexpected("expected method frame, got non method frame instead");
    }

    private static AmqpException unexpected(String text) {
        return new AmqpException(ErrorCode.UNEXPECTED_FRAME, text);
    }
}
