package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import weir.core.codec.Formats;

/** Raw sockets: what is not HTTP, not whole, or too much gets a clear answer or a clean close, and harms nobody else. */
class HostileClientTest extends SqsTest {
    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** The beginning of a request, up to its body. */
    private static String head(String... headers) {
        return "POST / HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Everything until the server closes. */
    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Sends, and reads until the server closes. */
    private String answerTo(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return readAll(socket);
        }
    }

    private void serverIsWell() {
        assertThat(client.ok("ListQueues", "{}").toString()).isEqualTo("{}");
    }

    @Test
    void requestThatIsTooLargeIsRefusedByItsHeader() throws IOException {
        assertThat(answerTo(head("X-Amz-Target: AmazonSQS.SendMessage", "Content-Length: 8388609")))
                .startsWith("HTTP/1.1 413 ")
                .contains("x-amzn-query-error: RequestEntityTooLarge;Sender")
                .contains("\"__type\":\"com.amazon.coral.service#RequestEntityTooLargeException\"");
        serverIsWell();
    }

    @Test
    void chunksThatComeToTooMuchAreRefusedWhenTheyDo() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "100000\r\n" + "x".repeat(1024 * 1024) + "\r\n";
            for (int i = 0; i < 8; i++) {
                write(socket, chunk);
            }
            write(socket, "1\r\n");
            assertThat(readAll(socket)).startsWith("HTTP/1.1 413 ");
        }
        serverIsWell();
    }

    @Test
    void headersAndFirstLinesThatDoNotEndAreRefused() throws IOException {
        assertThat(answerTo("GET /" + "x".repeat(SqsLimits.FIRST_LINE_BYTES))).startsWith("HTTP/1.1 4");
        assertThat(answerTo("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(SqsLimits.HEADER_BYTES)))
                .startsWith("HTTP/1.1 4");
        serverIsWell();
    }

    @Test
    void nonsenseIsAnsweredOrClosed() throws IOException {
        for (String nonsense : List.of(
                "\r\n\r\n",
                "\0\0\0\0\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "POST / HTTP/1.1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            assertThat(answerTo(nonsense)).as(nonsense).doesNotContain("HTTP/1.1 5");
        }
        serverIsWell();
    }

    @Test
    void halfARequestIsForgottenWhenItsClientGoes() throws IOException {
        try (Socket socket = connect()) {
            write(
                    socket,
                    "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nContent-Length: 10\r\n\r\n{");
            socket.shutdownOutput();
            assertThat(readAll(socket)).doesNotContain("HTTP/1.1 200");
        }
        serverIsWell();
    }

    @Test
    void requestThatIsNotWholeInTimeIsDropped() throws IOException {
        SqsSettings settings = SqsSettings.DEFAULT.withAddress("127.0.0.1", 0);
        try (SqsServer impatient =
                SqsServer.start(settings, broker, Formats.PLAIN, clock, clock, Duration.ofMillis(200))) {
            for (String beginning : List.of("POST / HTTP/1.1\r\nHost: x\r\nX-", head("Content-Length: 10") + "{")) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
                    write(socket, beginning);
                    assertThat(readAll(socket)).doesNotContain("HTTP/1.1 200"); // It ends: that is what is tested.
                }
            }
        }
    }

    @Test
    void expectingClientIsToldToContinueBeforeItSendsItsBody() throws IOException {
        try (Socket socket = connect()) {
            write(
                    socket,
                    head(
                            "X-Amz-Target: AmazonSQS.CreateQueue",
                            "Expect: 100-continue",
                            "Content-Length: 17",
                            "Connection: close"));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(25), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            write(socket, "{\"QueueName\":\"q\"}");
            assertThat(readAll(socket)).startsWith("HTTP/1.1 200 ").contains("http://x/000000000000/q");
        }
    }

    @Test
    void connectionServesManyRequestsAlsoAfterErrors() throws IOException {
        try (Socket socket = connect()) {
            String request = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nContent-Length: ";
            write(socket, request + "2\r\n\r\n{}" + request + "1\r\n\r\n{");
            write(socket, request + "2\r\nConnection: close\r\n\r\n{}");
            assertThat(readAll(socket).split("HTTP/1.1 ", -1))
                    .hasSize(4)
                    .satisfies(answers -> assertThat(answers[1]).startsWith("200"))
                    .satisfies(answers -> assertThat(answers[2]).startsWith("400"))
                    .satisfies(answers -> assertThat(answers[3]).startsWith("200"));
        }
    }

    @Test
    void serverStopsThoughReceiversWait() throws Exception {
        String url = queue("q");
        try (Socket socket = connect()) {
            write(socket, poll(url));
            broker.awaitReceivers(1); // A connection that is not yet read when the server stops is reset, not ended.
            stopServer();
            assertThat(readAll(socket)).doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void headIsAnsweredWithoutABody() throws IOException {
        assertThat(answerTo("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ")
                .endsWith("\r\n\r\n");
    }

    private static String poll(String url, String... headers) {
        String body = "{\"QueueUrl\":\"" + url + "\",\"WaitTimeSeconds\":20}";
        return "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: "
                + body.length() + "\r\n" + String.join("\r\n", headers) + "\r\n" + body;
    }

    /** Half of them say goodbye, half are cut off. */
    @Test
    void receiversThatHaveGoneTakeNoMessages() throws Exception {
        String url = queue("q");
        for (int i = 0; i < 10; i++) {
            try (Socket socket = connect()) {
                write(socket, poll(url));
                broker.awaitReceivers(1);
                socket.setSoLinger(i % 2 == 1, 0);
            }
            broker.awaitReceivers(0);
        }
        send(url, "'MessageBody':'x'");
        assertThat(receive(url, "'AttributeNames':['ApproximateReceiveCount']"))
                .singleElement()
                .satisfies(message -> assertThat(message.at("/Attributes/ApproximateReceiveCount")
                                .asString())
                        .isEqualTo("1"));
    }

    @Test
    void connectionServesOnAfterALongPoll() throws Exception {
        String url = queue("q");
        try (Socket socket = connect()) {
            for (String message : List.of("a", "b")) {
                write(socket, poll(url));
                broker.awaitReceivers(1);
                send(url, "'MessageBody':'" + message + "'");
                assertThat(readAnswer(socket)).contains("\"Body\":\"" + message + "\"");
            }
            write(socket, poll(url)); // And the next request before this one is answered.
            broker.awaitReceivers(1);
            write(socket, head("X-Amz-Target: AmazonSQS.ListQueues", "Content-Length: 2", "Connection: close") + "{}");
            send(url, "'MessageBody':'c'");
            assertThat(readAll(socket)).contains("\"Body\":\"c\"").contains("QueueUrls");
        }
    }

    private static String readAnswer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("}]}")) {
            int next = in.read();
            assertThat(next).as("the answer goes on after %s", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }
}
