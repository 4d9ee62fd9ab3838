package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** The AWS SDK's asynchronous client (over Netty), and its batch manager, against the whole server. */
class SqsAsyncSystemTest {
    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private static SqsAsyncClient sqs;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        sqs = TestServer.client(server, SqsAsyncClient.builder());
    }

    @AfterAll
    static void stop() {
        sqs.close();
        server.close();
    }

    private static String queue(String name) {
        return sqs.createQueue(request -> request.queueName(name)).join().queueUrl();
    }

    private static CompletableFuture<List<Message>> receive(String url, int waitSeconds) {
        return sqs.receiveMessage(
                        request -> request.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(waitSeconds))
                .thenApply(response -> response.messages());
    }

    private static void isEmpty(String url) {
        assertThat(sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                        .join()
                        .attributes())
                .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
                .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0");
    }

    @Test
    void callsSideBySideAreAllAnswered() {
        String url = queue("side-by-side");
        List<CompletableFuture<SendMessageResponse>> sends = IntStream.range(0, 100)
                .mapToObj(i -> sqs.sendMessage(request -> request.queueUrl(url).messageBody("body " + i)))
                .toList();
        Set<String> ids = new TreeSet<>();
        sends.forEach(send -> ids.add(send.join().messageId()));
        assertThat(ids).hasSize(100);
        Set<String> received = new TreeSet<>();
        while (received.size() < 100) {
            for (Message message : receive(url, 10).join()) {
                assertThat(received.add(message.messageId()))
                        .as("handed out once")
                        .isTrue();
                sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()))
                        .join();
            }
        }
        assertThat(received).isEqualTo(ids);
        isEmpty(url);
    }

    @Test
    void pollIsAnsweredOnArrivalAndOneThatIsCancelledTakesNothing() {
        String url = queue("polls");
        CompletableFuture<List<Message>> waiting = receive(url, 20);
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("a")).join();
        Message first = waiting.join().getFirst();
        sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(first.receiptHandle()))
                .join();

        var cancelled = sqs.receiveMessage(request -> request.queueUrl(url).waitTimeSeconds(20));
        cancelled.cancel(true);
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("b")).join();
        assertThat(receive(url, 20).join()).extracting(Message::body).containsExactly("b");
    }

    @Test
    void errorsAreTyped() {
        assertThatThrownBy(() ->
                        sqs.getQueueUrl(request -> request.queueName("nope")).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(QueueDoesNotExistException.class);
    }

    @Test
    void batchManagerSendsReceivesChangesAndDeletes() {
        String url = queue("managed");
        try (SqsAsyncBatchManager manager = sqs.batchManager()) {
            List<CompletableFuture<SendMessageResponse>> sends = IntStream.range(0, 55)
                    .mapToObj(i ->
                            manager.sendMessage(request -> request.queueUrl(url).messageBody("body " + i)))
                    .toList();
            Set<String> ids = new TreeSet<>();
            sends.forEach(send -> ids.add(send.join().messageId()));
            assertThat(ids).hasSize(55);

            Set<String> received = new TreeSet<>();
            while (received.size() < 55) {
                List<Message> messages = manager.receiveMessage(
                                request -> request.queueUrl(url).waitTimeSeconds(5))
                        .join()
                        .messages();
                for (Message message : messages) {
                    manager.changeMessageVisibility(request -> request.queueUrl(url)
                                    .receiptHandle(message.receiptHandle())
                                    .visibilityTimeout(120))
                            .join();
                    received.add(message.messageId());
                }
                CompletableFuture.allOf(messages.stream()
                                .map(message -> manager.deleteMessage(
                                        request -> request.queueUrl(url).receiptHandle(message.receiptHandle())))
                                .toArray(CompletableFuture[]::new))
                        .join();
            }
            assertThat(received).isEqualTo(ids);
        }
        isEmpty(url);
    }

    @Test
    void batchManagerToldOfOneBadEntryFailsThatOneAlone() {
        String url = queue("managed-refusals");
        try (SqsAsyncBatchManager manager = SqsAsyncBatchManager.builder()
                .client(sqs)
                .scheduledExecutor(java.util.concurrent.Executors.newSingleThreadScheduledExecutor())
                .overrideConfiguration(config -> config.sendRequestFrequency(Duration.ofMillis(50)))
                .build()) {
            var good = manager.sendMessage(request -> request.queueUrl(url).messageBody("good"));
            var bad = manager.sendMessage(
                    request -> request.queueUrl(url).messageBody("bad").delaySeconds(901));
            assertThat(good.join().messageId()).isNotEmpty();
            assertThatThrownBy(bad::join).hasMessageContaining("901");
        }
        assertThat(receive(url, 5).join()).extracting(Message::body).containsExactly("good");
    }
}
