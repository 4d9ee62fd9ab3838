package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Three nodes are lost but for a copy of one's data, which becomes a new cluster that others join. */
class RestoreTest {
    @TempDir
    private Path directory;

    private final List<NodeProcess> running = new ArrayList<>();

    @AfterEach
    void end() {
        for (NodeProcess node : running) {
            node.close();
        }
    }

    private NodeProcess start(String data, Map<String, String> variables) throws IOException {
        NodeProcess node = NodeProcess.start(directory.resolve(data), variables);
        running.add(node);
        return node;
    }

    @Test
    void copyOfOneNodeBecomesAClusterThatOthersJoin() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(3);
        List<NodeProcess> old = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            old.add(start("old-" + number, NodeProcess.clustered(number, ports)));
        }
        for (NodeProcess node : old) {
            node.awaitReady();
        }
        Set<String> before = new HashSet<>();
        Set<String> all = new HashSet<>();
        try (SqsClient sqs = old.getFirst().client()) {
            for (String queue : List.of("left", "right")) { // One in each shard.
                String url = sqs.createQueue(create -> create.queueName(queue)).queueUrl();
                for (int i = 0; i < 60; i++) {
                    String body = queue + "-" + i;
                    sqs.sendMessage(message -> message.queueUrl(url).messageBody(body));
                    before.add(body);
                }
            }
            // While it runs. What is acknowledged by now is in the copy.
            assertThat(backup("old-2", "copy")).contains("are copied to");
            all.addAll(before);
            for (String queue : List.of("left", "right")) {
                String url = sqs.getQueueUrl(get -> get.queueName(queue)).queueUrl();
                sqs.sendMessage(message -> message.queueUrl(url).messageBody(queue + "-later"));
                all.add(queue + "-later");
            }
        }
        assertThat(restore("new-1", "old-2")).contains("is used by a server");
        for (NodeProcess node : old) {
            node.kill();
        }

        assertThat(restore("new-1", "copy")).contains("Restored 2 queues in 2 shards");
        assertThat(restore("new-1", "copy")).contains("is not empty");
        assertThat(restore("whole", "old-1", "old-2", "old-3")).contains("Restored 2 queues");
        assertThat(contents("whole", Map.of("WEIR_SHARDS", "2"))).isEqualTo(all);

        List<Integer> fresh = NodeProcess.freePorts(3);
        NodeProcess first = start("new-1", NodeProcess.clustered(1, fresh)).awaitReady();
        NodeProcess second = start("new-2", NodeProcess.clustered(2, fresh)).awaitReady();
        NodeProcess third = start("new-3", NodeProcess.clustered(3, fresh)).awaitReady();
        second.await("1, 2, 3", "cluster", "status");
        second.await("All is well.", "cluster", "status");
        first.kill();
        try (SqsClient sqs = third.client()) {
            assertThat(receiveAll(sqs)).containsAll(before);
        }
        // A node of the lost cluster cannot get in.
        Map<String, String> stray = new TreeMap<>(NodeProcess.clustered(1, fresh));
        assertThat(start("old-1", stray).awaitEnd()).contains("two clusters cannot be joined");
    }

    @Test
    void whatIsNoCopyOrNotWholeIsRefusedAndNothingIsLeft() throws Exception {
        Files.createDirectories(directory.resolve("empty"));
        assertThat(restore("new", "empty")).contains("it has no weir.format");
        Unzipped.into(directory.resolve("golden"), "/golden/edition-1.zip");
        Unzipped.into(directory.resolve("other"), "/golden/edition-1.zip");
        Path format = directory.resolve("other/weir.format");
        Files.writeString(format, Files.readString(format).replaceFirst("cluster .", "cluster 0"));
        assertThat(restore("new", "golden", "other")).contains("allowed are copies of nodes of one cluster");
        assertThat(restore("golden/new", "golden")).contains("lies in the copy");
        Files.move(directory.resolve("other/shard-1"), directory.resolve("aside"));
        assertThat(restore("new", "other")).contains("of the shard 1 there is no replica");
        Files.move(directory.resolve("aside"), directory.resolve("other/shard-1"));
        assertThat(directory.resolve("new")).doesNotExist();

        // A bit is flipped: it says so, leaves a directory that no server takes, and may be repeated with a whole copy.
        try (var files = Files.walk(directory.resolve("other/shard-0"))) {
            Path segment = files.filter(file -> file.getFileName().toString().startsWith("manifest-"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            bytes[bytes.length / 2] ^= 1;
            Files.write(segment, bytes);
        }
        assertThat(restore("new", "other")).contains("is damaged");
        assertThat(start("new", Map.of("WEIR_SHARDS", "2")).awaitEnd())
                .contains("allowed is a directory that is whole");
        assertThat(restore("new", "golden")).contains("Restored 7 queues");
        assertThat(restore("newer", "new")).contains("Restored 7 queues");
        assertThat(contents("newer", Map.of("WEIR_SHARDS", "2"))).contains("order-8", "order-29", "dead-0", "whole");
    }

    /** The process that restores is killed over and over, a little later each time, until it is done before that. */
    @Test
    void restoringMayBeKilledAtAnyTime() throws Exception {
        Unzipped.into(directory.resolve("golden"), "/golden/edition-1.zip");
        int kills = 0;
        boolean whole = false;
        for (int lines = 1; !whole; lines++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "weir.server.Main",
                            "cluster",
                            "restore",
                            "--data",
                            directory.resolve("new").toString(),
                            directory.resolve("golden").toString())
                    .redirectErrorStream(true)
                    .start();
            long files = 0;
            while (process.isAlive() && files < lines * 3L) {
                files = filesIn(directory.resolve("new"));
            }
            process.destroyForcibly().waitFor();
            whole = Files.exists(directory.resolve("new/weir.format"))
                    && !Files.exists(directory.resolve("new/unfinished"));
            kills += whole ? 0 : 1;
            if (!whole && Files.exists(directory.resolve("new/unfinished"))) {
                assertThat(restore("from-" + lines, "new")).contains("was not finished");
            }
        }
        assertThat(kills).isPositive();
        assertThat(contents("new", Map.of("WEIR_SHARDS", "2"))).contains("order-8", "order-29", "dead-0");
    }

    private static long filesIn(Path directory) {
        if (!Files.exists(directory)) {
            return 0;
        }
        try (var files = Files.walk(directory)) {
            return files.count();
        } catch (IOException | java.io.UncheckedIOException _) {
            return 0; // Some went away while they were counted.
        }
    }

    private String backup(String data, String copy) {
        return NodeProcess.run(
                "cluster",
                "backup",
                "--data",
                directory.resolve(data).toString(),
                directory.resolve(copy).toString());
    }

    private String restore(String data, String... copies) {
        List<String> arguments = new ArrayList<>(
                List.of("cluster", "restore", "--data", directory.resolve(data).toString()));
        for (String copy : copies) {
            arguments.add(directory.resolve(copy).toString());
        }
        return NodeProcess.run(arguments.toArray(String[]::new));
    }

    private Set<String> contents(String data, Map<String, String> variables) throws Exception {
        try (NodeProcess node = start(data, variables).awaitReady();
                SqsClient sqs = node.client()) {
            return receiveAll(sqs);
        }
    }

    private static Set<String> receiveAll(SqsClient sqs) {
        Set<String> bodies = new HashSet<>();
        for (String url : sqs.listQueues().queueUrls()) {
            List<Message> messages;
            do {
                messages = sqs.receiveMessage(receive ->
                                receive.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(1))
                        .messages();
                messages.forEach(message -> {
                    bodies.add(message.body());
                    sqs.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(message.receiptHandle()));
                });
            } while (!messages.isEmpty());
        }
        return bodies;
    }
}
