package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sns.model.Subscription;
import software.amazon.awssdk.services.sns.model.Tag;
import software.amazon.awssdk.services.sns.model.Topic;
import weir.cluster.ClusterNode;
import weir.sqs.SqsServer;
import weir.sqs.SqsSettings;

/** The AWS SDK for Java against topics and subscriptions: front, engine, replicated log and disk. */
class SnsSystemTest {
    private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:";

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private static SqsServer server;

    @SuppressWarnings("NullAway.Init")
    private static SnsClient sns;

    @BeforeAll
    static void start() throws Exception {
        open();
    }

    private static void open() throws Exception {
        node = ClusterNode.open(data, 2, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
        server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0), node, InstantSource.system());
        sns = SnsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        sns.close();
        server.close();
        node.close();
    }

    private static String topic(String name) {
        return sns.createTopic(request -> request.name(name)).topicArn();
    }

    private static String subscribe(String topic, String queue) {
        return sns.subscribe(request -> request.topicArn(topic)
                        .protocol("sqs")
                        .endpoint(QUEUE + queue)
                        .returnSubscriptionArn(true))
                .subscriptionArn();
    }

    @Test
    void topicWithTagsAndAttributesIsThereAfterARestart() throws Exception {
        String arn = sns.createTopic(request -> request.name("kept.fifo")
                        .attributes(Map.of("FifoTopic", "true", "DisplayName", "dü & <so>"))
                        .tags(Tag.builder().key("team").value("a b").build()))
                .topicArn();
        String subscription = sns.subscribe(request -> request.topicArn(arn)
                        .protocol("sqs")
                        .endpoint(QUEUE + "q.fifo")
                        .attributes(Map.of("FilterPolicy", "{\"a\":[\"b\"]}", "RawMessageDelivery", "true")))
                .subscriptionArn();
        stop();
        open();
        assertThat(sns.getTopicAttributes(request -> request.topicArn(arn)).attributes())
                .containsEntry("FifoTopic", "true")
                .containsEntry("DisplayName", "dü & <so>")
                .containsEntry("SubscriptionsConfirmed", "1");
        assertThat(sns.listTagsForResource(request -> request.resourceArn(arn)).tags())
                .containsExactly(Tag.builder().key("team").value("a b").build());
        assertThat(sns.getSubscriptionAttributes(request -> request.subscriptionArn(subscription))
                        .attributes())
                .containsEntry("FilterPolicy", "{\"a\":[\"b\"]}")
                .containsEntry("FilterPolicyScope", "MessageAttributes")
                .containsEntry("RawMessageDelivery", "true");
    }

    @Test
    void attributesAndTagsAreChangedAndTaken() {
        String arn = topic("changed");
        sns.setTopicAttributes(
                request -> request.topicArn(arn).attributeName("DisplayName").attributeValue("x"));
        sns.tagResource(request -> request.resourceArn(arn)
                .tags(
                        Tag.builder().key("a").value("1").build(),
                        Tag.builder().key("b").value("2").build()));
        sns.untagResource(request -> request.resourceArn(arn).tagKeys("a"));
        assertThat(sns.listTagsForResource(request -> request.resourceArn(arn)).tags())
                .extracting(Tag::key)
                .containsExactly("b");
        String subscription = subscribe(arn, "q");
        sns.setSubscriptionAttributes(request -> request.subscriptionArn(subscription)
                .attributeName("RedrivePolicy")
                .attributeValue("{\"deadLetterTargetArn\":\"" + QUEUE + "dead\"}"));
        assertThat(sns.getSubscriptionAttributes(request -> request.subscriptionArn(subscription))
                        .attributes())
                .containsKey("RedrivePolicy");
        sns.unsubscribe(request -> request.subscriptionArn(subscription));
        assertThat(sns.listSubscriptionsByTopic(request -> request.topicArn(arn))
                        .subscriptions())
                .isEmpty();
    }

    @Test
    void paginatorsSeeEverything() {
        List<String> topics = new ArrayList<>();
        String busy = topic("paged");
        topics.add(busy);
        for (int i = 0; i < 150; i++) {
            topics.add(topic("page-" + i));
            subscribe(busy, "q-" + i);
        }
        assertThat(sns.listTopicsPaginator().topics().stream().map(Topic::topicArn))
                .containsAll(topics);
        assertThat(sns.listSubscriptionsByTopicPaginator(request -> request.topicArn(busy)).subscriptions().stream()
                        .map(Subscription::endpoint))
                .hasSize(150)
                .doesNotHaveDuplicates();
        sns.deleteTopic(request -> request.topicArn(busy));
        assertThat(sns.listSubscriptionsPaginator().subscriptions().stream().map(Subscription::topicArn))
                .doesNotContain(busy);
    }

    @Test
    void errorsAreTheSdksOwn() {
        assertThatThrownBy(() -> sns.getTopicAttributes(request -> request.topicArn("x")))
                .isInstanceOfSatisfying(InvalidParameterException.class, error -> {
                    assertThat(error.awsErrorDetails().errorCode()).isEqualTo("InvalidParameter");
                    assertThat(error.awsErrorDetails().errorMessage())
                            .isEqualTo(
                                    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1");
                    assertThat(error.requestId()).isNotEmpty();
                });
        String none = "arn:aws:sns:us-east-1:000000000000:none";
        assertThatThrownBy(() -> sns.getTopicAttributes(request -> request.topicArn(none)))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> sns.listTagsForResource(request -> request.resourceArn(none)))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void sdkThatAsksForMoreThanIsServedIsToldSo() {
        assertThatThrownBy(() -> sns.getSMSAttributes(request -> {}))
                .hasMessageContaining("Could not find operation GetSMSAttributes for version 2010-03-31");
    }
}
