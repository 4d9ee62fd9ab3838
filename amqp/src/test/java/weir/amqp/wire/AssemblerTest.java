package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;

class AssemblerTest {
    private static final int BODY_MAX = 16 * 1024 * 1024;
    private static final Method PUBLISH = new Method.BasicPublish("x", "k", false, false);

    private final Room room = new Room();
    private final Assembler assembler = new Assembler(BODY_MAX, room);

    /** Says what is held, and lets go of it when the test says so. */
    static final class Room implements BodyRoom {
        private final List<Runnable> drops = new ArrayList<>();
        private long held;
        private boolean full;

        @Override
        public Place begin(Runnable drop) {
            drops.add(drop);
            return new Place() {
                private long own;
                private boolean gone;

                @Override
                public boolean grow(int bytes) {
                    gone |= full;
                    own += gone ? 0 : bytes;
                    held += gone ? 0 : bytes;
                    return !gone;
                }

                @Override
                public boolean finish() {
                    return !gone && !full;
                }

                @Override
                public void end() {
                    held -= own;
                    own = 0;
                }
            };
        }
    }

    private static Frame method(Method method) {
        var out = new FieldWriter(64);
        MethodCodec.encode(method, out);
        return new Frame(Frame.METHOD, 1, out.bytes());
    }

    private static Frame header(int classId, long bodySize) {
        return new Frame(
                Frame.HEADER,
                1,
                new FieldWriter(16)
                        .u16(classId)
                        .u16(0)
                        .i64(bodySize)
                        .raw(Properties.EMPTY.bytes())
                        .bytes());
    }

    private static Frame body(String text) {
        return new Frame(Frame.BODY, 1, Bytes.utf8(text));
    }

    private void assertRefused(Frame frame, ErrorCode code, String text, Method about) {
        assertThatThrownBy(() -> assembler.process(frame)).isInstanceOfSatisfying(AmqpException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).isEqualTo(text);
            assertThat(assembler.methodId()).isEqualTo(about.id());
        });
    }

    @Test
    void methodWithoutContentIsCompleteAtOnce() throws Exception {
        assertThat(assembler.process(method(new Method.BasicAck(1, false))))
                .isEqualTo(new Received(new Method.BasicAck(1, false), null));
    }

    @Test
    void bodyInPiecesIsPutTogether() throws Exception {
        assertThat(assembler.process(method(PUBLISH))).isNull();
        assertThat(assembler.process(header(60, 5))).isNull();
        assertThat(assembler.process(body("ab"))).isNull();
        assertThat(assembler.process(body(""))).isNull();
        assertThat(assembler.process(body("cd"))).isNull();
        assertThat(assembler.process(body("e")))
                .isEqualTo(new Received(PUBLISH, new Content(Properties.EMPTY, Bytes.utf8("abcde"))));
    }

    @Test
    void bodyOfOneFrameIsNotCopied() throws Exception {
        Frame frame = body("abc");
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 3));
        Received received = Objects.requireNonNull(assembler.process(frame));
        Content content = Objects.requireNonNull(received.content());
        assertThat(content.body()).isSameAs(frame.payload());
    }

    @Test
    void emptyBodyHasNoFrame() throws Exception {
        assembler.process(method(PUBLISH));
        assertThat(assembler.process(header(60, 0)))
                .isEqualTo(new Received(PUBLISH, new Content(Properties.EMPTY, Bytes.EMPTY)));
    }

    @Test
    void headerOrBodyWithoutMethodIsUnexpected() {
        String text = "expected method frame, got non method frame instead";
        assertThatThrownBy(() -> assembler.process(header(60, 1))).hasMessage(text);
        assertThatThrownBy(() -> assembler.process(body("a"))).hasMessage(text);
        assertThat(assembler.methodId()).isZero();
    }

    @Test
    void methodWhereAHeaderHasToComeIsUnexpected() throws Exception {
        assembler.process(method(PUBLISH));
        assertRefused(
                method(PUBLISH),
                ErrorCode.UNEXPECTED_FRAME,
                "expected content header for class 60, got non content header frame instead",
                PUBLISH);
    }

    @Test
    void headerOfAnotherClassIsUnexpected() throws Exception {
        assembler.process(method(PUBLISH));
        assertRefused(
                header(50, 1),
                ErrorCode.UNEXPECTED_FRAME,
                "expected content header for class 60, got one for class 50 instead",
                PUBLISH);
    }

    @Test
    void methodWhereABodyHasToComeIsUnexpected() throws Exception {
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 1));
        assertRefused(
                method(PUBLISH),
                ErrorCode.UNEXPECTED_FRAME,
                "expected content body, got non content body frame instead",
                PUBLISH);
    }

    @Test
    void moreBodyThanAnnouncedIsAFrameError() throws Exception {
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 3));
        assembler.process(body("ab"));
        assertRefused(body("cd"), ErrorCode.FRAME_ERROR, "content body frame exceeds remaining content size", PUBLISH);
    }

    @Test
    void unknownFrameTypeAndHeartbeatOnAChannelAreRefused() {
        assertThatThrownBy(() -> assembler.process(new Frame(4, 1, Bytes.EMPTY)))
                .hasMessage("type 4, all octets = <<>>: unknown_frame");
        assertThatThrownBy(() -> assembler.process(new Frame(Frame.HEARTBEAT, 1, Bytes.EMPTY)))
                .hasMessage("type 8, all octets = <<>>");
    }

    @Test
    void methodThatIsNoneOrCannotBeReadIsRefused() {
        Bytes unknown = new FieldWriter(8).u16(60).u16(41).bytes();
        assertThatThrownBy(() -> assembler.process(new Frame(Frame.METHOD, 1, unknown)))
                .hasMessage("there is no method 41 of class 60");
        Bytes cut = method(PUBLISH).payload();
        assertRefused(
                new Frame(Frame.METHOD, 1, cut.slice(0, cut.length() - 1)),
                ErrorCode.FRAME_ERROR,
                "cannot decode: the fields end too early",
                PUBLISH);
        Bytes tooMuch = new FieldWriter(64).raw(cut).u8(0).bytes();
        assertRefused(
                new Frame(Frame.METHOD, 1, tooMuch),
                ErrorCode.FRAME_ERROR,
                "cannot decode: 1 octets too many",
                PUBLISH);
    }

    @Test
    void messageThatIsTooLargeIsReadToItsEndAndCostsOnlyItsChannel() throws Exception {
        var small = new Assembler(3, room);
        small.process(method(PUBLISH));
        small.process(header(60, 4));
        small.process(body("ab"));
        assertThatThrownBy(() -> small.process(body("cd")))
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessage("message size 4 is larger than configured max size 3");
        assertThat(small.process(method(new Method.ChannelCloseOk()))).isNotNull();
    }

    @Test
    void whatComesInPiecesIsHeldUntilItIsReleased() throws Exception {
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 5));
        assembler.process(body("ab"));
        assertThat(room.held).isEqualTo(2);
        assembler.process(body("cde"));
        assertThat(room.held).isEqualTo(5);
        assembler.release();
        assertThat(room.held).isZero();
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 2));
        assertThat(assembler.process(body("ab"))).isNotNull();
        assertThat(room.drops).hasSize(1); // What comes in one piece is never half sent.
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 5));
        assembler.process(body("abc"));
        assembler.release(); // Its channel ends.
        assertThat(room.held).isZero();
    }

    /** Else a client keeps as much in headers as it has channels, times the largest frame. */
    @Test
    void aLargeHeaderTakesRoomUntilItsBodyHasComeAndASmallOneNone() throws Exception {
        for (int length : new int[] {10, 2 * WireLimits.HEADER_BYTES_FREE}) {
            Frame header = headerOf(length, 3);
            int held = length > WireLimits.HEADER_BYTES_FREE ? header.payload().length() - 12 : 0;
            assembler.process(method(PUBLISH));
            assembler.process(header);
            assertThat(room.held).isEqualTo(held);
            assembler.process(body("ab"));
            assertThat(room.held).isEqualTo(held + 2);
            assertThat(assembler.process(body("c"))).isNotNull();
            assembler.release();
            assertThat(room.held).isZero();
        }
        room.full = true;
        assembler.process(method(PUBLISH));
        assembler.process(headerOf(2 * WireLimits.HEADER_BYTES_FREE, 3));
        assertThatThrownBy(() -> assembler.process(body("abc")))
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_TOO_LARGE));
    }

    private static Frame headerOf(int headerBytes, long bodySize) throws AmqpException {
        Properties properties = Properties.EMPTY
                .change()
                .headers(FieldTable.of(Map.of("long", "x".repeat(headerBytes))))
                .build();
        return new Frame(
                Frame.HEADER,
                1,
                new FieldWriter(16)
                        .u16(60)
                        .u16(0)
                        .i64(bodySize)
                        .raw(properties.bytes())
                        .bytes());
    }

    @Test
    void messageThatThereIsNoRoomForIsReadToItsEndAndCostsOnlyItsChannel() throws Exception {
        for (boolean atOnce : new boolean[] {true, false}) {
            room.full = atOnce;
            assembler.process(method(PUBLISH));
            assembler.process(header(60, 5));
            assembler.process(body("ab"));
            room.full = true;
            room.drops.getLast().run();
            assembler.process(body("cd"));
            assertRefused(
                    body("e"),
                    ErrorCode.CONTENT_TOO_LARGE,
                    "message size 5 is more than there is room for at the moment, or it took too long to come while"
                            + " others waited",
                    PUBLISH);
            assertThat(room.held).isZero();
        }
        room.full = false;
        assembler.process(method(PUBLISH));
        assembler.process(header(60, 3));
        assembler.process(body("ab"));
        assertThat(assembler.process(body("c"))).isNotNull();
    }

    @Test
    void absurdSizeIsAFrameError() throws Exception {
        assembler.process(method(PUBLISH));
        assertRefused(
                header(60, -1),
                ErrorCode.FRAME_ERROR,
                "content body size 18446744073709551615 exceeds maximum allowed size 536870912",
                PUBLISH);
    }

    @Test
    void announcedBodyTakesRoomOnlyAsItComes() throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assembler.process(method(PUBLISH));
        long before = threads.getCurrentThreadAllocatedBytes();
        assembler.process(header(60, BODY_MAX));
        for (int i = 0; i < 1000; i++) {
            assembler.process(body("a"));
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1024 * 1024);
    }
}
