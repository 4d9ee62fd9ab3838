package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server is killed (SIGKILL) while clients publish: to a FIFO topic with two queues, and to a topic with a subscriber
 * by HTTP. What was acknowledged reaches both queues once and in the order of its group, and the HTTP subscriber at least
 * once. {@code -Dkills=50} kills it more often.
 */
class SnsKillTest {
    private static final Pattern READY =
            Pattern.compile(".* is ready after .* SQS (http://127\\.0\\.0\\.1:\\d+)[, ].*");
    private static final int KILLS = Integer.getInteger("kills", 5);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int GROUPS = 3;
    private static final int LIFE_MILLIS_MAX = 2_500;

    /** Enough for a server that lives longest; all that is published has to be received in the end. */
    private static final int ORDERS_PER_LIFE = 2_000;

    private static final List<String> QUEUES = List.of("left.fifo", "right.fifo");
    private static final String QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:";
    private static final String TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:";

    @TempDir
    private Path data;

    /** What may still be published in this life. */
    private final Semaphore published = new Semaphore(ORDERS_PER_LIFE);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Object addressChanged = new Object();
    /** Guarded by {@link #addressChanged}; null while no server is ready. */
    private @Nullable URI address;

    private volatile boolean publishing = true;
    /** How many of each group were acknowledged: all numbers below. */
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

    private final Set<String> hooksAcknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    @Test
    void whatWasAcknowledgedReachesEverySubscriber() throws Exception {
        System.out.println("SnsKillTest: -Dkills=" + KILLS + " -Dseed=" + SEED);
        var random = new SplittableRandom(SEED);
        Process server = start();
        List<Thread> publishers = new ArrayList<>();
        try (HttpSubscriber hook = new HttpSubscriber()) {
            prepare(hook);
            for (int i = 0; i < GROUPS; i++) {
                String group = "g" + i;
                publishers.add(client(() -> publishOrders(group)));
            }
            publishers.add(client(this::publishHooks));
            for (int kill = 0; kill < KILLS; kill++) {
                assertThat(server.waitFor(random.nextInt(LIFE_MILLIS_MAX), TimeUnit.MILLISECONDS))
                        .as("the server ended by itself")
                        .isFalse();
                move(null);
                server.destroyForcibly().waitFor();
                server = start();
                published.release(ORDERS_PER_LIFE);
            }
            publishing = false;
            published.release(2 * GROUPS);
            for (Thread publisher : publishers) {
                publisher.join();
            }
            for (String queue : QUEUES) {
                checkOrders(queue);
            }
            checkHooks(hook);
        } finally {
            publishers.forEach(Thread::interrupt);
            server.destroyForcibly();
        }
        assertThat(broken).isEmpty();
        System.out.println("SnsKillTest: " + acknowledged + " orders and " + hooksAcknowledged.size() + " hooks");
    }

    private void prepare(HttpSubscriber hook) throws Exception {
        require(
                "CreateTopic",
                Map.of(
                        "Name",
                        "orders.fifo",
                        "Attributes.entry.1.key",
                        "FifoTopic",
                        "Attributes.entry.1.value",
                        "true"));
        for (String queue : QUEUES) {
            require(
                    "CreateQueue",
                    Map.of("QueueName", queue, "Attribute.1.Name", "FifoQueue", "Attribute.1.Value", "true"));
            require(
                    "Subscribe",
                    Map.of(
                            "TopicArn",
                            TOPIC_ARN + "orders.fifo",
                            "Protocol",
                            "sqs",
                            "Endpoint",
                            QUEUE_ARN + queue,
                            "Attributes.entry.1.key",
                            "RawMessageDelivery",
                            "Attributes.entry.1.value",
                            "true"));
        }
        require("CreateTopic", Map.of("Name", "hooks"));
        require("Subscribe", Map.of("TopicArn", TOPIC_ARN + "hooks", "Protocol", "http", "Endpoint", hook.url()));
        hook.confirm();
    }

    // ---- What clients do

    /** Publishes 0, 1, 2, ... and repeats each until it is acknowledged. */
    private void publishOrders(String group) throws InterruptedException {
        for (int number = 0; publishing; number++) {
            published.acquire();
            String text = group + " " + number;
            Map<String, String> parameters = Map.of(
                    "TopicArn",
                    TOPIC_ARN + "orders.fifo",
                    "Message",
                    text,
                    "MessageGroupId",
                    group,
                    "MessageDeduplicationId",
                    text.replace(' ', '-'));
            String answer = null;
            while (answer == null) {
                answer = call("Publish", parameters);
            }
            acknowledged.put(group, number + 1);
        }
    }

    private void publishHooks() throws InterruptedException {
        for (int number = 0; publishing; number++) {
            published.acquire();
            String text = "hook " + number;
            if (call("Publish", Map.of("TopicArn", TOPIC_ARN + "hooks", "Message", text)) != null) {
                hooksAcknowledged.add(text);
            }
        }
    }

    /** Receives and deletes until everything was there, each exactly once and in order. */
    private void checkOrders(String queue) throws InterruptedException {
        Map<String, Integer> next = new LinkedHashMap<>();
        Pattern message = Pattern.compile("<Body>(g\\d) (\\d+)</Body>");
        Pattern receipt = Pattern.compile("<ReceiptHandle>(.*?)</ReceiptHandle>");
        while (!next.equals(acknowledged)) {
            String answer = require(
                    "ReceiveMessage", Map.of("QueueUrl", queue, "MaxNumberOfMessages", "10", "WaitTimeSeconds", "20"));
            Matcher bodies = message.matcher(answer);
            int found = 0;
            for (; bodies.find(); found++) {
                int expected = next.getOrDefault(bodies.group(1), 0);
                assertThat(bodies.group()).isEqualTo("<Body>" + bodies.group(1) + " " + expected + "</Body>");
                next.put(bodies.group(1), expected + 1);
            }
            assertThat(found).as("%s has %s of %s", queue, next, acknowledged).isPositive();
            Map<String, String> delete = new LinkedHashMap<>(Map.of("QueueUrl", queue));
            int number = 1;
            for (Matcher receipts = receipt.matcher(answer); receipts.find(); number++) {
                delete.put("DeleteMessageBatchRequestEntry." + number + ".Id", "d" + number);
                delete.put("DeleteMessageBatchRequestEntry." + number + ".ReceiptHandle", receipts.group(1));
            }
            require("DeleteMessageBatch", delete);
        }
        assertThat(require("ReceiveMessage", Map.of("QueueUrl", queue, "WaitTimeSeconds", "1")))
                .doesNotContain("<Body>");
    }

    private void checkHooks(HttpSubscriber hook) throws InterruptedException {
        Set<String> missing = new TreeSet<>(hooksAcknowledged);
        while (!missing.isEmpty()) {
            missing.remove(hook.next().get("Message").asString());
        }
    }

    // ---- The server

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
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

    private String require(String action, Map<String, String> parameters) throws InterruptedException {
        String answer = call(action, parameters);
        if (answer == null) {
            throw new AssertionError(action + " was not answered");
        }
        return answer;
    }

    /** The answer; null if there was none, so that nobody knows whether it was done. */
    private @Nullable String call(String action, Map<String, String> parameters) throws InterruptedException {
        boolean sns = Set.of("CreateTopic", "Subscribe", "Publish").contains(action);
        String form = "Action=" + action + "&Version=" + (sns ? "2010-03-31" : "2012-11-05") + "&"
                + parameters.entrySet().stream()
                        .map(entry ->
                                entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(awaitAddress())
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
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
}
