package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final int KILLS = Integer.getInteger("kills", 12);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int SENDERS = 4;
    private static final int RECEIVERS = 4;
    /** From ready to killed: between one that has hardly begun to serve and one that has made checkpoints. */
    private static final int LIFE_MILLIS_MAX = 2_500;

    /** With {@link #HEAP}, two or three megabytes a second make a checkpoint every other second. */
    private static final String PADDING = "x".repeat(2_000);

    private static final String HEAP = "-Xmx128m";
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init") // Set by the test.
    private KilledServer server;

    private volatile boolean sending = true;
    private final AtomicInteger repeats = new AtomicInteger();

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
        server = new KilledServer(data, HEAP);
        List<Thread> clients = new ArrayList<>();
        try {
            for (Ledger ledger : ledgers) {
                call("CreateQueue", create(ledger));
                for (int i = 0; i < SENDERS; i++) {
                    String group = "g" + i;
                    clients.add(server.client(() -> send(ledger, group)));
                }
                for (int i = 0; i < RECEIVERS; i++) {
                    clients.add(server.client(() -> receive(ledger)));
                }
            }
            for (int kill = 0; kill < KILLS; kill++) {
                server.killAfter(random.nextInt(LIFE_MILLIS_MAX));
            }
            sending = false;
            for (Thread client : clients) {
                client.join();
            }
        } finally {
            clients.forEach(Thread::interrupt);
            server.close();
        }
        assertThat(server.broken()).isEmpty();
        for (Ledger ledger : ledgers) {
            System.out.printf(
                    "SqsKillTest: %s: %d sends and %d deletes acknowledged, %d repeats%n",
                    ledger.queue, ledger.sent.size(), ledger.deleted.size(), repeats.get());
            assertThat(ledger.received).containsAll(ledger.sent);
            assertThat(ledger.deleted).isNotEmpty();
        }
    }

    // ---- Clients

    /** The answer; null if there was none, so that nobody knows whether it was done. */
    private @Nullable JsonNode call(String action, String body) throws InterruptedException {
        String answer = server.post(
                action,
                body.replace('\'', '"'),
                "X-Amz-Target",
                "AmazonSQS." + action,
                "Content-Type",
                "application/x-amz-json-1.0");
        return answer == null ? null : JSON.readTree(answer);
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
                        server.broke("repeated after a restart, " + before + " became " + again + ", was " + idBefore);
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
            server.broke("deleted from " + ledger.queue + " and there again: " + body);
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
            server.broke("out of order: " + parts[0] + " " + number);
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
