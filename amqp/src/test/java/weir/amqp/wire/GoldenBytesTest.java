package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;

/** Bytes worked out by hand from the specification. */
class GoldenBytesTest {
    private static Bytes hex(String digits) {
        return Bytes.of(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    private static String hexOf(FrameWriter frames) throws Exception {
        var out = new ByteArrayOutputStream();
        frames.writeTo(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    @Test
    void queueDeclare() throws Exception {
        Method method =
                new Method.QueueDeclare("q", false, true, false, true, false, FieldTable.of(Map.of("x-max-length", 5)));
        Bytes bytes = hex("0032 000a 0000 01 71 0a 00000012 0c 782d6d61782d6c656e677468 49 00000005");
        var out = new FieldWriter(0);
        MethodCodec.encode(method, out);
        assertThat(out.bytes()).isEqualTo(bytes);
        assertThat(MethodCodec.decode(bytes)).isEqualTo(method);
    }

    @Test
    void publishOfTwoBodyFrames() throws Exception {
        var frames = new FrameWriter();
        frames.frameMax(WireLimits.FRAME_OVERHEAD + 2);
        frames.content(
                3,
                new Method.BasicPublish("x", "rk", true, false),
                new PropertiesBuilder().deliveryMode(2).build().bytes(),
                Bytes.utf8("abc"));
        assertThat(hexOf(frames))
                .isEqualTo(("01 0003 0000000c 003c 0028 0000 01 78 02 726b 01 ce"
                                + "02 0003 0000000f 003c 0000 0000000000000003 1000 02 ce"
                                + "03 0003 00000002 6162 ce"
                                + "03 0003 00000001 63 ce")
                        .replace(" ", ""));
    }

    @Test
    void deliverOfEncodedPartsIsTheSameAsOfTexts() throws Exception {
        Bytes body = Bytes.utf8("b".repeat(40_000)); // Gathered, not copied.
        var encoded = new FrameWriter();
        var texts = new FrameWriter();
        encoded.frameMax(WireLimits.FRAME_MAX);
        texts.frameMax(WireLimits.FRAME_MAX);
        Bytes properties = Properties.EMPTY.bytes();
        for (long tag = 1; tag <= 3; tag++) {
            encoded.deliver(1, Bytes.utf8("c"), tag, true, Bytes.utf8("x"), Bytes.utf8("k"), properties, body);
            texts.content(1, new Method.BasicDeliver("c", tag, true, "x", "k"), properties, body);
        }
        assertThat(hexOf(encoded)).isEqualTo(hexOf(texts));
        assertThat(hexOf(encoded)).isEmpty();
    }

    @Test
    void heartbeatAndProtocolHeader() throws Exception {
        assertThat(hexOf(new FrameWriter().protocolHeader().heartbeat()))
                .isEqualTo("414d515000000901" + "08000000000000ce");
    }

    @Test
    void tableWithEveryTypeThatOnlyTheServerMeets() throws Exception {
        Bytes bytes = hex(
                "01 61 42 ff" // B: unsigned octet
                        + "01 62 75 ffff" // u: unsigned short
                        + "01 63 69 ffffffff" // i: unsigned long
                        + "01 64 4c ffffffffffffffff" // L: as l
                        + "01 65 53 00000002 fffe" // S: but no text
                        + "01 61 74 01" // A second value for a name, which does not count.
                        + "01 66 54 7fffffffffffffff"); // T: beyond what an Instant holds
        FieldTable table = TableReader.read(bytes);
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", 255);
        expected.put("b", 65_535);
        expected.put("c", 4_294_967_295L);
        expected.put("d", -1L);
        expected.put("e", hex("fffe"));
        expected.put("f", java.time.Instant.ofEpochSecond(java.time.Instant.MAX.getEpochSecond()));
        assertThat(table.asMap()).isEqualTo(expected);
    }

    @Test
    void textsOfErrorsAreCutWhereRabbitCutsThem() {
        var e = new AmqpException(ErrorCode.NOT_FOUND, "ä".repeat(200));
        assertThat(e.replyText()).startsWith("NOT_FOUND - ä").endsWith("ä...");
        assertThat(Bytes.utf8(e.replyText()).length()).isLessThanOrEqualTo(255);
        assertThat(new AmqpException(ErrorCode.NOT_FOUND, "no exchange 'x' in vhost '/'").replyText())
                .isEqualTo("NOT_FOUND - no exchange 'x' in vhost '/'");
    }
}
