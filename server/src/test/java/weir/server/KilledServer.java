package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A server that is killed (SIGKILL) and started again on the same data, for clients that wait until it is back. */
final class KilledServer implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Path data;
    private final String[] javaOptions;
    private final HttpClient http = HttpClient.newHttpClient();
    private NodeProcess process;
    /** What was found to be wrong. */
    private final Queue<String> broken = new ConcurrentLinkedQueue<>();

    private final Object addressChanged = new Object();
    /** Guarded by {@link #addressChanged}; null while no server is ready. */
    private @Nullable URI address;

    KilledServer(Path data, String... javaOptions) throws Exception {
        this.data = data;
        this.javaOptions = javaOptions;
        process = started();
    }

    private NodeProcess started() throws Exception {
        NodeProcess next = NodeProcess.start(data, Map.of(), javaOptions).awaitReady();
        move(next.sqs());
        return next;
    }

    /** Kills it when it has lived so long, and starts another. */
    void killAfter(int millis) throws Exception {
        assertThat(process.endsWithin(Duration.ofMillis(millis)))
                .as("the server ended by itself")
                .isFalse();
        move(null);
        end();
        process = started();
    }

    private void end() {
        process.kill();
        process.errors().forEach(line -> broken.add("the server logged: " + line));
    }

    private void move(@Nullable URI to) {
        synchronized (addressChanged) {
            address = to;
            addressChanged.notifyAll();
        }
    }

    private URI awaitAddress() throws InterruptedException {
        synchronized (addressChanged) {
            while (address == null) {
                addressChanged.wait();
            }
            return address;
        }
    }

    /** What a client does until it is done, or interrupted. */
    interface Client {
        void run() throws InterruptedException;
    }

    Thread client(Client client) {
        return Thread.ofVirtual().start(() -> {
            try {
                client.run();
            } catch (InterruptedException _) { // The test is over.
            } catch (RuntimeException | AssertionError e) {
                broken.add(e.toString());
            }
        });
    }

    /** The answer; null if there was none, so that nobody knows whether it was done. */
    @Nullable
    String post(String action, String body, String... headers) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(awaitAddress())
                .timeout(ANSWER)
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            if (answer.statusCode() != 503) {
                throw new AssertionError(action + " was answered " + answer.body());
            }
        } catch (IOException _) { // Killed meanwhile.
        }
        return null;
    }

    void broke(String what) {
        broken.add(what);
    }

    Collection<String> broken() {
        return broken;
    }

    @Override
    public void close() {
        end();
        http.close();
    }
}
