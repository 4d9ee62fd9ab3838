package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import weir.cluster.ClusterNode;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;

/** A message move task, with the AWS SDK for Java, over a restart. */
@Timeout(120)
class SqsMoveTaskTest {
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";

    @TempDir
    private Path data;

    /** One life of a server on the same data. */
    private static final class Life {
        final ClusterNode node;
        final SqsServer server;
        final SqsClient sqs;

        Life(Path data) throws Exception {
            node = ClusterNode.open(data, 2, (group, cause) -> {
                throw new AssertionError("the replica " + group + " stopped", cause);
            });
            server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0), node, InstantSource.system());
            sqs = SqsClient.builder()
                    .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                    .region(Region.US_EAST_1)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                    .httpClientBuilder(UrlConnectionHttpClient.builder())
                    .build();
        }

        String fifo(String name, Map<QueueAttributeName, String> more) {
            Map<QueueAttributeName, String> attributes = new HashMap<>(more);
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
            attributes.put(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true");
            return sqs.createQueue(request -> request.queueName(name).attributes(attributes))
                    .queueUrl();
        }

        List<String> take(String queue, int count) {
            String url = sqs.getQueueUrl(request -> request.queueName(queue)).queueUrl();
            List<String> bodies = new ArrayList<>();
            while (bodies.size() < count) {
                for (Message message : sqs.receiveMessage(
                                request -> request.queueUrl(url).waitTimeSeconds(20))
                        .messages()) {
                    bodies.add(message.body());
                    sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
                }
            }
            return bodies;
        }

        ListMessageMoveTasksResultEntry ended(String source) {
            while (true) {
                var task = sqs.listMessageMoveTasks(request -> request.sourceArn(ARN + source))
                        .results()
                        .getFirst();
                if (!task.status().equals("RUNNING")) {
                    return task;
                }
                Thread.onSpinWait();
            }
        }

        void end() throws Exception {
            sqs.close();
            server.close();
            node.close();
        }
    }

    @Test
    void taskGoesOnAfterARestart() throws Exception {
        List<String> arrived = new ArrayList<>();
        Life first = new Life(data);
        try {
            first.sqs.createQueue(request -> request.queueName("dead"));
            String url = first.sqs
                    .createQueue(request -> request.queueName("q")
                            .attributes(Map.of(
                                    QueueAttributeName.REDRIVE_POLICY,
                                    "{\"deadLetterTargetArn\":\"" + ARN + "dead\",\"maxReceiveCount\":1}",
                                    QueueAttributeName.VISIBILITY_TIMEOUT,
                                    "0")))
                    .queueUrl();
            for (int i = 0; i < 4; i++) {
                String body = Integer.toString(i);
                first.sqs.sendMessage(request -> request.queueUrl(url).messageBody(body));
            }
            first.sqs.receiveMessage(request -> request.queueUrl(url).maxNumberOfMessages(10));
            assertThat(first.sqs
                            .receiveMessage(request -> request.queueUrl(url).maxNumberOfMessages(10))
                            .messages())
                    .isEmpty();
            first.sqs.setQueueAttributes(
                    request -> request.queueUrl(url).attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "60")));
            first.sqs.startMessageMoveTask(
                    request -> request.sourceArn(ARN + "dead").maxNumberOfMessagesPerSecond(1));
            arrived.addAll(first.take("q", 1));
        } finally {
            first.end();
        }
        Life second = new Life(data);
        try {
            arrived.addAll(second.take("q", 3));
            ListMessageMoveTasksResultEntry task = second.ended("dead");
            assertThat(task.status()).isEqualTo("COMPLETED");
            assertThat(task.approximateNumberOfMessagesMoved()).isEqualTo(4);
        } finally {
            second.end();
        }
        assertThat(arrived).containsExactly("0", "1", "2", "3");
    }

    /** A group is locked while some of its messages are on their way, and this one is longer than what is sent at a time. */
    @Test
    void oneLongGroupOfAFifoQueueIsMovedToItsEnd() throws Exception {
        int count = 230;
        List<String> sent =
                IntStream.range(0, count).mapToObj(Integer::toString).toList();
        Life life = new Life(data);
        try {
            String dead = life.fifo("dead.fifo", Map.of());
            life.fifo("other.fifo", Map.of());
            life.fifo(
                    "q.fifo",
                    Map.of(
                            QueueAttributeName.REDRIVE_POLICY,
                            "{\"deadLetterTargetArn\":\"" + ARN + "dead.fifo\",\"maxReceiveCount\":1}"));
            for (String body : sent) {
                life.sqs.sendMessage(
                        request -> request.queueUrl(dead).messageBody(body).messageGroupId("g"));
            }
            life.sqs.startMessageMoveTask(
                    request -> request.sourceArn(ARN + "dead.fifo").destinationArn(ARN + "other.fifo"));
            ListMessageMoveTasksResultEntry task = life.ended("dead.fifo");
            assertThat(task.status()).isEqualTo("COMPLETED");
            assertThat(task.approximateNumberOfMessagesMoved()).isEqualTo(count);
            assertThat(life.take("other.fifo", count)).isEqualTo(sent);
        } finally {
            life.end();
        }
    }
}
