package weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.codec.Formats;

/** Raw sockets: who goes while the server waits for him is given nothing, and who is slow holds nobody up. */
class WaitingCallerTest {
    private static final String LAST = "Connection: close\r\n";

    private final MemoryBroker broker = new MemoryBroker();
    private AdminServer server = start(AdminLimits.REQUEST_TIME);

    private AdminServer start(Duration requestTime) {
        return new AdminServer(
                broker,
                Formats.PLAIN,
                new AdminSettings("127.0.0.1", 0, "test", "000000000000"),
                InstantSource.system(),
                null,
                null,
                () -> true,
                null,
                requestTime);
    }

    @BeforeEach
    void createQueue() throws IOException {
        assertThat(answer("/api/v1/queues", "{'name':'q'}")).startsWith("HTTP/1.1 201 ");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Asks with JSON written with single quotes. */
    private static void ask(Socket socket, String path, String body, String headers) throws IOException {
        String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body.replace('\'', '"');
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void poll(Socket socket, String headers) throws IOException {
        ask(socket, "/api/v1/queues/q/receive", "{'wait':'50s','autoAcknowledge':true}", headers);
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String answer(String path, String body) throws IOException {
        try (Socket socket = connect()) {
            ask(socket, path, body, LAST);
            return readAll(socket);
        }
    }

    private void send(String body) throws IOException {
        assertThat(answer("/api/v1/queues/q/messages", "{'messages':[{'body':'" + body + "'}]}"))
                .startsWith("HTTP/1.1 201 ");
    }

    /** Half of them say goodbye, half are cut off. */
    @Test
    void whoHasGoneTakesNoMessage() throws Exception {
        for (int i = 0; i < 10; i++) {
            try (Socket socket = connect()) {
                poll(socket, "");
                broker.awaitReceivers(1);
                socket.setSoLinger(i % 2 == 1, 0);
            }
            broker.awaitReceivers(0);
        }
        send("x");
        assertThat(answer("/api/v1/queues/q/receive", "{}"))
                .contains("\"body\":\"x\"")
                .contains("\"attempts\":1");
    }

    @Test
    void whoStaysIsServedAndSoIsHisNextRequest() throws Exception {
        try (Socket socket = connect()) {
            poll(socket, "");
            broker.awaitReceivers(1);
            ask(socket, "/api/v1/queues/q/nonsense", "{}", ""); // Comes before the other is answered.
            send("a");
            poll(socket, LAST);
            broker.awaitReceivers(1);
            send("b");
            assertThat(readAll(socket).split("HTTP/1.1 ", -1))
                    .satisfiesExactly(
                            nothing -> assertThat(nothing).isEmpty(),
                            first -> assertThat(first).startsWith("200 ").contains("\"body\":\"a\""),
                            second -> assertThat(second).startsWith("404 "),
                            third -> assertThat(third).startsWith("200 ").contains("\"body\":\"b\""));
        }
    }

    @Test
    void waitThatFailsIsAnsweredAndTheConnectionGoesOn() throws Exception {
        try (Socket socket = connect()) {
            poll(socket, "");
            broker.awaitReceivers(1);
            assertThat(answerToDelete()).startsWith("HTTP/1.1 204 ");
            ask(socket, "/api/v1/queues/q/receive", "{}", LAST);
            assertThat(readAll(socket).split("HTTP/1.1 404 ", -1)).hasSize(3);
        }
    }

    private String answerToDelete() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(("DELETE /api/v1/queues/q HTTP/1.1\r\nHost: localhost\r\n" + LAST + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return readAll(socket);
        }
    }

    /** The wait of a receive is none of its own time. */
    @Test
    void requestThatIsNotWholeInTimeIsDropped() throws Exception {
        server.close();
        server = start(Duration.ofMillis(200));
        try (Socket waiting = connect();
                Socket slow = connect()) {
            poll(waiting, LAST);
            broker.awaitReceivers(1);
            slow.getOutputStream()
                    .write("POST /api/v1/queues HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(readAll(slow)).doesNotContain("HTTP/1.1 2"); // It ends: that is what is tested.
            send("x");
            assertThat(readAll(waiting)).contains("\"body\":\"x\"");
        }
    }
}
