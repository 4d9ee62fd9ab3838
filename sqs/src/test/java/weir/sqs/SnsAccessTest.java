package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.access.AccessKey;
import weir.core.access.User;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.sqs.auth.AuthMode;

/** Who may do what with topics: users of the server's account, of another, and nobody. */
class SnsAccessTest {
    private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:t";
    private static final String ANNE = "AKIAANNE";
    private static final String BERT = "AKIABERT";

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = new MemoryBroker(clock);

    @SuppressWarnings("NullAway.Init")
    private SqsServer server;

    @SuppressWarnings("NullAway.Init")
    private SqsClient client;

    @BeforeEach
    void start() throws Exception {
        server = SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0).withAuth(AuthMode.KEY), broker, clock);
        client = new SqsClient(server.port());
        key(ANNE, "anne", "000000000000");
        key(BERT, "bert", "222222222222");
        assertThat(as(ANNE, "CreateTopic", "Name", "t")).isEqualTo("ok");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void key(String id, String name, String account) throws Exception {
        User user = User.of(define(User.KIND, name, User.attributes(account)));
        define(AccessKey.KIND, id, AccessKey.attributes(user, "secret-of-" + id, true, null, AccessKey.NEVER));
    }

    private Definition define(String kind, String name, SortedMap<String, String> attributes) throws Exception {
        CatalogReply reply = broker.change(new CatalogCommand.Define(kind, name, Definition.NEW, attributes));
        return ((CatalogReply.Defined) reply).definition();
    }

    private SqsClient.Answer send(@Nullable String keyId, String action, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("Action", action);
        parameters.put("Version", "2010-03-31");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        if (keyId != null) {
            headers.put("X-Amz-Date", "20261122T000000Z");
            headers.put(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=" + keyId + "/20261122/us-east-1/sns/aws4_request,"
                            + " SignedHeaders=host;x-amz-date, Signature=" + "0".repeat(64));
        }
        return client.post("/", headers, SqsClient.form(parameters));
    }

    private String as(@Nullable String keyId, String action, String... namesAndValues) {
        SqsClient.Answer answer = send(keyId, action, namesAndValues);
        return answer.status() == 200 ? "ok" : SnsTest.refusal(answer);
    }

    @Test
    void topicIsItsAccountsUnlessItsPolicyOpensIt() {
        assertThat(as(BERT, "GetTopicAttributes", "TopicArn", TOPIC))
                .isEqualTo("AuthorizationError 403: User: arn:aws:iam::222222222222:user/bert is not authorized to"
                        + " perform: SNS:GetTopicAttributes on resource: " + TOPIC
                        + " because no resource-based policy allows the SNS:GetTopicAttributes action");
        assertThat(as(
                        ANNE,
                        "AddPermission",
                        "TopicArn",
                        TOPIC,
                        "Label",
                        "b",
                        "AWSAccountId.member.1",
                        "222222222222",
                        "ActionName.member.1",
                        "GetTopicAttributes",
                        "ActionName.member.2",
                        "Subscribe"))
                .isEqualTo("ok");
        assertThat(as(BERT, "GetTopicAttributes", "TopicArn", TOPIC)).isEqualTo("ok");
        assertThat(as(BERT, "ListSubscriptionsByTopic", "TopicArn", TOPIC)).startsWith("AuthorizationError 403");
        assertThat(as(BERT, "TagResource", "ResourceArn", TOPIC, "Tags", "")).startsWith("AuthorizationError 403");
        assertThat(as(BERT, "CreateTopic", "Name", "x")).startsWith("AuthorizationError 403");
        assertThat(as(BERT, "ListTopics")).startsWith("AuthorizationError 403");
        assertThat(as(null, "ListTopics")).startsWith("AuthorizationError 403");
        assertThat(as("AKIANOBODY", "ListTopics")).startsWith("InvalidClientTokenId 403");
    }

    @Test
    void whatWasMadeThroughAnotherNodeAMomentAgoIsFound() {
        for (String action : List.of("GetTopicAttributes", "Subscribe")) {
            String label = "l" + action;
            assertThat(as(
                            ANNE,
                            "AddPermission",
                            "TopicArn",
                            TOPIC,
                            "Label",
                            label,
                            "AWSAccountId.member.1",
                            "222222222222",
                            "ActionName.member.1",
                            action))
                    .isEqualTo("ok");
        }
        broker.unheardOf = "sns.topic";
        assertThat(as(BERT, "GetTopicAttributes", "TopicArn", TOPIC)).isEqualTo("ok");
        broker.unheardOf = "sns.topic";
        assertThat(as(ANNE, "ListTagsForResource", "ResourceArn", TOPIC)).isEqualTo("ok");
        SqsClient.Answer made = send(
                BERT,
                "Subscribe",
                "TopicArn",
                TOPIC,
                "Protocol",
                "sqs",
                "Endpoint",
                "arn:aws:sqs:us-east-1:222222222222:q",
                "ReturnSubscriptionArn",
                "true");
        assertThat(made.status()).isEqualTo(200);
        broker.unheardOf = "sns.subscription";
        assertThat(as(BERT, "GetSubscriptionAttributes", "SubscriptionArn", made.element("SubscriptionArn")))
                .isEqualTo("ok");
        broker.unheardOf = "sns.subscription";
        assertThat(as(BERT, "Unsubscribe", "SubscriptionArn", made.element("SubscriptionArn")))
                .isEqualTo("ok");
    }

    @Test
    void denialHoldsForTheOwnerToo() {
        String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\","
                + "\"Action\":\"sns:DeleteTopic\",\"Resource\":\"" + TOPIC + "\"}]}";
        assertThat(as(
                        ANNE,
                        "SetTopicAttributes",
                        "TopicArn",
                        TOPIC,
                        "AttributeName",
                        "Policy",
                        "AttributeValue",
                        policy))
                .isEqualTo("ok");
        assertThat(as(ANNE, "DeleteTopic", "TopicArn", TOPIC))
                .startsWith("AuthorizationError 403")
                .endsWith("with an explicit deny in a resource-based policy");
        assertThat(as(ANNE, "GetTopicAttributes", "TopicArn", TOPIC)).isEqualTo("ok");
        for (String spelling : List.of(TOPIC.replace("arn:aws:", "arn:aws-cn:"), TOPIC.replace("arn:", "x:"))) {
            assertThat(as(ANNE, "DeleteTopic", "TopicArn", spelling))
                    .isEqualTo("InvalidParameter 400: Invalid parameter: TopicArn");
        }
    }

    @Test
    void whoSubscribedMayEndIt() {
        as(
                ANNE,
                "AddPermission",
                "TopicArn",
                TOPIC,
                "Label",
                "b",
                "AWSAccountId.member.1",
                "222222222222",
                "ActionName.member.1",
                "Subscribe");
        SqsClient.Answer answer =
                send(BERT, "Subscribe", "TopicArn", TOPIC, "Protocol", "sqs", "Endpoint", "arn:aws:sqs:us-east-1:1:q");
        String subscription = answer.element("SubscriptionArn");
        assertThat(send(BERT, "GetSubscriptionAttributes", "SubscriptionArn", subscription)
                        .body())
                .contains("<value>arn:aws:iam::222222222222:user/bert</value>")
                .contains("<key>Owner</key><value>222222222222</value>");
        assertThat(as(null, "Unsubscribe", "SubscriptionArn", subscription)).startsWith("AuthorizationError 403");
        assertThat(as(BERT, "Unsubscribe", "SubscriptionArn", subscription)).isEqualTo("ok");
        assertThat(as(ANNE, "Unsubscribe", "SubscriptionArn", subscription)).isEqualTo("ok");
    }

    @Test
    void linkInAMessageNeedsNoKey() {
        assertThat(as(ANNE, "Subscribe", "TopicArn", TOPIC, "Protocol", "http", "Endpoint", "http://127.0.0.1:1/"))
                .isEqualTo("ok");
        Definition definition =
                broker.definitions("sns.subscription", "t/", "", 1).getFirst();
        String token = definition.attributes().getOrDefault("token", "");
        broker.unheardOf = "sns.subscription";
        SqsClient.Answer confirmed = client.get("/?Action=ConfirmSubscription&TopicArn=" + TOPIC + "&Token=" + token);
        String subscription = confirmed.element("SubscriptionArn");
        assertThat(as(null, "GetSubscriptionAttributes", "SubscriptionArn", subscription))
                .startsWith("AuthorizationError 403");
        assertThat(client.get("/?Action=Unsubscribe&SubscriptionArn=" + subscription)
                        .status())
                .isEqualTo(200);
        assertThat(as(ANNE, "GetSubscriptionAttributes", "SubscriptionArn", subscription))
                .isEqualTo("NotFound 404: Subscription does not exist");
    }
}
