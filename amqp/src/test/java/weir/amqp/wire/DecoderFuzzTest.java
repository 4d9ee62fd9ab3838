package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;

/** Whatever comes is read or refused in the protocol's words, and costs little. {@code -Dseed=...} replays one. */
class DecoderFuzzTest {
    private static final int STREAMS = 60;
    private static final int FRAMES = 12;

    /** What a frame may cost at most: the densest table takes some sixty times its size. */
    private static final long BYTES_FOR_EACH_READ = 100;

    private static final long BYTES_BESIDE = 4 * 1024 * 1024;

    static LongStream seeds() {
        long fixed = Long.getLong("seed", -1);
        return fixed >= 0 ? LongStream.of(fixed) : LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void brokenStreamIsRefusedAndNothingElse(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var samples = new Samples(seed);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < STREAMS; i++) {
            byte[] bytes = stream(samples);
            int changes = random.nextInt(6);
            for (int change = 0; change < changes; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            read(bytes, changes > 0);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .isLessThan(BYTES_BESIDE + BYTES_FOR_EACH_READ * bytes.length);
        }
    }

    private static byte[] stream(Samples samples) throws Exception {
        var frames = new FrameWriter();
        for (int i = 0; i < FRAMES; i++) {
            Method method = samples.method();
            if (method.hasContent()) {
                frames.content(1, method, samples.properties().bytes(), samples.bytes(samples.below(100)));
            } else {
                frames.method(1, method);
            }
        }
        var out = new ByteArrayOutputStream();
        frames.writeTo(out);
        return out.toByteArray();
    }

    private static void read(byte[] bytes, boolean broken) throws Exception {
        var reader = new FrameReader(new ByteArrayInputStream(bytes));
        var assembler = new Assembler(1 << 20, new AssemblerTest.Room());
        try {
            Frame frame = reader.read();
            while (frame != null) {
                Received received = assembler.process(frame);
                if (received != null && received.content() != null) {
                    received.content().properties().headers();
                    assertThat(received.content().properties().change().build())
                            .isEqualTo(received.content().properties());
                }
                frame = reader.read();
            }
        } catch (AmqpException | EOFException e) {
            assertThat(broken).as(e.getMessage()).isTrue();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noiseIsNoTable(long seed) {
        var random = new SplittableRandom(seed);
        var samples = new Samples(seed);
        String letters = "SIltTFAbBsuifdDxVL";
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = samples.bytes(random.nextInt(64)).toArray();
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) (random.nextInt(3) == 0 ? letters.charAt(random.nextInt(18)) : bytes[at] & 3);
            }
            try {
                FieldTable table = TableReader.read(Bytes.of(bytes));
                Bytes written = new FieldWriter(64).table(table).bytes();
                assertThat(TableReader.read(written.slice(4, written.length() - 4)))
                        .isEqualTo(table);
            } catch (AmqpException e) {
                assertThat(e.code()).isIn(ErrorCode.SYNTAX_ERROR, ErrorCode.FRAME_ERROR);
            }
        }
    }

    @Test
    void tablesWithinTablesAreFollowedOnlySoFar() {
        FieldTable table = FieldTable.EMPTY;
        for (int i = 0; i < WireLimits.TABLE_DEPTH_MAX; i++) {
            table = FieldTable.of(java.util.Map.of("t", table));
        }
        FieldTable deepest = table;
        Bytes fine = new FieldWriter(64).table(deepest).bytes();
        assertThat(read(fine)).isEqualTo(deepest);
        Bytes tooDeep = new FieldWriter(64)
                .table(FieldTable.of(java.util.Map.of("t", deepest)))
                .bytes();
        assertThatThrownBy(() -> new FieldReader(tooDeep).table())
                .isInstanceOf(AmqpException.class)
                .hasMessage("tables are nested deeper than 64");
    }

    private static FieldTable read(Bytes bytes) {
        try {
            return new FieldReader(bytes).table();
        } catch (AmqpException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void frameFullOfNothingIsRefusedBeforeItIsManyThings() {
        var out = new FieldWriter(WireLimits.FRAME_MAX);
        int table = out.startLength();
        out.shortText("a").u8('A');
        int array = out.startLength();
        for (int i = 0; i < 100_000; i++) {
            out.u8('V');
        }
        out.endLength(array);
        out.endLength(table);
        assertThatThrownBy(() -> new FieldReader(out.bytes()).table())
                .isInstanceOf(AmqpException.class)
                .hasMessage("a table holds more than 8192 values");
    }
}
