package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real server is killed again and again (SIGKILL) while clients send, receive and delete over HTTP, and is held to
 * what it acknowledged: no send is lost, nothing deleted comes back, a group keeps its order, and a deduplication id that
 * is repeated after a restart is answered as it was the first time. {@code -Dkills=50} kills it more often;
 * {@code -Dseed=...} repeats the lives of a run, though not what happens in them.
 */
class SqsKillTest {
    private static final Pattern READY =
            Pattern.compile(".* is ready after .* SQS (http://127\\.0\\.0\\.1:\\d+)[, ].*");
    private static final int KILLS = Integer.getInteger("kills", 12);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int SENDERS = 4;
    private static final int RECEIVERS = 4;
    /** From ready to killed: between one that has hardly begun to serve and one that has made checkpoints. */
    private static final int LIFE_MILLIS_MAX = 2_500;

    private static final Duration ANSWER = Duration.ofSeconds(60);
    /** With {@link #HEAP}, two or three megabytes a second make a checkpoint every other second. */
    private static final String PADDING = "x".repeat(2_000);

    private static final String HEAP = "-Xmx128m";
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path data;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Object addressChanged = new Object();
    /** Guarded by {@link #addressChanged}; null while no server is ready. */
    private @Nullable URI address;

    private volatile boolean sending = true;
    private final AtomicInteger repeats = new AtomicInteger();
    /** What was found to be wrong. */
    private final Queue<String> broken = new ConcurrentLinkedQueue<>();

    /** What clients did to one queue. A message is known by its body: "group number padding". */
    private static final class Ledger {
        final String queue;
        final Set<String> sent = ConcurrentHashMap.newKeySet();
        final Set<String> received = ConcurrentHashMap.newKeySet();
        /** Deleted, or perhaps deleted. */
        final Set<String> deleteAsked = ConcurrentHashMap.newKeySet();
        /** Certainly deleted, and when that was known. */
        final Map<String, Long> deleted = new ConcurrentHashMap<>();

        Ledger(String queue) {
            this.queue = queue;
        }

        boolean isPartitioned() {
            return queue.startsWith("partitioned");
        }

        boolean isFifo() {
            return queue.endsWith(".fifo");
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        System.out.println("SqsKillTest: -Dkills=" + KILLS + " -Dseed=" + SEED);
        var random = new SplittableRandom(SEED);
        List<Ledger> ledgers = List.of(
                new Ledger("standard"),
                new Ledger("ordered.fifo"),
                new Ledger("partitioned"),
                new Ledger("partitioned.fifo"));
        Process server = start();
        List<Thread> clients = new ArrayList<>();
        try {
            for (Ledger ledger : ledgers) {
                call("CreateQueue", create(ledger));
                for (int i = 0; i < SENDERS; i++) {
                    String group = "g" + i;
                    clients.add(client(() -> send(ledger, group)));
                }
                for (int i = 0; i < RECEIVERS; i++) {
                    clients.add(client(() -> receive(ledger)));
                }
            }
            for (int kill = 0; kill < KILLS; kill++) {
                assertThat(server.waitFor(random.nextInt(LIFE_MILLIS_MAX), TimeUnit.MILLISECONDS))
                        .as("the server ended by itself")
                        .isFalse();
                move(null);
                server.destroyForcibly().waitFor();
                server = start();
            }
            sending = false;
            for (Thread client : clients) {
                client.join();
            }
        } finally {
            clients.forEach(Thread::interrupt);
            server.destroyForcibly();
        }
        assertThat(broken).isEmpty();
        for (Ledger ledger : ledgers) {
            System.out.printf(
                    "SqsKillTest: %s: %d sends and %d deletes acknowledged, %d repeats%n",
                    ledger.queue, ledger.sent.size(), ledger.deleted.size(), repeats.get());
            assertThat(ledger.received).containsAll(ledger.sent);
            assertThat(ledger.deleted).isNotEmpty();
        }
    }

    // ---- The server

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "weir.server.Main",
                        "server")
                .redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "WEIR_DATA",
                        data.toString(),
                        "WEIR_SQS_PORT",
                        "0",
                        "WEIR_AMQP_PORT",
                        "0",
                        "WEIR_ADMIN_PORT",
                        "0"));
        Process server = builder.start();
        BufferedReader log = server.inputReader(StandardCharsets.UTF_8);
        StringBuilder read = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            read.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                Thread.ofVirtual().start(() -> drain(log));
                move(URI.create(ready.group(1)));
                return server;
            }
        }
        throw new AssertionError("the server ended before it was ready:\n" + read);
    }

    private void drain(BufferedReader log) {
        try (log) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                if (line.contains(" ERROR ")) {
                    broken.add("the server logged: " + line);
                }
            }
        } catch (IOException _) { // Killed, as it should be.
        }
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

    // ---- Clients

    private interface Client {
        void run() throws InterruptedException;
    }

    private Thread client(Client client) {
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
    private @Nullable JsonNode call(String action, String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(awaitAddress())
                .timeout(ANSWER)
                .header("X-Amz-Target", "AmazonSQS." + action)
                .header("Content-Type", "application/x-amz-json-1.0")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                return JSON.readTree(answer.body());
            }
            if (answer.statusCode() != 503) {
                throw new AssertionError(action + " was answered " + answer.body());
            }
        } catch (IOException _) { // Killed meanwhile.
        }
        return null;
    }

    private static String create(Ledger ledger) {
        return "{'QueueName':'" + ledger.queue + "','Attributes':{'VisibilityTimeout':'5'"
                + (ledger.isFifo() ? ",'FifoQueue':'true','DeduplicationScope':'messageGroup'" : "") + "}"
                + (ledger.isPartitioned() ? ",'tags':{'weir:partitions':'4'}" : "") + "}";
    }

    /** Sends 0, 1, 2, ... to its group. To a FIFO queue it repeats what was not answered, and after that what was. */
    private void send(Ledger ledger, String group) throws InterruptedException {
        String before = null;
        String idBefore = null;
        for (int number = 0; sending; number++) {
            String body = group + " " + number + " " + PADDING;
            String id = sendOne(ledger, group, body);
            while (id == null && ledger.isFifo()) {
                if (before != null) {
                    String again = sendOne(ledger, group, before);
                    if (again != null && !again.equals(idBefore)) {
                        broken.add("repeated after a restart, " + before + " became " + again + ", was " + idBefore);
                    }
                    repeats.incrementAndGet();
                }
                id = sendOne(ledger, group, body);
            }
            if (id != null) {
                ledger.sent.add(body);
            }
            before = body;
            idBefore = id;
        }
    }

    private @Nullable String sendOne(Ledger ledger, String group, String body) throws InterruptedException {
        String ofFifo = ledger.isFifo()
                ? ",'MessageGroupId':'" + group + "','MessageDeduplicationId':'"
                        + body.substring(0, body.indexOf(" x")).replace(' ', '-') + "'"
                : "";
        JsonNode answer =
                call("SendMessage", "{'QueueUrl':'" + ledger.queue + "','MessageBody':'" + body + "'" + ofFifo + "}");
        return answer == null ? null : answer.get("MessageId").asString();
    }

    /** Receives and deletes until all is sent and nothing is left. */
    private void receive(Ledger ledger) throws InterruptedException {
        boolean left = true;
        while (left) {
            long asked = System.nanoTime();
            JsonNode answer = call(
                    "ReceiveMessage",
                    "{'QueueUrl':'" + ledger.queue + "','MaxNumberOfMessages':10,'WaitTimeSeconds':1}");
            JsonNode messages = answer == null ? JSON.createArrayNode() : answer.path("Messages");
            if (messages.isEmpty()) {
                left = sending || answer == null || isAnythingLeft(ledger);
                continue;
            }
            for (JsonNode message : messages) {
                check(ledger, message.get("Body").asString(), asked);
            }
            delete(ledger, messages);
        }
    }

    private void check(Ledger ledger, String body, long asked) {
        ledger.received.add(body);
        Long deleted = ledger.deleted.get(body);
        if (deleted != null && deleted - asked < 0) {
            broken.add("deleted from " + ledger.queue + " and there again: " + body);
        }
    }

    private void delete(Ledger ledger, JsonNode messages) throws InterruptedException {
        StringBuilder entries = new StringBuilder();
        List<String> bodies = new ArrayList<>();
        for (JsonNode message : messages) {
            String body = message.get("Body").asString();
            checkOrder(ledger, body, bodies);
            entries.append(bodies.isEmpty() ? "" : ",")
                    .append("{'Id':'" + bodies.size() + "','ReceiptHandle':'")
                    .append(message.get("ReceiptHandle").asString())
                    .append("'}");
            bodies.add(body);
        }
        ledger.deleteAsked.addAll(bodies);
        JsonNode answer = call("DeleteMessageBatch", "{'QueueUrl':'" + ledger.queue + "','Entries':[" + entries + "]}");
        if (answer != null) {
            for (JsonNode done : answer.path("Successful")) {
                ledger.deleted.put(bodies.get(done.get("Id").asInt()), System.nanoTime());
            }
        }
    }

    /** The one before it in its group must have been deleted, or come in the same answer before it. */
    private void checkOrder(Ledger ledger, String body, List<String> sameAnswer) {
        if (!ledger.isFifo()) {
            return;
        }
        String[] parts = body.split(" ", 3);
        int number = Integer.parseInt(parts[1]);
        String before = parts[0] + " " + (number - 1) + " " + parts[2];
        if (number > 0 && !ledger.deleteAsked.contains(before) && !sameAnswer.contains(before)) {
            broken.add("out of order: " + parts[0] + " " + number);
        }
    }

    private boolean isAnythingLeft(Ledger ledger) throws InterruptedException {
        JsonNode answer = call("GetQueueAttributes", "{'QueueUrl':'" + ledger.queue + "','AttributeNames':['All']}");
        if (answer == null) {
            return true;
        }
        JsonNode attributes = answer.get("Attributes");
        return attributes.get("ApproximateNumberOfMessages").asInt() != 0
                || attributes.get("ApproximateNumberOfMessagesNotVisible").asInt() != 0;
    }
}
