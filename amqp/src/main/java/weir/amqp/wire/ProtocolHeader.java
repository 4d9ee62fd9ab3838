package weir.amqp.wire;

import java.nio.charset.StandardCharsets;
import weir.core.Bytes;

/** The eight bytes with which a client says what it wants to speak. */
public enum ProtocolHeader {
    AMQP_0_9_1,
    /** Which RabbitMQ takes for 0-9-1, as the two do not differ in what anybody uses. */
    AMQP_0_9,
    /** Anything else: another AMQP, HTTP, TLS. */
    OTHER;

    static final int BYTES = 8;

    private static final Bytes HEADER_0_9_1 = header(0, 0, 9, 1);
    private static final Bytes HEADER_0_9 = header(1, 1, 0, 9);

    static ProtocolHeader of(Bytes bytes) {
        if (bytes.equals(HEADER_0_9_1)) {
            return AMQP_0_9_1;
        }
        return bytes.equals(HEADER_0_9) ? AMQP_0_9 : OTHER;
    }

    public boolean isSpoken() {
        return this != OTHER;
    }

    /** What a client is told before its connection is closed, if it wants something else: the version that is spoken. */
    public static Bytes spoken() {
        return HEADER_0_9_1;
    }

    private static Bytes header(int id, int major, int minor, int revision) {
        byte[] bytes = new byte[BYTES];
        byte[] name = "AMQP".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, bytes, 0, name.length);
        bytes[4] = (byte) id;
        bytes[5] = (byte) major;
        bytes[6] = (byte) minor;
        bytes[7] = (byte) revision;
        return Bytes.of(bytes);
    }
}
