package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Three nodes that take part in the first edition only, as an older release would, and end the moment they are given anything
 * newer; one by one they are stopped and started with the newest, while messages are sent and received.
 */
class RollingUpgradeTest {
    private static final String QUEUE = "rolling.fifo";

    @TempDir
    private Path data;

    private final AtomicReferenceArray<NodeProcess> nodes = new AtomicReferenceArray<>(4);
    private final Set<String> sent = Collections.synchronizedSet(new HashSet<>());
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore newlySent = new Semaphore(0);
    private volatile boolean done;

    @AfterEach
    void end() {
        done = true;
        for (int node = 1; node < nodes.length(); node++) {
            NodeProcess there = nodes.get(node);
            if (there != null) {
                there.close();
            }
        }
    }

    private NodeProcess start(int number, List<Integer> ports, String edition) throws Exception {
        Map<String, String> variables = new TreeMap<>(NodeProcess.clustered(number, ports));
        variables.put("WEIR_NODE_EDITION", edition);
        NodeProcess node = NodeProcess.start(data.resolve("node-" + number), variables);
        nodes.set(number, node);
        return node;
    }

    @Test
    void nothingIsLostWhileAClusterIsUpgradedNodeByNode() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(3);
        for (int number = 1; number <= 3; number++) {
            start(number, ports, "1");
        }
        for (int number = 1; number <= 3; number++) {
            nodes.get(number).awaitReady();
        }
        try (SqsClient sqs = nodes.get(1).client()) {
            Map<QueueAttributeName, String> fifo = Map.of(QueueAttributeName.FIFO_QUEUE, "true");
            sqs.createQueue(create -> create.queueName(QUEUE).attributes(fifo));
        }
        Thread sender = Thread.ofVirtual().start(this::send);
        Thread receiver = Thread.ofVirtual().start(this::receive);
        for (int number = 1; number <= 3; number++) {
            nodes.get(number).stop();
            start(number, ports, "2").awaitReady();
            nodes.get(number).await("All is well.", "cluster", "status");
            if (number < 3) {
                assertThat(nodes.get(number).weir("cluster", "status"))
                        .contains("Edition 1, and 2 as soon as these nodes know it, too:");
            }
        }
        nodes.get(2).await("Edition 2.", "cluster", "status");
        newlySent.drainPermits();
        newlySent.acquire(20); // It goes on at the new edition.
        done = true;
        sender.join();
        receiver.join();
        try (SqsClient sqs = nodes.get(3).client()) {
            drain(sqs);
        }
        assertThat(new HashSet<>(received)).isEqualTo(sent);

        nodes.get(1).stop();
        assertThat(start(1, ports, "1").awaitEnd()).contains("has come to edition 2, but this node reads none above 1");
        NodeProcess late = NodeProcess.start(data.resolve("node-4"), late(ports));
        try (late) {
            assertThat(late.awaitEnd()).contains("has come to edition 2, but this node reads none above 1");
        }
    }

    /** A node of the older release that comes when the cluster has left it behind. */
    private static Map<String, String> late(List<Integer> ports) throws Exception {
        List<Integer> more = new ArrayList<>(ports);
        more.addAll(NodeProcess.freePorts(1));
        Map<String, String> variables = NodeProcess.clustered(4, more);
        variables.put("WEIR_NODE_EDITION", "1");
        return variables;
    }

    /** Each message until somebody has taken it; the deduplication id makes one of what was tried twice. */
    private void send() {
        for (int i = 0; !done; i++) {
            String body = "m" + i;
            for (int at = i; !sent.contains(body); at++) {
                try (SqsClient sqs = nodes.get(1 + at % 3).client()) {
                    String url = sqs.getQueueUrl(get -> get.queueName(QUEUE)).queueUrl();
                    sqs.sendMessage(message -> message.queueUrl(url)
                            .messageBody(body)
                            .messageGroupId("g")
                            .messageDeduplicationId(body));
                    sent.add(body);
                    newlySent.release();
                } catch (Exception _) { // That node is just being upgraded; another takes it.
                    if (done) {
                        return;
                    }
                }
            }
        }
    }

    private void receive() {
        for (int at = 0; !done; at++) {
            try (SqsClient sqs = nodes.get(1 + at % 3).client()) {
                drain(sqs);
            } catch (Exception _) { // The same.
            }
        }
    }

    private void drain(SqsClient sqs) {
        String url = sqs.getQueueUrl(get -> get.queueName(QUEUE)).queueUrl();
        while (true) {
            List<Message> messages = sqs.receiveMessage(receive -> receive.queueUrl(url)
                            .maxNumberOfMessages(10)
                            .visibilityTimeout(5)
                            .waitTimeSeconds(done ? 6 : 1))
                    .messages();
            if (messages.isEmpty()) {
                return;
            }
            for (Message message : messages) {
                deleted(sqs, url, message);
            }
        }
    }

    /** Counted once deleted: whether it was, if nobody answers, the next delivery or its absence tells. */
    private void deleted(SqsClient sqs, String url, Message message) {
        try {
            sqs.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(message.receiptHandle()));
        } finally {
            synchronized (received) {
                if (!received.contains(message.body())) {
                    received.add(message.body());
                }
            }
        }
    }
}
