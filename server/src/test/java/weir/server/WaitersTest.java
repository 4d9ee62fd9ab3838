package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Thousands that wait for messages at one server, each on a connection of its own. */
class WaitersTest {
    private static final int WAITERS = 5_000;
    /** Of the process's open files, what everything else may need. */
    private static final int OTHER_FILES = 1_000;

    private static final int BATCH = 10;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path data;

    /** As many as the process may have sockets for, of which each waiter takes two: its own, and the server's. */
    private static int waiters() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - OTHER_FILES;
            return Math.clamp(free / 2 / BATCH * BATCH, BATCH, WAITERS);
        }
        return WAITERS;
    }

    @Test
    void everyOneOfThemIsGivenExactlyOneMessage() throws Exception {
        int waiters = waiters();
        List<Socket> sockets = new ArrayList<>();
        try (WeirServer server = TestServer.start(data);
                SqsClient sqs = TestServer.client(
                        server, SqsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = sqs.createQueue(request -> request.queueName("q")).queueUrl();
            List<CompletableFuture<String>> waiting = new ArrayList<>();
            for (int i = 0; i < waiters; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.sqsPort());
                sockets.add(socket);
                ask(socket, url);
                waiting.add(CompletableFuture.supplyAsync(() -> bodyReceived(socket, url), threads));
            }
            for (int i = 0; i < waiters; i += BATCH) {
                List<SendMessageBatchRequestEntry> entries = IntStream.range(i, i + BATCH)
                        .mapToObj(number -> SendMessageBatchRequestEntry.builder()
                                .id(Integer.toString(number))
                                .messageBody("message " + number)
                                .build())
                        .toList();
                assertThat(sqs.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                                .failed())
                        .isEmpty();
            }
            List<String> received =
                    waiting.stream().map(CompletableFuture::join).toList();
            assertThat(received)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, waiters)
                            .mapToObj(number -> "message " + number)
                            .toList());
            assertThat(sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                            .attributes())
                    .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
                    .containsEntry(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, Integer.toString(waiters));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** The visibility timeout is longer than any run of this test, so that nothing is handed out twice. */
    private static void ask(Socket socket, String url) throws IOException {
        String body = "{\"QueueUrl\":\"" + url + "\",\"WaitTimeSeconds\":20,\"VisibilityTimeout\":43200}";
        String request = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    /** Asks again if it waited in vain, as clients do. */
    private static String bodyReceived(Socket socket, String url) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
            JsonNode messages = answer(in).path("Messages");
            while (messages.isEmpty()) {
                ask(socket, url);
                messages = answer(in).path("Messages");
            }
            assertThat(messages.size()).isEqualTo(1);
            return messages.path(0).path("Body").asString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode answer(InputStream in) throws IOException {
        int length = 0;
        String line = line(in);
        assertThat(line).isEqualTo("HTTP/1.1 200 OK");
        for (; !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        return JSON.readTree(in.readNBytes(length));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new IOException("closed after: " + line);
            }
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }
}
