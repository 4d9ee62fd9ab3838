package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no client library would do, over a raw socket: the right close, and nobody else disturbed. */
class AmqpAbuseTest {
    private static final int MILLIS_MAX = RawAmqp.MILLIS_MAX;

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

    private static RawAmqp raw() throws IOException {
        return new RawAmqp(server.amqpPort());
    }

    @Test
    void whoSpeaksSomethingElseIsToldWhatIsSpoken() throws IOException {
        for (String first :
                new String[] {"GET / HTTP/1.1\r\n", "AMQP\0\1\0\0", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"
                }) {
            try (RawAmqp raw = raw().send(first.getBytes(StandardCharsets.ISO_8859_1))) {
                byte[] told = new byte[8];
                raw.in().readFully(told);
                assertThat(told).isEqualTo(RawAmqp.HEADER);
                assertThat(raw.isOver()).isTrue();
            }
        }
    }

    /** Nothing would ever give back the room that it takes. */
    @Test
    void contentBeforeTheLoginIsUnexpected() throws IOException {
        try (RawAmqp raw = raw().send(RawAmqp.HEADER).expect(10, 10)) {
            raw.method(0, "003C 0028 0000 00 01 71 00");
            assertThat(raw.closeCode()).isEqualTo(505);
        }
    }

    @Test
    void aFrameThatIsTooLargeEndsTheConnection() throws IOException {
        try (RawAmqp raw = raw().open()) {
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
        try (RawAmqp raw = raw().open()) {
            raw.send(new byte[] {8, 0, 0, 0, 0, 0, 0, 1});
            assertThat(raw.closeCode()).isEqualTo(501);
        }
    }

    @Test
    void aChannelThatIsNotOpenIsAnError() throws IOException {
        try (RawAmqp raw = raw().open()) {
            raw.method(3, "003C 0050 0000000000000001 00");
            assertThat(raw.closeCode()).isEqualTo(504);
        }
    }

    @Test
    void aChannelIsNotOpenedTwice() throws IOException {
        try (RawAmqp raw = raw().open().openChannel(1)) {
            raw.method(1, "0014 000A 00");
            assertThat(raw.closeCode()).isEqualTo(504);
        }
    }

    @Test
    void aChannelBeyondTheAgreedNumberIsRefused() throws IOException {
        try (RawAmqp raw = raw().open()) {
            raw.method(0x0800, "0014 000A 00");
            assertThat(raw.closeCode()).isEqualTo(530);
        }
    }

    @Test
    void bodyWithoutAMethodIsUnexpected() throws IOException {
        try (RawAmqp raw = raw().open().openChannel(1)) {
            raw.frame(3, 1, new byte[10]);
            assertThat(raw.closeCode()).isEqualTo(505);
        }
    }

    @Test
    void aHeartbeatOnAChannelIsUnexpected() throws IOException {
        try (RawAmqp raw = raw().open().openChannel(1)) {
            raw.frame(8, 1, new byte[0]);
            assertThat(raw.closeCode()).isEqualTo(505);
        }
    }

    @Test
    void moreBodyThanAnnouncedEndsTheConnection() throws IOException {
        try (RawAmqp raw = raw().open().openChannel(1)) {
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
        try (RawAmqp raw = raw().open().openChannel(1)) {
            raw.method(1, "003C 0FFF");
            assertThat(raw.closeCode()).isBetween(501, 540);
        }
    }

    /** After an error of the channel nothing on it counts until the client has heard of it. */
    @Test
    void whatFollowsASoftErrorIsIgnored() throws IOException {
        try (RawAmqp raw = raw().open().openChannel(1)) {
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
            RawAmqp raw = raw();
            if (i % 2 == 0) {
                raw.open().openChannel(1);
            }
            raw.close();
        }
        try (RawAmqp raw = raw().open()) {
            raw.method(0, "000A 0032 00C8 00 0000 0000").expect(10, 51);
            assertThat(raw.isOver()).isTrue();
        }
    }

    /** Of a higher priority, and never reading: what it cannot take is for the others. */
    @Test
    void whoDoesNotReadKeepsNobodyOfLowerPriorityBack() throws Exception {
        ConnectionFactory factory = TestServer.rabbit(server.amqpPort());
        try (RawAmqp raw = raw();
                Connection connection = factory.newConnection()) {
            raw.socket().setReceiveBufferSize(4096);
            Channel channel = connection.createChannel();
            channel.queueDeclare("unread", true, false, false, null);
            String arguments = "0A" + RawAmqp.hex("x-priority") + "49 00000009";
            raw.open().openChannel(1);
            raw.method(
                    1,
                    "003C 0014 0000 06" + RawAmqp.hex("unread") + "01" + RawAmqp.hex("t") + "02 00000010" + arguments);
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
