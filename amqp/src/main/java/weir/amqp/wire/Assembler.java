package weir.amqp.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Puts the frames of one channel together: a method, and if it carries content its header and body. Belongs to the
 * thread that reads the connection.
 *
 * <p>What a header announces is believed only as far as it comes: room for a body grows with what was received. One that
 * is too large, or that the node has no room for now, is read to its end and thrown away, so that only its channel has to be
 * closed.
 */
public final class Assembler {
    private static final int CLASS_BASIC = 60;

    private final int bodyBytesMax;
    private final BodyRoom room;
    private int methodId;

    // What is being put together: nothing, or a method, or a method and a header and some of the body.
    private @Nullable Method method;
    private @Nullable Properties properties;
    private long announced;
    private long received;
    /** Null unless it comes in several frames, or has a large header; from its completion until {@link #release} as well. */
    private @Nullable HalfSentBody body;
    /** There was no room for it. */
    private boolean refused;

    /**
     * @param bodyBytesMax what a message may have
     * @param room for bodies that come in several frames
     */
    public Assembler(int bodyBytesMax, BodyRoom room) {
        this.bodyBytesMax = bodyBytesMax;
        this.room = room;
    }

    /** For whoever looks at methods alone. What content they have is thrown away. */
    public Assembler() {
        this(0, _ -> {
            throw new IllegalStateException("nothing is kept of a body");
        });
    }

    /** Class (upper half) and method (lower half) of what is being put together or was last; 0 if that is not known. */
    public int methodId() {
        return methodId;
    }

    /**
     * Takes the channel's next frame. May wait for room, if that is a part of a body.
     *
     * @return what it completes; null if more has to come. To be followed by {@link #release} when its content is held no more
     * @throws AmqpException a hard one if the frame is not what has to come here; a soft one if a message was too large,
     *     after which the next method may come
     */
    public @Nullable Received process(Frame frame) throws AmqpException, InterruptedException {
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

    private @Nullable Received header(Frame frame) throws AmqpException, InterruptedException {
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
        Bytes raw = in.raw(in.remaining());
        properties = Properties.read(raw);
        received = 0;
        if (announced == 0) {
            return complete(Bytes.EMPTY);
        }
        if (raw.length() > WireLimits.HEADER_BYTES_FREE && announced <= bodyBytesMax && !begin().hold(raw.length())) {
            refuse();
        }
        return null;
    }

    private @Nullable Received body(Bytes piece) throws AmqpException, InterruptedException {
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
        if (announced <= bodyBytesMax && !refused) {
            append(piece);
        }
        received += piece.length();
        return received < announced ? null : complete(joined());
    }

    private void append(Bytes piece) throws AmqpException, InterruptedException {
        HalfSentBody now = body;
        if (!(now == null ? begin() : now).append(piece)) {
            refuse();
        }
    }

    private HalfSentBody begin() throws AmqpException {
        HalfSentBody begun = new HalfSentBody((int) announced, room);
        body = begun;
        // What was read along with the header is not kept for as long as the body takes to come.
        properties = Properties.read(
                Bytes.of(Objects.requireNonNull(properties).bytes().toArray()));
        return begun;
    }

    private void refuse() {
        release();
        refused = true;
    }

    private Bytes joined() {
        HalfSentBody now = body;
        Bytes whole = now == null ? null : now.whole();
        if (now != null && whole == null) {
            refuse();
        }
        return whole == null ? Bytes.EMPTY : whole;
    }

    /** What the last body took is not held any more, be it complete or never to be. */
    public void release() {
        HalfSentBody now = body;
        if (now != null) {
            now.end();
            body = null;
        }
    }

    private Received complete(Bytes whole) throws AmqpException {
        Received result =
                new Received(Objects.requireNonNull(method), new Content(Objects.requireNonNull(properties), whole));
        boolean hadNoRoom = refused;
        method = null;
        properties = null;
        refused = false;
        if (announced > bodyBytesMax) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "message size " + announced + " is larger than configured max size " + bodyBytesMax);
        }
        if (hadNoRoom) {
            throw new AmqpException(
                    ErrorCode.CONTENT_TOO_LARGE,
                    "message size " + announced + " is more than there is room for at the moment, or it took too long"
                            + " to come while others waited");
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
