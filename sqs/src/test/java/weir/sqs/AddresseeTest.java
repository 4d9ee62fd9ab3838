package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import weir.core.QueueSettings;
import weir.core.catalog.CatalogCommand;

/** Two services share a port: each request reaches the one that it is for. */
class AddresseeTest extends SnsTest {
    private static final String SIGNED_FOR_SNS =
            "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=00";

    private SqsClient.Answer form(String authorization, String form) {
        Map<String, String> type = Map.of("Content-Type", "application/x-www-form-urlencoded");
        return client.post(
                "/",
                authorization.isEmpty()
                        ? type
                        : Map.of("Content-Type", type.get("Content-Type"), "Authorization", authorization),
                form);
    }

    @Test
    void versionDecides() {
        assertThat(form("", "Action=ListQueues&Version=2010-03-31").body())
                .contains("http://sns.amazonaws.com/doc/2010-03-31/")
                .contains("<Code>InvalidAction</Code><Message>Could not find operation ListQueues for version"
                        + " 2010-03-31</Message></Error>");
        assertThat(form(SIGNED_FOR_SNS, "Action=ListTopics&Version=2012-11-05").body())
                .contains("http://queue.amazonaws.com/doc/2012-11-05/")
                .contains("<Code>InvalidAction</Code>");
    }

    @Test
    void withoutVersionWhatItWasSignedForDecides() {
        assertThat(form(SIGNED_FOR_SNS, "Action=NoSuchAction").body()).contains("http://sns.amazonaws.com/");
        assertThat(form("", "Action=NoSuchAction&X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Fsns%2Faws4_request")
                        .body())
                .contains("http://sns.amazonaws.com/");
        assertThat(form(SIGNED_FOR_SNS.replace("/sns/", "/sqs/"), "Action=NoSuchAction")
                        .body())
                .contains("http://queue.amazonaws.com/");
    }

    @Test
    void elseTheActionDoes() {
        assertThat(client.get("/?Action=ListTopics").body()).contains("http://sns.amazonaws.com/");
        assertThat(client.get("/?Action=ListQueues").body()).contains("http://queue.amazonaws.com/");
        assertThat(client.get("/?Action=NoSuchAction").body()).contains("http://queue.amazonaws.com/");
    }

    @Test
    void brokenRequestIsAnsweredInTheWordsOfItsService() {
        assertThat(refused("CreateTopic", "Name", "t", "Tags.member.1.Key.x", "y"))
                .startsWith("InvalidParameter 400: Invalid parameter: Tags Reason: ");
        assertThat(form("", "Action=Subscribe&Version=2010-03-31&ReturnSubscriptionArn=%ff")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void topicsAreNoQueues() {
        topic("t");
        subscribe(TOPIC + "t", "q");
        assertThat(client.ok("ListQueues", "{}").path("QueueUrls").isMissingNode())
                .isTrue();
        assertThat(error("GetQueueUrl", "{'QueueName':'t'}")).startsWith("QueueDoesNotExist 400");
    }

    @Test
    void queueOfTheServersOwnIsHidden() throws Exception {
        broker.change(
                new CatalogCommand.CreateQueue("sns:topic:7", QueueSettings.DEFAULT, Collections.emptySortedMap(), 0));
        queue("mine");
        assertThat(client.ok("ListQueues", "{}").path("QueueUrls")).hasSize(1);
        assertThat(client.ok("ListQueues", "{'QueueNamePrefix':'sns'}")
                        .path("QueueUrls")
                        .isMissingNode())
                .isTrue();
        assertThat(error("GetQueueUrl", "{'QueueName':'sns:topic:7'}")).startsWith("QueueDoesNotExist 400");
        assertThat(error("DeleteQueue", "{'QueueUrl':'sns:topic:7'}")).startsWith("QueueDoesNotExist 400");
        assertThat(error("CreateQueue", "{'QueueName':'sns:topic:7'}"))
                .startsWith("InvalidParameterValueException 400");
        assertThat(error(
                        "SetQueueAttributes",
                        "{'QueueUrl':'mine','Attributes':{'RedrivePolicy':'{\\\"deadLetterTargetArn\\\":\\\"" + QUEUE
                                + "sns:topic:7\\\",\\\"maxReceiveCount\\\":1}'}}"))
                .startsWith("InvalidParameterValueException 400");
        assertThat(refused("Subscribe", "TopicArn", topic("t"), "Protocol", "sqs", "Endpoint", QUEUE + "sns:topic:7"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: SQS endpoint ARN");
    }
}
