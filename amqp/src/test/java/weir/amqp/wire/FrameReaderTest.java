package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;

class FrameReaderTest {
    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static byte[] frame(int type, int channel, byte[] payload, int end) {
        return new FieldWriter(16)
                .u8(type)
                .u16(channel)
                .longBytes(Bytes.of(payload))
                .u8(end)
                .bytes()
                .toArray();
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }

    private static void assertRefused(ThrowingCallable what, ErrorCode code, String text) {
        assertThatThrownBy(what).isInstanceOfSatisfying(AmqpException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).isEqualTo(text);
        });
    }

    /** A stream that gives what it likes, and now and then a timeout. */
    private static final class Whimsical extends InputStream {
        private final byte[] bytes;
        private final SplittableRandom random;
        private int at;

        Whimsical(byte[] bytes, SplittableRandom random) {
            this.bytes = bytes;
            this.random = random;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("byte by byte");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (random.nextInt(8) == 0) {
                throw new SocketTimeoutException("nothing yet");
            }
            if (at == bytes.length) {
                return -1;
            }
            int count = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 5 : length));
            int given = Math.min(count, length);
            System.arraycopy(bytes, at, target, offset, given);
            at += given;
            return given;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void framesComeWholeHoweverTheyArrive(long seed) throws Exception {
        var samples = new Samples(seed);
        var random = new SplittableRandom(seed);
        List<Frame> sent = new ArrayList<>();
        var bytes = new ByteArrayOutputStream();
        bytes.write(ProtocolHeader.spoken().toArray());
        for (int i = 0; i < 300; i++) {
            Bytes payload = samples.bytes(random.nextInt(10) == 0 ? random.nextInt(8184) : random.nextInt(40));
            sent.add(new Frame(1 + random.nextInt(3), random.nextInt(0x10000), payload));
            bytes.write(frame(sent.getLast().type(), sent.getLast().channel(), payload.toArray(), Frame.END));
        }
        var reader = new FrameReader(new Whimsical(bytes.toByteArray(), random));
        ProtocolHeader header = null;
        List<Frame> got = new ArrayList<>();
        while (got.size() < sent.size()) {
            try {
                if (header == null) {
                    header = reader.readProtocolHeader();
                } else {
                    boolean buffered = reader.hasBuffered();
                    try {
                        Frame frame = reader.read();
                        assertThat(frame).isNotNull();
                        got.add(frame);
                    } catch (SocketTimeoutException e) {
                        assertThat(buffered).isFalse();
                        throw e;
                    }
                }
            } catch (SocketTimeoutException _) {
                // Goes on where it stopped.
            }
        }
        assertThat(header).isEqualTo(ProtocolHeader.AMQP_0_9_1);
        assertThat(got).isEqualTo(sent); // Also those read long ago: no chunk is written over.
    }

    @ParameterizedTest
    @CsvSource({
        "414d515000000901, AMQP_0_9_1",
        "414d515001010009, AMQP_0_9",
        "414d515003010000, OTHER",
        "414d515000000900, OTHER",
        "474554202f204854, OTHER"
    })
    void protocolHeaderIsTold(String hex, ProtocolHeader expected) throws Exception {
        assertThat(reader(java.util.HexFormat.of().parseHex(hex)).readProtocolHeader())
                .isEqualTo(expected);
    }

    @Test
    void frameMayBeEightBytesTooLargeAsRabbitAllowsButNotNine() throws Exception {
        int most = WireLimits.FRAME_MAX_BEFORE_TUNING;
        assertThat(reader(frame(3, 1, new byte[most], Frame.END)).read()).isNotNull();
        assertRefused(
                () -> reader(frame(3, 1, new byte[most + 1], Frame.END)).read(),
                ErrorCode.FRAME_ERROR,
                "type 3, all octets = <<>>: {frame_too_large,8193,8184}");
    }

    @Test
    void frameWithoutItsEndMarkerIsAFrameError() {
        assertRefused(
                () -> reader(frame(1, 1, new byte[] {1, 2}, 7)).read(),
                ErrorCode.FRAME_ERROR,
                "type 1, all octets = <<1,2>>: {invalid_frame_end_marker,7}");
        assertRefused(
                () -> reader(frame(1, 1, new byte[20], 7)).read(),
                ErrorCode.FRAME_ERROR,
                "type 1, first 16 octets = <<0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0>>: {invalid_frame_end_marker,7}");
    }

    @Test
    void sizeBeyondWhatAnIntHoldsIsRefused() {
        byte[] bytes = {1, 0, 0, -1, -1, -1, -1, 0};
        assertRefused(
                () -> reader(bytes).read(),
                ErrorCode.FRAME_ERROR,
                "type 1, all octets = <<>>: {frame_too_large,4294967295,8184}");
    }

    @Test
    void endOfTheStreamIsToldFromAnEndWithinAFrame() throws Exception {
        assertThat(reader(new byte[0]).read()).isNull();
        assertThat(reader(new byte[0]).readProtocolHeader()).isNull();
        assertThatThrownBy(() -> reader(new byte[] {1, 0}).read()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> reader(new byte[] {1, 0, 1, 0, 0, 0, 4, 9}).read())
                .isInstanceOf(EOFException.class);
    }
}
