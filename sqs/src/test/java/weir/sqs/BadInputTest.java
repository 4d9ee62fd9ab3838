package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weir.core.codec.Formats;

/** Input that no client sends by mistake: it is the sender's fault, told so, and stores nothing. */
class BadInputTest extends SqsTest {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/x-amz-json-1.0");

    @BeforeEach
    void createQueue() {
        queue("q");
    }

    static Stream<Arguments> bodies() {
        String send = "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",";
        return Stream.of(
                Arguments.of("nothing at all", ""),
                Arguments.of("another kind of JSON", "[]"),
                Arguments.of("a null", "null"),
                Arguments.of("half a member", "{\"QueueUrl\":"),
                Arguments.of("something behind the end", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\"}}"),
                Arguments.of("arrays nested very deep", "[".repeat(1_000_000)),
                Arguments.of("objects nested very deep", "{\"a\":".repeat(500_000)),
                Arguments.of("nesting where nothing is looked at", send + "\"Unknown\":" + "[".repeat(100_000)),
                Arguments.of("a number beyond all doubles", send + "\"DelaySeconds\":1e999999999}"),
                Arguments.of("a number of a million digits", send + "\"DelaySeconds\":" + "9".repeat(1_000_000) + "}"),
                Arguments.of("a number beyond a long", send + "\"DelaySeconds\":9223372036854775808}"),
                Arguments.of("a number just beyond an int", send + "\"DelaySeconds\":4294967296}"),
                Arguments.of("a number below all", send + "\"DelaySeconds\":-9223372036854775808}"),
                Arguments.of("a fraction", send + "\"DelaySeconds\":0.5}"),
                Arguments.of("no number", send + "\"DelaySeconds\":NaN}"),
                Arguments.of("an object for a number", send + "\"DelaySeconds\":{}}"),
                Arguments.of("a list for text", "{\"QueueUrl\":[\"q\"],\"MessageBody\":\"x\"}"),
                Arguments.of("half a pair of surrogates", "{\"QueueUrl\":\"q\",\"MessageBody\":\"\\ud83c\"}"),
                Arguments.of("a character that SQS does not take", "{\"QueueUrl\":\"q\",\"MessageBody\":\"\\u0000\"}"),
                Arguments.of(
                        "broken base64",
                        send + "\"MessageAttributes\":{\"a\":{\"DataType\":\"Binary\"," + "\"BinaryValue\":\"=*=\"}}}"),
                Arguments.of(
                        "more values than any request has",
                        send + "\"MessageAttributes\":{" + "\"a\":{},".repeat(50_000) + "\"b\":{}}}"),
                Arguments.of("a name that does not end", send + "\"" + "n".repeat(1_000_000) + "\":1}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void isRefusedAsTheSendersFault(String what, String body) {
        SqsClient.Answer answer = client.json("SendMessage", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.header("x-amzn-query-error")).endsWith(";Sender");
        assertThat(answer.body().length()).isLessThan(10_000);
        assertThat(bodies("q")).isEmpty();
    }

    /** As bytes, since a string cannot hold them. */
    @ParameterizedTest
    @MethodSource("brokenUtf8")
    void bytesThatAreNoUtf8AreRefused(byte[] text) {
        byte[] before = "{\"QueueUrl\":\"q\",\"MessageBody\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] after = "\"}".getBytes(StandardCharsets.UTF_8);
        SqsClient.Answer json =
                client.post("/", with(JSON, "X-Amz-Target", "AmazonSQS.SendMessage"), joined(before, text, after));
        assertThat(json.status()).as(json.body()).isEqualTo(400);

        StringBuilder encoded = new StringBuilder("Action=SendMessage&QueueUrl=q&MessageBody=");
        for (byte one : text) {
            encoded.append('%').append(String.format("%02X", one));
        }
        SqsClient.Answer query =
                client.post("/", Map.of("Content-Type", "application/x-www-form-urlencoded"), encoded.toString());
        assertThat(query.status()).as(query.body()).isEqualTo(400);
        assertThat(bodies("q")).isEmpty();
    }

    static Stream<Arguments> brokenUtf8() {
        return Stream.of(
                        new byte[] {(byte) 0xFF}, // Never in UTF-8.
                        new byte[] {(byte) 0xC0, (byte) 0x80}, // NUL, longer than need be.
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // Half a pair of surrogates.
                        new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // Beyond Unicode.
                        new byte[] {(byte) 0xE2, (byte) 0x82}) // Cut off.
                .map(bytes -> Arguments.of((Object) bytes));
    }

    static Stream<String> queries() {
        String send = "Action=SendMessage&QueueUrl=q&MessageBody=x&";
        return Stream.of(
                send + "DelaySeconds=1e9",
                send + "DelaySeconds=" + "9".repeat(100_000),
                send + "DelaySeconds=%2D1",
                "Action=SendMessage&QueueUrl=q&MessageBody=%",
                "Action=SendMessage&QueueUrl=q&MessageBody=%ZZ",
                "Action=SendMessage&QueueUrl=q&" + "&a=b".repeat(50_000),
                "Action=" + "A".repeat(100_000),
                "Action=SendMessage&Action=DeleteQueue&QueueUrl=nowhere");
    }

    @ParameterizedTest
    @MethodSource("queries")
    void queryIsRefusedAsTheSendersFault(String form) {
        SqsClient.Answer answer = client.post("/", Map.of("Content-Type", "application/x-www-form-urlencoded"), form);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("<Type>Sender</Type>");
        assertThat(bodies("q")).isEmpty();
    }

    /** As any parameter that the action does not know: AWS ignores those, and so must not make room for them. */
    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "999999999999999999999", "-1", "x"})
    void placeThatNoListCanHaveIsIgnored(String place) {
        String form = "Action=SendMessage&QueueUrl=q&MessageBody=x&MessageAttribute." + place + ".Name=a";
        assertThat(client.post("/", Map.of("Content-Type", "application/x-www-form-urlencoded"), form)
                        .status())
                .isEqualTo(200);
        assertThat(bodies("q")).containsExactly("x");
    }

    /** Many at once who send nothing but nonsense; one in between who does not is served as ever. */
    @Test
    void floodOfNonsenseStopsNobody() throws Exception {
        int floods = 64;
        int each = 20;
        List<CompletableFuture<Void>> flooding = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < floods; i++) {
                flooding.add(CompletableFuture.runAsync(
                        () -> {
                            for (int j = 0; j < each; j++) {
                                assertThat(client.json("SendMessage", "[".repeat(100_000))
                                                .status())
                                        .isEqualTo(400);
                            }
                        },
                        threads));
            }
            for (int j = 0; j < each; j++) {
                send("q", "'MessageBody':'x'");
            }
            CompletableFuture.allOf(flooding.toArray(CompletableFuture[]::new)).join();
        }
        assertThat(bodies("q")).hasSize(10);
    }

    /** A client that asks and asks and reads nothing: its connection ends, rather than hold its answers for ever. */
    @Test
    void clientThatTakesNoAnswersIsDropped() throws IOException {
        send("q", "'MessageBody':'" + "x".repeat(1024 * 1024) + "'");
        String body = "{\"QueueUrl\":\"q\",\"VisibilityTimeout\":0}";
        byte[] request = ("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        SqsSettings settings = SqsSettings.DEFAULT.withAddress("127.0.0.1", 0);
        try (SqsServer impatient =
                        SqsServer.start(settings, broker, Formats.PLAIN, clock, clock, Duration.ofMillis(500));
                Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(4 * 1024);
            deaf.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), impatient.port()));
            // Until nothing fits in between any more, and then until the connection is reset.
            assertThatThrownBy(() -> {
                        while (true) {
                            deaf.getOutputStream().write(request);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        send("q", "'MessageBody':'y'");
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> more = new java.util.HashMap<>(headers);
        more.put(name, value);
        return more;
    }

    private static byte[] joined(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
