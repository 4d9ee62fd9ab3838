package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no client library would do, over a raw socket: the right close, and nobody else disturbed. */
class AmqpAbuseTest {
    private static final int MILLIS_MAX = 30_000;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A client that knows frames and nothing else. */
    private static final class Raw implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;

        Raw() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), server.amqpPort());
            socket.setSoTimeout(MILLIS_MAX);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        Raw send(byte[] bytes) throws IOException {
            out.write(bytes);
            return this;
        }

        Raw frame(int type, int channel, byte[] payload) throws IOException {
            return send(ByteBuffer.allocate(payload.length + 8)
                    .put((byte) type)
                    .putShort((short) channel)
                    .putInt(payload.length)
                    .put(payload)
                    .put((byte) 0xCE)
                    .array());
        }

        Raw method(int channel, String hex) throws IOException {
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

        Raw expect(int classId, int methodId) throws IOException {
            ByteBuffer method = ByteBuffer.wrap(next());
            assertThat(method.getShort() + "." + method.getShort()).isEqualTo(classId + "." + methodId);
            return this;
        }

        /** Up to an open connection, without heartbeats. */
        Raw open() throws IOException {
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

        Raw openChannel(int number) throws IOException {
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
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whoSpeaksSomethingElseIsToldWhatIsSpoken() throws IOException {
        for (String first :
                new String[] {"GET / HTTP/1.1\r\n", "AMQP\0\1\0\0", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"
                }) {
            try (Raw raw = new Raw().send(first.getBytes(StandardCharsets.ISO_8859_1))) {
                byte[] told = new byte[8];
                raw.in.readFully(told);
                assertThat(told).isEqualTo(HEADER);
                assertThat(raw.isOver()).isTrue();
            }
        }
    }

    @Test
    void aFrameThatIsTooLargeEndsTheConnection() throws IOException {
        try (Raw raw = new Raw().open()) {
            raw.send(ByteBuffer.allocate(7)
                    .put((byte) 1)
                    .putShort((short) 0)
                    .putInt(1 << 30)
                    .array());
            assertThat(raw.closeCode()).isEqualTo(501);
        }
    }

    @Test
    void aFrameWithoutItsEndEndsTheConnection() throws IOException {
        try (Raw raw = new Raw().open()) {
            raw.send(new byte[] {8, 0, 0, 0, 0, 0, 0, 1});
            assertThat(raw.closeCode()).isEqualTo(501);
        }
    }

    @Test
    void aChannelThatIsNotOpenIsAnError() throws IOException {
        try (Raw raw = new Raw().open()) {
            raw.method(3, "003C 0050 0000000000000001 00");
            assertThat(raw.closeCode()).isEqualTo(504);
        }
    }

    @Test
    void aChannelIsNotOpenedTwice() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.method(1, "0014 000A 00");
            assertThat(raw.closeCode()).isEqualTo(504);
        }
    }

    @Test
    void aChannelBeyondTheAgreedNumberIsRefused() throws IOException {
        try (Raw raw = new Raw().open()) {
            raw.method(0x0800, "0014 000A 00");
            assertThat(raw.closeCode()).isEqualTo(530);
        }
    }

    @Test
    void bodyWithoutAMethodIsUnexpected() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.frame(3, 1, new byte[10]);
            assertThat(raw.closeCode()).isEqualTo(505);
        }
    }

    @Test
    void aHeartbeatOnAChannelIsUnexpected() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.frame(8, 1, new byte[0]);
            assertThat(raw.closeCode()).isEqualTo(505);
        }
    }

    @Test
    void moreBodyThanAnnouncedEndsTheConnection() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.method(1, "003C 0028 0000 00 01 71 00");
            raw.frame(
                    2,
                    1,
                    ByteBuffer.allocate(14)
                            .putShort((short) 60)
                            .putShort((short) 0)
                            .putLong(3)
                            .array());
            raw.frame(3, 1, new byte[4]);
            assertThat(raw.closeCode()).isEqualTo(501);
        }
    }

    @Test
    void anUnknownMethodEndsTheConnection() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.method(1, "003C 0FFF");
            assertThat(raw.closeCode()).isBetween(501, 540);
        }
    }

    /** After an error of the channel nothing on it counts until the client has heard of it. */
    @Test
    void whatFollowsASoftErrorIsIgnored() throws IOException {
        try (Raw raw = new Raw().open().openChannel(1)) {
            raw.method(1, "003C 0050 0000000000000009 00"); // basic.ack of what was never delivered
            raw.method(1, "003C 0050 000000000000000A 00");
            raw.method(1, "003C 0028 0000 00 01 71 00");
            raw.frame(2, 1, new byte[3]); // Not even whole.
            assertThat(raw.closeCode()).isEqualTo(406);
            raw.method(1, "0014 0029").openChannel(1);
        }
    }

    @Test
    void whoGoesWithoutAWordDisturbsNobody() throws IOException {
        for (int i = 0; i < 50; i++) {
            Raw raw = new Raw();
            if (i % 2 == 0) {
                raw.open().openChannel(1);
            }
            raw.close();
        }
        try (Raw raw = new Raw().open()) {
            raw.method(0, "000A 0032 00C8 00 0000 0000").expect(10, 51);
            assertThat(raw.isOver()).isTrue();
        }
    }

    /** Of a higher priority, and never reading: what it cannot take is for the others. */
    @Test
    void whoDoesNotReadKeepsNobodyOfLowerPriorityBack() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpPort());
        try (Raw raw = new Raw();
                Connection connection = factory.newConnection()) {
            raw.socket.setReceiveBufferSize(4096);
            Channel channel = connection.createChannel();
            channel.queueDeclare("unread", true, false, false, null);
            String arguments = "0A" + hex("x-priority") + "49 00000009";
            raw.open().openChannel(1);
            raw.method(1, "003C 0014 0000 06" + hex("unread") + "01" + hex("t") + "02 00000010" + arguments);
            raw.expect(60, 21);
            CountDownLatch got = new CountDownLatch(1);
            channel.basicConsume("unread", true, (_, _) -> got.countDown(), _ -> {});
            Channel publishing = connection.createChannel();
            for (int i = 0; i < 64 && got.getCount() > 0; i++) {
                publishing.basicPublish("", "unread", null, new byte[512 * 1024]);
            }
            assertThat(got.await(MILLIS_MAX, TimeUnit.MILLISECONDS)).isTrue();
        }
    }
}
