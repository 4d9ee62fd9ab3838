package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.AMQContentHeader;
import com.rabbitmq.client.impl.AMQImpl;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;

/** Our codec against that of RabbitMQ's own client: what one writes the other reads as the same, for every method. */
class OracleTest {
    private static final int FRAME_MAX = 4096;

    static LongStream seeds() {
        long fixed = Long.getLong("seed", -1);
        return fixed >= 0 ? LongStream.of(fixed) : LongStream.range(0, 50);
    }

    @Test
    void thereAreAllMethodsOfTheSpecification() {
        assertThat(Samples.methods()).hasSize(66);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theClientReadsEveryMethodThatWeWriteAndWeReadWhatItWrites(long seed) throws Exception {
        var samples = new Samples(seed);
        for (Class<? extends Method> type : Samples.methods()) {
            Method ours = samples.method(type);
            var out = new FieldWriter(16);
            MethodCodec.encode(ours, out);
            com.rabbitmq.client.Method theirs = AMQImpl.readMethodFrom(stream(out.bytes()));
            assertThat(theirs.protocolMethodName().toLowerCase(Locale.ROOT).replaceAll("[.-]", ""))
                    .isEqualTo(type.getSimpleName().toLowerCase(Locale.ROOT));
            assertThat(ours.id()).isEqualTo(theirs.protocolClassId() << 16 | theirs.protocolMethodId());
            Bytes back = Bytes.of(
                    ((com.rabbitmq.client.impl.Method) theirs).toFrame(1).getPayload());
            assertThat(back.length()).isEqualTo(out.size());
            assertThat(MethodCodec.decode(back)).isEqualTo(ours);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theClientReadsPropertiesThatWeWriteAndWeReadWhatItWrites(long seed) throws Exception {
        var samples = new Samples(seed);
        Properties ours = samples.properties();
        var out = new FieldWriter(64).u16(60).u16(0).i64(17).raw(ours.bytes());
        AMQContentHeader theirs = AMQImpl.readContentHeaderFrom(stream(out.bytes()));
        assertThat(theirs.getBodySize()).isEqualTo(17);
        Bytes back = Bytes.of(theirs.toFrame(1, 17).getPayload());
        Properties read = Properties.read(back.slice(12, back.length() - 12));
        for (Property property : Property.values()) {
            if (property != Property.HEADERS) { // The client does not keep the order of a table.
                assertThat(read.encoded(property)).as(property.name()).isEqualTo(ours.encoded(property));
            }
        }
        assertThat(read.headers()).isEqualTo(ours.headers());
    }

    @Test
    void everyPropertyMeansTheSameToBoth() throws Exception {
        var theirs = new BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("gzip")
                .headers(Map.of("a", List.of(1, 2L)))
                .deliveryMode(2)
                .priority(7)
                .correlationId("c")
                .replyTo("r")
                .expiration("60000")
                .messageId("m")
                .timestamp(java.util.Date.from(Instant.ofEpochSecond(1_700_000_000)))
                .type("t")
                .userId("guest")
                .appId("app")
                .clusterId("cluster")
                .build();
        Bytes header = Bytes.of(theirs.toFrame(1, 0).getPayload());
        Properties ours = Properties.read(header.slice(12, header.length() - 12));
        assertThat(ours.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(ours.text(Property.CONTENT_ENCODING)).isEqualTo("gzip");
        assertThat(ours.headers().get("a")).isEqualTo(List.of(1, 2L));
        assertThat(ours.isPersistent()).isTrue();
        assertThat(ours.priority(0)).isEqualTo(7);
        assertThat(ours.correlationId()).isEqualTo("c");
        assertThat(ours.replyTo()).isEqualTo("r");
        assertThat(ours.expiration()).isEqualTo("60000");
        assertThat(ours.messageId()).isEqualTo("m");
        assertThat(ours.timestamp()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(ours.text(Property.TYPE)).isEqualTo("t");
        assertThat(ours.userId()).isEqualTo("guest");
        assertThat(ours.text(Property.APP_ID)).isEqualTo("app");
        assertThat(ours.text(Property.CLUSTER_ID)).isEqualTo("cluster");
        assertThat(ours.change().build()).isEqualTo(ours);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theClientReadsOurFramesAndWeReadItsFrames(long seed) throws Exception {
        var samples = new Samples(seed);
        var written = new FrameWriter();
        written.frameMax(FRAME_MAX);
        Method method = new Method.BasicDeliver("tag", 7, true, "x", "key");
        Properties properties = new PropertiesBuilder().deliveryMode(2).build();
        Bytes body = samples.bytes(samples.below(3 * FRAME_MAX));
        written.content(5, method, properties.bytes(), body).heartbeat();
        long size = written.size();
        var socket = new ByteArrayOutputStream();
        written.writeTo(socket);
        assertThat(socket.size()).isEqualTo(size);

        var copied = new ByteArrayOutputStream();
        var in = new DataInputStream(new ByteArrayInputStream(socket.toByteArray()));
        var out = new DataOutputStream(copied);
        while (in.available() > 0) {
            com.rabbitmq.client.impl.Frame theirs = readFrame(in);
            new com.rabbitmq.client.impl.Frame(
                            theirs.getType(), theirs.getChannel(), ByteBuffer.wrap(theirs.getPayload()))
                    .writeTo(out);
        }
        var reader = new FrameReader(new ByteArrayInputStream(copied.toByteArray()));
        var assembler = new Assembler(1 << 20, new AssemblerTest.Room());
        Received received = null;
        while (received == null) {
            Frame frame = Objects.requireNonNull(reader.read());
            assertThat(frame.channel()).isEqualTo(5);
            received = assembler.process(frame);
        }
        assertThat(received).isEqualTo(new Received(method, new Content(properties, body)));
        assertThat(reader.read()).isEqualTo(new Frame(Frame.HEARTBEAT, 0, Bytes.EMPTY));
        assertThat(reader.read()).isNull();
    }

    private static com.rabbitmq.client.impl.Frame readFrame(DataInputStream in) throws IOException {
        com.rabbitmq.client.impl.@Nullable Frame frame = com.rabbitmq.client.impl.Frame.readFrom(in, () -> FRAME_MAX);
        return Objects.requireNonNull(frame);
    }

    private static DataInputStream stream(Bytes bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes.toArray()));
    }
}
