package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SqsException;

/**
 * Queues of four partitions on three nodes, which are processes of their own, asked with AWS's SDK. Each node leads one shard
 * at least, and so partitions of both queues; one of them is killed while clients of all send, receive and delete.
 */
class PartitionsClusterTest {
    private static final int NODES = 3;
    private static final int KILLED = 2;
    private static final int GROUPS = 9;
    private static final int EACH = 40;
    private static final int TOTAL = GROUPS * EACH;
    private static final int SECONDS_MAX = 180;
    private static final String VISIBILITY_SECONDS = "10";

    @TempDir
    private Path data;

    private final AtomicReferenceArray<NodeProcess> nodes = new AtomicReferenceArray<>(NODES + 1);
    private final AtomicReferenceArray<SqsClient> clients = new AtomicReferenceArray<>(NODES + 1);
    private final List<AutoCloseable> opened = new ArrayList<>();
    /** A permit for each message that both queues have acknowledged. */
    private final Semaphore sent = new Semaphore(0);

    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);

    /** What came of one queue's messages. A message is known by its body: "group number". */
    private static final class Ledger {
        final String url;
        final boolean ordered;
        final Set<String> received = ConcurrentHashMap.newKeySet();
        /** When it was known that it is deleted. */
        final Map<String, Long> deleted = new ConcurrentHashMap<>();
        /** The number that follows next in each group. Guarded by this. */
        private final Map<String, Integer> next = new HashMap<>();

        Ledger(String url) {
            this.url = url;
            ordered = url.endsWith(".fifo");
        }

        /** A message may come again until its deletion was acknowledged; none comes before the one before it in its group. */
        synchronized void take(String body, long askedNanos) {
            received.add(body);
            if (!ordered) {
                return; // Nor is it deduplicated: what the SDK sent again is a message of its own.
            }
            Long done = deleted.get(body);
            assertThat(done == null || done - askedNanos > 0)
                    .as("%s was deleted from %s, and comes again", body, url)
                    .isTrue();
            String[] parts = body.split(" ", 2);
            int number = Integer.parseInt(parts[1]);
            int expected = next.getOrDefault(parts[0], 0);
            assertThat(number).as("%s of group %s", url, parts[0]).isLessThanOrEqualTo(expected);
            next.put(parts[0], Math.max(expected, number + 1));
        }

        boolean isDone() {
            return deleted.size() == TOTAL;
        }
    }

    @AfterEach
    void stopAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private void start(int node, List<Integer> ports) throws Exception {
        Map<String, String> variables = new TreeMap<>(NodeProcess.clustered(node, ports));
        variables.put("WEIR_SHARDS", "4");
        NodeProcess process = NodeProcess.start(data.resolve("node-" + node), variables);
        opened.add(process);
        nodes.set(node, process);
    }

    private void awaitReady(int node) throws Exception {
        SqsClient client = nodes.get(node).client();
        opened.add(client);
        clients.set(node, client);
    }

    @Test
    void nothingIsLostAndGroupsKeepTheirOrderWhileANodeIsKilled() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(NODES);
        for (int node = 1; node <= NODES; node++) {
            start(node, ports);
        }
        for (int node = 1; node <= NODES; node++) {
            awaitReady(node);
        }
        nodes.get(1).await("All is well.", "cluster", "status");
        Ledger standard = new Ledger(create("wide", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, VISIBILITY_SECONDS)));
        Ledger ordered = new Ledger(create(
                "wide.fifo",
                Map.of(
                        QueueAttributeName.FIFO_QUEUE,
                        "true",
                        QueueAttributeName.DEDUPLICATION_SCOPE,
                        "messageGroup",
                        QueueAttributeName.VISIBILITY_TIMEOUT,
                        VISIBILITY_SECONDS)));
        List<Future<?>> tasks = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int node = 1; node <= NODES; node++) {
                int first = node;
                tasks.add(threads.submit(() -> send(first, standard.url, ordered.url)));
                tasks.add(threads.submit(() -> receive(first, standard)));
                tasks.add(threads.submit(() -> receive(first, ordered)));
            }
            awaitSent(TOTAL / 3);
            nodes.get(KILLED).kill();
            awaitSent(TOTAL / 3);
            start(KILLED, ports);
            awaitReady(KILLED);
            for (Future<?> task : tasks) {
                task.get(SECONDS_MAX, TimeUnit.SECONDS);
            }
        } finally {
            tasks.forEach(task -> task.cancel(true));
        }
        for (int node = 1; node <= NODES; node++) {
            assertThat(counters(clients.get(node), ordered.url)).containsOnly("0");
            while (!counters(clients.get(node), standard.url).equals(List.of("0", "0", "0"))) {
                take(node, standard); // Such as was sent twice.
            }
        }
        assertThat(standard.received).hasSize(TOTAL);
        assertThat(ordered.received).hasSize(TOTAL);
    }

    private String create(String name, Map<QueueAttributeName, String> attributes) {
        return clients.get(1)
                .createQueue(
                        create -> create.queueName(name).attributes(attributes).tags(Map.of("weir:partitions", "4")))
                .queueUrl();
    }

    private void awaitSent(int messages) throws InterruptedException {
        assertThat(sent.tryAcquire(messages, SECONDS_MAX, TimeUnit.SECONDS))
                .as("clients go on sending")
                .isTrue();
    }

    /** Asks that node, and if it has no answer the next ones in turn. */
    private <T> T ask(int first, Function<SqsClient, T> call) {
        for (int turn = 0; ; turn++) {
            try {
                return call.apply(clients.get(1 + (first - 1 + turn) % NODES));
            } catch (SdkException e) {
                boolean refused = e instanceof SqsException answer && answer.statusCode() < 500;
                if (refused || System.nanoTime() - end > 0) {
                    throw e;
                }
            }
        }
    }

    /** To its groups one number after the other, each until it is acknowledged, and through one node after the other. */
    private void send(int sender, String standard, String ordered) {
        for (int number = 0; number < EACH; number++) {
            for (int group = sender - 1; group < GROUPS; group += NODES) {
                String name = "g" + group;
                String body = name + " " + number;
                String id = Integer.toString(number);
                int first = 1 + (sender + number) % NODES;
                ask(
                        first,
                        sqs -> sqs.sendMessage(
                                message -> message.queueUrl(standard).messageBody(body)));
                ask(
                        first,
                        sqs -> sqs.sendMessage(message -> message.queueUrl(ordered)
                                .messageBody(body)
                                .messageGroupId(name)
                                .messageDeduplicationId(id)));
                sent.release();
            }
        }
    }

    private void receive(int first, Ledger from) {
        while (!from.isDone()) {
            take(first, from);
        }
    }

    private void take(int first, Ledger from) {
        assertThat(System.nanoTime() - end)
                .as("%s is taken out: %d of %d", from.url, from.deleted.size(), TOTAL)
                .isNegative();
        long asked = System.nanoTime();
        List<Message> messages = ask(first, sqs -> sqs.receiveMessage(receive ->
                        receive.queueUrl(from.url).maxNumberOfMessages(10).waitTimeSeconds(1))
                .messages());
        messages.forEach(message -> from.take(message.body(), asked));
        for (Message message : messages) {
            try {
                ask(
                        first,
                        sqs -> sqs.deleteMessage(
                                delete -> delete.queueUrl(from.url).receiptHandle(message.receiptHandle())));
                from.deleted.putIfAbsent(message.body(), System.nanoTime());
            } catch (SqsException e) {
                assertThat(e).hasMessageContaining("expired"); // While a leader was looked for: it comes again.
            }
        }
    }

    private static List<String> counters(SqsClient sqs, String url) {
        List<QueueAttributeName> names = List.of(
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED);
        return List.copyOf(sqs.getQueueAttributes(get -> get.queueUrl(url).attributeNames(names))
                .attributes()
                .values());
    }
}
