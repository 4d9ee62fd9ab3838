package weir.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

class WeirServerTest {
    @Test
    void startedServerServesAndLeavesNothingBehind() throws Exception {
        Set<Path> before = directories();
        try (WeirServer weir = WeirServer.start();
                SqsClient sqs = client(weir)) {
            String url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
            assertThat(url).isEqualTo(weir.sqsEndpoint() + "/000000000000/orders");
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("hello"));
            assertThat(receive(sqs, url)).extracting(Message::body).containsExactly("hello");
            assertThat(get(weir.adminEndpoint().resolve("/api/v1/queues/orders/messages")))
                    .contains("\"state\":\"leased\"", "\"body\":\"hello\"");
        }
        assertThat(directories()).isEqualTo(before);
    }

    @Test
    void advancedTimeRunsOutTimeoutsAndDelaysAtOnce() {
        try (WeirServer weir = WeirServer.start();
                SqsClient sqs = client(weir)) {
            String url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("a").delaySeconds(900));
            assertThat(receive(sqs, url)).isEmpty();
            weir.advance(Duration.ofMinutes(15));
            assertThat(receive(sqs, url)).hasSize(1);
            assertThat(receive(sqs, url)).isEmpty();
            weir.advance(Duration.ofSeconds(30));
            assertThat(receive(sqs, url)).hasSize(1);
        }
    }

    @Test
    void resetLeavesNothingAndNamesMayBeUsedAgain() {
        try (WeirServer weir = WeirServer.start();
                SqsClient sqs = client(weir)) {
            String url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("a"));
            weir.reset();
            assertThatThrownBy(() -> receive(sqs, url)).isInstanceOf(QueueDoesNotExistException.class);
            sqs.createQueue(request -> request.queueName("orders"));
            assertThat(receive(sqs, url)).isEmpty();
        }
    }

    @Test
    void purgeAndDeletionMayBeRepeatedAtOnce() {
        try (WeirServer weir = WeirServer.start();
                SqsClient sqs = client(weir)) {
            for (int round = 0; round < 2; round++) {
                String url =
                        sqs.createQueue(request -> request.queueName("orders")).queueUrl();
                sqs.purgeQueue(request -> request.queueUrl(url));
                sqs.purgeQueue(request -> request.queueUrl(url));
                sqs.deleteQueue(request -> request.queueUrl(url));
            }
        }
    }

    @Test
    void optionsAreFollowedAndDataIsKeptWhereItWasAskedFor(@TempDir Path data) {
        WeirServer.Builder builder =
                WeirServer.builder().data(data).region("eu-west-1").account("123456789012");
        try (WeirServer weir = builder.start();
                SqsClient sqs = client(weir)) {
            String url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
            assertThat(sqs.getQueueAttributes(
                                    request -> request.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                            .attributes())
                    .isEqualTo(Map.of(QueueAttributeName.QUEUE_ARN, "arn:aws:sqs:eu-west-1:123456789012:orders"));
            weir.advance(Duration.ofDays(1));
        }
        try (WeirServer weir = builder.start();
                SqsClient sqs = client(weir)) {
            assertThat(sqs.listQueues().queueUrls()).isEqualTo(List.of(weir.sqsEndpoint() + "/123456789012/orders"));
            assertThat(weir.now()).isAfter(java.time.Instant.now().plus(Duration.ofHours(23)));
        }
    }

    @Test
    void impossibleOptionIsRefusedInOneLineAndLeavesNothingBehind() throws Exception {
        Set<Path> before = directories();
        assertThatThrownBy(() -> WeirServer.builder().account("42").start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sqs.account is \"42\" (from WEIR_SQS_ACCOUNT), allowed is twelve digits");
        assertThat(directories()).isEqualTo(before);
    }

    @Test
    void serversSideBySideHaveNothingInCommon() {
        try (WeirServer one = WeirServer.start();
                WeirServer other = WeirServer.start();
                SqsClient first = client(one);
                SqsClient second = client(other)) {
            first.createQueue(request -> request.queueName("orders"));
            assertThat(second.listQueues().queueUrls()).isEmpty();
        }
    }

    private static Set<Path> directories() throws Exception {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().matches("weir-\\d+"))
                    .collect(Collectors.toSet());
        }
    }

    private static SqsClient client(WeirServer weir) {
        return SqsClient.builder()
                .endpointOverride(weir.sqsEndpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static List<Message> receive(SqsClient sqs, String url) {
        return sqs.receiveMessage(request -> request.queueUrl(url).maxNumberOfMessages(10))
                .messages();
    }

    private static String get(URI uri) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
