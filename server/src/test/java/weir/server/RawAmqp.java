package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A client that knows frames and nothing else. */
final class RawAmqp implements AutoCloseable {
    static final int MILLIS_MAX = 30_000;
    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    RawAmqp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLIS_MAX);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    RawAmqp send(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    RawAmqp frame(int type, int channel, byte[] payload) throws IOException {
        return send(ByteBuffer.allocate(payload.length + 8)
                .put((byte) type)
                .putShort((short) channel)
                .putInt(payload.length)
                .put(payload)
                .put((byte) 0xCE)
                .array());
    }

    RawAmqp method(int channel, String hex) throws IOException {
        return frame(1, channel, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** The next frame's payload. */
    byte[] next() throws IOException {
        in.readUnsignedByte();
        in.readUnsignedShort();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        assertThat(in.readUnsignedByte()).isEqualTo(0xCE);
        return payload;
    }

    RawAmqp expect(int classId, int methodId) throws IOException {
        ByteBuffer method = ByteBuffer.wrap(next());
        assertThat(method.getShort() + "." + method.getShort()).isEqualTo(classId + "." + methodId);
        return this;
    }

    /** Up to an open connection, without heartbeats. */
    RawAmqp open() throws IOException {
        send(HEADER).expect(10, 10);
        method(
                0,
                "000A 000B 00000000 05" + hex("PLAIN") + "0000000C 00" + hex("guest") + "00" + hex("guest") + "05"
                        + hex("en_US"));
        expect(10, 30);
        method(0, "000A 001F 07FF 00020000 0000");
        method(0, "000A 0028 01 2F 00 00");
        return expect(10, 41);
    }

    RawAmqp openChannel(int number) throws IOException {
        return method(number, "0014 000A 00").expect(20, 11);
    }

    /** The code of the close that comes next: of the connection, or of a channel. */
    int closeCode() throws IOException {
        ByteBuffer method = ByteBuffer.wrap(next());
        int classId = method.getShort();
        int methodId = method.getShort();
        assertThat((classId == 10 && methodId == 50) || (classId == 20 && methodId == 40))
                .as("%s.%s is a close", classId, methodId)
                .isTrue();
        return method.getShort();
    }

    /** Whether the server has closed its side. */
    boolean isOver() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    DataInputStream in() {
        return in;
    }

    Socket socket() {
        return socket;
    }

    /** A text's octets, for {@link #method}. */
    static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
