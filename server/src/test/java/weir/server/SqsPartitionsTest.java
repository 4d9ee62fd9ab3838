package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import weir.cluster.ClusterNode;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;

/** Queues of four partitions in four shards, with the AWS SDK for Java, over a restart. */
@Timeout(180)
class SqsPartitionsTest {
    private static final int GROUPS = 12;
    private static final int EACH = 20;
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";
    private static final Map<String, String> FOUR = Map.of("weir:partitions", "4");

    @TempDir
    private Path data;

    /** One life of a server on the same data. */
    private static final class Life implements AutoCloseable {
        final ClusterNode node;
        final SqsServer server;
        final SqsClient sqs;
        final SnsClient sns;

        Life(Path data) throws Exception {
            node = ClusterNode.open(data, 4, (group, cause) -> {
                throw new AssertionError("the replica " + group + " stopped", cause);
            });
            server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0), node, InstantSource.system());
            URI address = URI.create("http://127.0.0.1:" + server.port());
            var anybody = StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing"));
            sqs = SqsClient.builder()
                    .endpointOverride(address)
                    .region(Region.US_EAST_1)
                    .credentialsProvider(anybody)
                    .httpClientBuilder(UrlConnectionHttpClient.builder())
                    .build();
            sns = SnsClient.builder()
                    .endpointOverride(address)
                    .region(Region.US_EAST_1)
                    .credentialsProvider(anybody)
                    .httpClientBuilder(UrlConnectionHttpClient.builder())
                    .build();
        }

        String standard(String name) {
            return sqs.createQueue(request -> request.queueName(name).tags(FOUR))
                    .queueUrl();
        }

        String fifo(String name, Map<QueueAttributeName, String> more) {
            Map<QueueAttributeName, String> attributes = new HashMap<>(more);
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
            attributes.put(QueueAttributeName.DEDUPLICATION_SCOPE, "messageGroup");
            attributes.put(QueueAttributeName.FIFO_THROUGHPUT_LIMIT, "perMessageGroupId");
            return sqs.createQueue(request ->
                            request.queueName(name).attributes(attributes).tags(FOUR))
                    .queueUrl();
        }

        String url(String name) {
            return sqs.getQueueUrl(request -> request.queueName(name)).queueUrl();
        }

        List<Message> receive(String url, int wait) {
            return sqs.receiveMessage(request -> request.queueUrl(url)
                            .maxNumberOfMessages(10)
                            .waitTimeSeconds(wait)
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                    .messages();
        }

        void delete(String url, Message message) {
            sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
        }

        Map<QueueAttributeName, String> counters(String url) {
            return sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                    .attributes();
        }

        @Override
        public void close() {
            sns.close();
            sqs.close();
            server.close();
            node.close();
        }
    }

    private static SendMessageBatchRequestEntry entry(int number, String body, String group) {
        return SendMessageBatchRequestEntry.builder()
                .id("e" + number)
                .messageBody(body)
                .messageGroupId(group)
                .messageDeduplicationId(body.replace(' ', '-'))
                .build();
    }

    @Test
    void fifoQueueKeepsTheOrderOfItsGroupsOverARestart() throws Exception {
        Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
        try (Life life = new Life(data)) {
            String url = life.fifo("orders.fifo", Map.of());
            for (int number = 0; number < EACH; number++) {
                int n = number;
                for (int from = 0; from < GROUPS; from += 6) {
                    List<SendMessageBatchRequestEntry> entries = IntStream.range(from, from + 6)
                            .mapToObj(g -> entry(g, g + " " + n, "g" + g))
                            .toList();
                    SendMessageBatchResponse sent = life.sqs.sendMessageBatch(
                            request -> request.queueUrl(url).entries(entries));
                    assertThat(sent.failed()).isEmpty();
                    assertThat(sent.successful())
                            .extracting(one -> one.id())
                            .containsExactlyElementsOf(entries.stream()
                                    .map(SendMessageBatchRequestEntry::id)
                                    .toList());
                    SendMessageBatchResponse again = life.sqs.sendMessageBatch(
                            request -> request.queueUrl(url).entries(entries));
                    assertThat(again.successful())
                            .extracting(one -> one.messageId())
                            .isEqualTo(sent.successful().stream()
                                    .map(one -> one.messageId())
                                    .toList());
                }
            }
            assertThat(life.counters(url))
                    .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, Integer.toString(GROUPS * EACH));
            consume(life, url, handled, GROUPS * EACH / 2);
        }
        try (Life life = new Life(data)) {
            String url = life.url("orders.fifo");
            consume(life, url, handled, GROUPS * EACH);
            assertThat(life.counters(url))
                    .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
                    .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0");
        }
        List<Integer> all = IntStream.range(0, EACH).boxed().toList();
        assertThat(handled)
                .hasSize(GROUPS)
                .allSatisfy((group, numbers) -> assertThat(numbers).as(group).isEqualTo(all));
    }

    /** By three consumers at a time; each message is handled before it is deleted. */
    private static void consume(Life life, String url, Map<String, List<Integer>> handled, int until) throws Exception {
        AtomicInteger count =
                new AtomicInteger(handled.values().stream().mapToInt(List::size).sum());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> consumers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                consumers.add(threads.submit(() -> {
                    while (count.get() < until) {
                        for (Message message : life.receive(url, 1)) {
                            String[] body = message.body().split(" ", -1);
                            handled.computeIfAbsent(body[0], _ -> new ArrayList<>())
                                    .add(Integer.valueOf(body[1]));
                            count.incrementAndGet();
                            life.delete(url, message);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : consumers) {
                one.get();
            }
        }
    }

    @Test
    void standardQueueGivesEachMessageOverARestart() throws Exception {
        List<String> bodies = new ArrayList<>();
        try (Life life = new Life(data)) {
            String url = life.standard("jobs");
            for (int i = 0; i < 40; i++) {
                int n = i;
                life.sqs.sendMessage(request -> request.queueUrl(url).messageBody("job " + n));
            }
            assertThat(life.node.list("jobs", "", 1).getFirst().partitions()).isEqualTo(4);
        }
        try (Life life = new Life(data)) {
            String url = life.url("jobs");
            assertThat(life.counters(url)).containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "40");
            while (bodies.size() < 40) {
                List<Message> messages = life.receive(url, 5);
                messages.forEach(message -> bodies.add(message.body()));
                var deleted = life.sqs.deleteMessageBatch(request -> request.queueUrl(url)
                        .entries(IntStream.range(0, messages.size())
                                .mapToObj(i ->
                                        software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry
                                                .builder()
                                                .id("d" + i)
                                                .receiptHandle(messages.get(i).receiptHandle())
                                                .build())
                                .toList()));
                assertThat(deleted.failed()).isEmpty();
                assertThat(deleted.successful()).hasSize(messages.size());
            }
            assertThat(bodies).doesNotHaveDuplicates();
            assertThat(life.counters(url))
                    .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0");
        }
    }

    @Test
    void partitionsAreATagThatCannotBeChanged() throws Exception {
        try (Life life = new Life(data)) {
            String url = life.standard("jobs");
            assertThat(life.standard("jobs")).isEqualTo(url);
            assertThat(life.sqs.listQueueTags(request -> request.queueUrl(url)).tags())
                    .isEqualTo(FOUR);
            assertThatThrownBy(() -> life.sqs.createQueue(
                            request -> request.queueName("jobs").tags(Map.of("weir:partitions", "5"))))
                    .isInstanceOf(QueueNameExistsException.class);
            assertThatThrownBy(() ->
                            life.sqs.tagQueue(request -> request.queueUrl(url).tags(Map.of("weir:partitions", "5"))))
                    .isInstanceOf(SqsException.class)
                    .hasMessageContaining("was created with 4");
            assertThatThrownBy(() ->
                            life.sqs.untagQueue(request -> request.queueUrl(url).tagKeys("weir:partitions")))
                    .isInstanceOf(SqsException.class)
                    .hasMessageContaining("was created with 4");
            life.sqs.tagQueue(request -> request.queueUrl(url).tags(Map.of("weir:partitions", "4", "team", "a")));
            assertThat(life.sqs.listQueueTags(request -> request.queueUrl(url)).tags())
                    .isEqualTo(Map.of("weir:partitions", "4", "team", "a"));
            assertThatThrownBy(() -> life.sqs.createQueue(
                            request -> request.queueName("many").tags(Map.of("weir:partitions", "65"))))
                    .isInstanceOf(SqsException.class)
                    .hasMessageContaining("allowed is 1 to 64");
        }
    }

    @Test
    void fifoQueueOfSeveralPartitionsHasToDeduplicateWithinItsGroups() throws Exception {
        try (Life life = new Life(data)) {
            assertThatThrownBy(() -> life.sqs.createQueue(request -> request.queueName("orders.fifo")
                            .attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true"))
                            .tags(FOUR)))
                    .isInstanceOf(InvalidAttributeValueException.class)
                    .hasMessageContaining("must have messageGroup");
            String url = life.fifo("orders.fifo", Map.of());
            assertThatThrownBy(() -> life.sqs.setQueueAttributes(request -> request.queueUrl(url)
                            .attributes(Map.of(
                                    QueueAttributeName.DEDUPLICATION_SCOPE,
                                    "queue",
                                    QueueAttributeName.FIFO_THROUGHPUT_LIMIT,
                                    "perQueue"))))
                    .isInstanceOf(InvalidAttributeValueException.class)
                    .hasMessageContaining("must have messageGroup");
        }
    }

    @Test
    void receiveThatIsRepeatedByItsAttemptIdFindsWhatTheFirstGot() throws Exception {
        try (Life life = new Life(data)) {
            String url = life.fifo("orders.fifo", Map.of());
            for (int g = 0; g < 8; g++) {
                int n = g;
                life.sqs.sendMessage(request -> request.queueUrl(url)
                        .messageBody("m" + n)
                        .messageGroupId("g" + n)
                        .messageDeduplicationId("d"));
            }
            List<List<String>> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                answers.add(life
                        .sqs
                        .receiveMessage(request ->
                                request.queueUrl(url).maxNumberOfMessages(3).receiveRequestAttemptId("once"))
                        .messages()
                        .stream()
                        .map(Message::body)
                        .sorted()
                        .toList());
            }
            assertThat(answers.getFirst()).hasSize(3).isEqualTo(answers.getLast());
        }
    }

    @Test
    void fifoTopicForwardsToAPartitionedQueueInOrderAndOnce() throws Exception {
        try (Life life = new Life(data)) {
            String url = life.fifo("orders.fifo", Map.of());
            String topic = life.sns
                    .createTopic(request -> request.name("news.fifo").attributes(Map.of("FifoTopic", "true")))
                    .topicArn();
            life.sns.subscribe(request -> request.topicArn(topic)
                    .protocol("sqs")
                    .endpoint(ARN + "orders.fifo")
                    .attributes(Map.of("RawMessageDelivery", "true")));
            for (int i = 0; i < 30; i++) {
                int n = i;
                life.sns.publish(request -> request.topicArn(topic)
                        .message(n % 6 + " " + n / 6)
                        .messageGroupId("g" + n % 6)
                        .messageDeduplicationId("d" + n));
            }
            Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
            consume(life, url, handled, 30);
            assertThat(handled).hasSize(6).allSatisfy((group, numbers) -> assertThat(numbers)
                    .containsExactly(0, 1, 2, 3, 4));
        }
    }

    @Test
    void deadLettersOfAPartitionedQueueAreMovedBackFromAPartitionedOne() throws Exception {
        try (Life life = new Life(data)) {
            String dead = life.standard("dead");
            life.sqs.createQueue(request -> request.queueName("jobs")
                    .tags(FOUR)
                    .attributes(Map.of(
                            QueueAttributeName.REDRIVE_POLICY,
                            "{\"deadLetterTargetArn\":\"" + ARN + "dead\",\"maxReceiveCount\":1}",
                            QueueAttributeName.VISIBILITY_TIMEOUT,
                            "0")));
            String url = life.url("jobs");
            for (int i = 0; i < 20; i++) {
                int n = i;
                life.sqs.sendMessage(request -> request.queueUrl(url).messageBody("m" + n));
            }
            while (!"20".equals(life.counters(dead).get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))) {
                life.receive(url, 1);
            }
            life.sqs.setQueueAttributes(
                    request -> request.queueUrl(url).attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "60")));
            life.sqs.startMessageMoveTask(request -> request.sourceArn(ARN + "dead"));
            List<String> back = new ArrayList<>();
            while (back.size() < 20) {
                life.receive(url, 5).forEach(message -> back.add(message.body()));
            }
            assertThat(back).doesNotHaveDuplicates();
            assertThat(life.counters(dead)).containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0");
        }
    }

    @Test
    void purgeAndDeletionReachEveryPartition() throws Exception {
        try (Life life = new Life(data)) {
            String url = life.standard("jobs");
            for (int i = 0; i < 8; i++) {
                life.sqs.sendMessage(request -> request.queueUrl(url).messageBody("m"));
            }
            life.sqs.purgeQueue(request -> request.queueUrl(url));
            assertThat(life.counters(url)).containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0");
            assertThat(life.receive(url, 0)).isEmpty();
            life.sqs.deleteQueue(request -> request.queueUrl(url));
            assertThatThrownBy(() -> life.receive(url, 0)).isInstanceOf(SqsException.class);
        }
    }
}
