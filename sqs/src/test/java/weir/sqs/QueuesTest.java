package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import weir.core.DeadLetterPolicy;
import weir.core.QueueSettings;
import weir.core.catalog.CatalogCommand;

/** Queues, their attributes and tags, as recorded on AWS. */
class QueuesTest extends SqsTest {
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";

    private JsonNode attributes(String url, String names) {
        return client.ok("GetQueueAttributes", "{'QueueUrl':'" + url + "','AttributeNames':[" + names + "]}")
                .path("Attributes");
    }

    private void set(String url, String attributes) {
        client.ok("SetQueueAttributes", "{'QueueUrl':'" + url + "','Attributes':{" + attributes + "}}");
    }

    private String setError(String url, String attributes) {
        return error("SetQueueAttributes", "{'QueueUrl':'" + url + "','Attributes':{" + attributes + "}}");
    }

    private String createError(String name, String attributes) {
        return error("CreateQueue", "{'QueueName':'" + name + "','Attributes':{" + attributes + "}}");
    }

    @Test
    void newQueueHasTheAttributesThatAwsGivesIt() {
        assertThat(attributes(queue("q"), "'All'").toString())
                .isEqualTo("{\"QueueArn\":\"" + ARN + "q\",\"CreatedTimestamp\":\"1800000000\","
                        + "\"LastModifiedTimestamp\":\"1800000000\",\"VisibilityTimeout\":\"30\","
                        + "\"MaximumMessageSize\":\"1048576\",\"MessageRetentionPeriod\":\"345600\","
                        + "\"DelaySeconds\":\"0\",\"ReceiveMessageWaitTimeSeconds\":\"0\","
                        + "\"SqsManagedSseEnabled\":\"true\",\"ApproximateNumberOfMessages\":\"0\","
                        + "\"ApproximateNumberOfMessagesNotVisible\":\"0\","
                        + "\"ApproximateNumberOfMessagesDelayed\":\"0\"}");
    }

    @Test
    void fifoQueueHasFourMore() {
        JsonNode all = attributes(fifo("q.fifo", ""), "'All'");
        assertThat(all.get("FifoQueue").asString()).isEqualTo("true");
        assertThat(all.get("ContentBasedDeduplication").asString()).isEqualTo("false");
        assertThat(all.get("DeduplicationScope").asString()).isEqualTo("queue");
        assertThat(all.get("FifoThroughputLimit").asString()).isEqualTo("perQueue");
    }

    @Test
    void everyAttributeComesBackAsItWasSet() {
        queue("dead.fifo", "'FifoQueue':'true'");
        String url = fifo("q.fifo", "");
        List<String> settings = List.of(
                "VisibilityTimeout|43200",
                "DelaySeconds|900",
                "MessageRetentionPeriod|60",
                "MaximumMessageSize|1024",
                "ReceiveMessageWaitTimeSeconds|20",
                "Policy|{ \"Version\":\"2012-10-17\", \"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"SQS:*\"}]}",
                "RedrivePolicy|{ \"maxReceiveCount\" : \"3\", \"deadLetterTargetArn\":\"" + ARN + "dead.fifo\" }",
                "RedriveAllowPolicy|{\"redrivePermission\":\"denyAll\"}",
                "KmsMasterKeyId|alias/mine",
                "KmsDataKeyReusePeriodSeconds|6000",
                "ContentBasedDeduplication|true",
                "DeduplicationScope|messageGroup",
                "FifoThroughputLimit|perMessageGroupId");
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf('|'));
            String value = setting.substring(setting.indexOf('|') + 1);
            set(url, "'" + name + "':'" + value.replace("\"", "\\\"") + "'");
            assertThat(attributes(url, "'" + name + "'").get(name).asString()).isEqualTo(value);
        }
        assertThat(attributes(url, "'SqsManagedSseEnabled'").toString()).contains("false");
        set(url, "'Policy':'','RedrivePolicy':'','KmsMasterKeyId':'','KmsDataKeyReusePeriodSeconds':'300'");
        assertThat(attributes(url, "'All'").propertyNames())
                .doesNotContain("Policy", "RedrivePolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds");
        assertThat(attributes(url, "'Policy'")).isEmpty();
    }

    @Test
    void settingsThatOnlyTheEngineKnowsSurviveAChange() throws Exception {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put("amqp:x", "y");
        broker.change(new CatalogCommand.CreateQueue(
                "elsewhere",
                QueueSettings.DEFAULT
                        .change()
                        .messagesMax(7)
                        .lease(Duration.ofMillis(1500))
                        .build(),
                labels));
        String url = "elsewhere";
        assertThat(attributes(url, "'MaximumMessageSize'")
                        .get("MaximumMessageSize")
                        .asString())
                .isEqualTo("1048576");
        set(url, "'DelaySeconds':'5'");
        var queue = broker.find("elsewhere").orElseThrow();
        assertThat(queue.settings().messagesMax()).isEqualTo(7);
        assertThat(queue.settings().lease()).isEqualTo(Duration.ofMillis(1500));
        assertThat(queue.labels()).containsEntry("amqp:x", "y");
    }

    @Test
    void redrivePolicyThatAnotherFrontChangedIsReadAsItIs() throws Exception {
        queue("dead");
        String url = queue(
                "q", "'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'" + ARN + "dead\\',\\'maxReceiveCount\\':2}'");
        var queue = broker.find("q").orElseThrow();
        broker.change(new CatalogCommand.UpdateQueue(
                "q",
                queue.revision(),
                queue.settings()
                        .change()
                        .deadLetter(new DeadLetterPolicy("other", 9, false))
                        .build(),
                queue.labels()));
        assertThat(attributes(url, "'RedrivePolicy'").get("RedrivePolicy").asString())
                .isEqualTo("{\"deadLetterTargetArn\":\"" + ARN + "other\",\"maxReceiveCount\":9}");
    }

    @ParameterizedTest
    @CsvSource({
        "VisibilityTimeout,43201",
        "VisibilityTimeout,-1",
        "VisibilityTimeout,x",
        "VisibilityTimeout,+5",
        "VisibilityTimeout,٣",
        "DelaySeconds,901",
        "MessageRetentionPeriod,59",
        "MessageRetentionPeriod,1209601",
        "MaximumMessageSize,1023",
        "MaximumMessageSize,1048577",
        "ReceiveMessageWaitTimeSeconds,21",
        "KmsDataKeyReusePeriodSeconds,59",
        "SqsManagedSseEnabled,maybe"
    })
    void valueOutOfRangeIsRefused(String name, String value) {
        assertThat(createError("q", "'" + name + "':'" + value + "'"))
                .isEqualTo("InvalidAttributeValue 400 InvalidAttributeValue;Sender: Invalid value for the parameter "
                        + name + ".");
    }

    @Test
    void attributesOfTheOtherKindAreRefusedInAwsWords() {
        String url = queue("q");
        String fifo = fifo("q.fifo", "");
        String unknown = "InvalidAttributeName 400 InvalidAttributeName;Sender: ";
        assertThat(createError("other", "'FifoQueue':'false'")).isEqualTo(unknown + "Unknown Attribute FifoQueue.");
        assertThat(setError(url, "'FifoQueue':'true'")).isEqualTo(unknown + "Unknown Attribute FifoQueue.");
        assertThat(setError(url, "'QueueArn':'x'")).isEqualTo(unknown + "Unknown Attribute QueueArn.");
        assertThat(createError("other", "'ContentBasedDeduplication':'false'"))
                .isEqualTo(unknown + "Unknown Attribute ContentBasedDeduplication.");
        assertThat(createError("other", "'DeduplicationScope':'queue'"))
                .isEqualTo(unknown + "You can specify the DeduplicationScope only when FifoQueue is set to true.");
        assertThat(setError(fifo, "'FifoQueue':'false'"))
                .isEqualTo("InvalidAttributeValue 400 InvalidAttributeValue;Sender: Invalid value for the parameter"
                        + " FifoQueue. Reason: Modifying queue type is not supported.");
        assertThat(setError(url, "'KmsMasterKeyId':'k','SqsManagedSseEnabled':'true'"))
                .isEqualTo(unknown + "You can use one type of server-side encryption (SSE) at one time. You can either"
                        + " enable KMS SSE or SQS SSE.");
        assertThat(error("GetQueueAttributes", "{'QueueUrl':'q','AttributeNames':['Nonsense']}"))
                .isEqualTo(unknown + "Unknown Attribute Nonsense.");
    }

    @Test
    void redrivePolicyMustBeWholeAndItsTargetThere() {
        String url = queue("q");
        fifo("dead.fifo", "");
        String error = "InvalidParameterValueException 400 InvalidParameterValue;Sender: Value ";
        String tail = " for parameter RedrivePolicy is invalid. Reason: ";
        assertThat(redriveError(url, "nonsense")).startsWith(error).contains(tail + "Redrive policy is not a valid");
        assertThat(redriveError(url, "{\\'maxReceiveCount\\':1}"))
                .contains(tail + "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
        assertThat(redriveError(url, "{\\'deadLetterTargetArn\\':\\'" + ARN + "x\\'}"))
                .contains(tail + "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
        assertThat(redriveError(url, "{\\'deadLetterTargetArn\\':\\'" + ARN + "x\\',\\'maxReceiveCount\\':1001}"))
                .contains(tail + "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both");
        assertThat(redriveError(url, "{\\'deadLetterTargetArn\\':\\'" + ARN + "x\\',\\'maxReceiveCount\\':1}"))
                .contains(tail + "Dead letter target does not exist.");
        assertThat(redriveError(url, "{\\'deadLetterTargetArn\\':\\'" + ARN + "dead.fifo\\',\\'maxReceiveCount\\':1}"))
                .contains(tail + "Dead-letter queue must be same type of queue as the source.");
    }

    private String redriveError(String url, String policy) {
        return setError(url, "'RedrivePolicy':'" + policy + "'");
    }

    @Test
    void repeatedCreationAsksForNothingElseOrIsRefused() {
        String url = queue("q", "'VisibilityTimeout':'69','ReceiveMessageWaitTimeSeconds':'1'");
        assertThat(queue("q")).isEqualTo(url);
        assertThat(queue("q", "'VisibilityTimeout':'69'")).isEqualTo(url);
        assertThat(createError("q", "'DelaySeconds':'2'"))
                .isEqualTo("QueueNameExists 400 QueueAlreadyExists;Sender: A queue already exists with the same name"
                        + " and a different value for attribute DelaySeconds");
        fifo("q.fifo", "'ContentBasedDeduplication':'true'");
        assertThat(createError("q.fifo", "'FifoQueue':'true','ContentBasedDeduplication':'false'"))
                .endsWith("different value for attribute ContentBasedDeduplication");
    }

    @Test
    void namesAreHeldToTheirRules() {
        String plain = "InvalidParameterValueException 400 InvalidParameterValue;Sender: Can only include alphanumeric"
                + " characters, hyphens, or underscores. 1 to 80 in length";
        assertThat(createError("a/b", "")).isEqualTo(plain);
        assertThat(createError("q.fifo", "")).isEqualTo(plain);
        assertThat(createError("x".repeat(81), "")).isEqualTo(plain);
        assertThat(createError("q", "'FifoQueue':'true'"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: The name of a FIFO queue"
                        + " can only include alphanumeric characters, hyphens, or underscores, must end with .fifo"
                        + " suffix and be 1 to 80 in length");
        queue("x".repeat(80));
    }

    @Test
    void urlIsBuiltFromTheHostThatTheClientUsed() {
        assertThat(queue("q")).isEqualTo(client.endpoint() + "/000000000000/q");
        assertThat(client.ok("GetQueueUrl", "{'QueueName':'q'}").get("QueueUrl").asString())
                .isEqualTo(client.endpoint() + "/000000000000/q");
    }

    @Test
    void queueIsFoundByUrlByNameAndWithASlashBehind() {
        String url = queue("q");
        for (String spelling : List.of(url, "q", url + "/", "https://elsewhere:1/123456789012/q", "/0/q")) {
            assertThat(attributes(spelling, "'QueueArn'").get("QueueArn").asString())
                    .isEqualTo(ARN + "q");
        }
    }

    @Test
    void queueThatIsNotThereIsCalledSo() {
        String error = "QueueDoesNotExist 400 AWS.SimpleQueueService.NonExistentQueue;Sender: The specified queue does"
                + " not exist.";
        assertThat(error("GetQueueUrl", "{'QueueName':'nope'}")).isEqualTo(error);
        assertThat(error("SendMessage", "{'QueueUrl':'nope','MessageBody':'x'}"))
                .isEqualTo(error);
        assertThat(error("PurgeQueue", "{}")).isEqualTo(error);
        queue("q");
        client.ok("DeleteQueue", "{'QueueUrl':'q'}");
        assertThat(error("DeleteQueue", "{'QueueUrl':'q'}")).isEqualTo(error);
    }

    @Test
    void listIsByPrefixAndInPagesIfAsked() {
        for (int i = 0; i < 5; i++) {
            queue("a" + i);
        }
        queue("b");
        assertThat(client.ok("ListQueues", "{'QueueNamePrefix':'a'}").get("QueueUrls"))
                .hasSize(5);
        assertThat(client.ok("ListQueues", "{'QueueNamePrefix':'zzz'}").toString())
                .isEqualTo("{}");
        List<String> found = new ArrayList<>();
        JsonNode page = client.ok("ListQueues", "{'MaxResults':2}");
        while (true) {
            page.get("QueueUrls").forEach(url -> found.add(url.asString().replaceAll(".*/", "")));
            if (!page.has("NextToken")) {
                break;
            }
            page = client.ok(
                    "ListQueues",
                    "{'MaxResults':2,'NextToken':'" + page.get("NextToken").asString() + "'}");
        }
        assertThat(found).containsExactly("a0", "a1", "a2", "a3", "a4", "b");
    }

    @Test
    void sourcesOfADeadLetterQueueAreListed() {
        queue("dead");
        String policy = "'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'" + ARN + "dead\\',\\'maxReceiveCount\\':2}'";
        String source = queue("source", policy);
        assertThat(client.ok("ListDeadLetterSourceQueues", "{'QueueUrl':'dead'}")
                        .toString())
                .isEqualTo("{\"queueUrls\":[\"" + source + "\"]}");
    }

    @Test
    void purgeTakesEverythingAndForgetsDeduplicationIds() {
        String url = fifo("q.fifo", "");
        String body = "'MessageBody':'x','MessageGroupId':'g','MessageDeduplicationId':'d'";
        send(url, body);
        receive(url, "");
        client.ok("PurgeQueue", "{'QueueUrl':'" + url + "'}");
        send(url, body);
        assertThat(bodies(url)).containsExactly("x");
    }

    @Test
    void countersTellReadyLeasedAndDelayedApart() {
        String url = queue("q");
        send(url, "'MessageBody':'1'");
        send(url, "'MessageBody':'2'");
        send(url, "'MessageBody':'3'");
        send(url, "'MessageBody':'4','DelaySeconds':60");
        receive(url, "");
        JsonNode counters = attributes(
                url,
                "'ApproximateNumberOfMessages','ApproximateNumberOfMessagesNotVisible',"
                        + "'ApproximateNumberOfMessagesDelayed'");
        assertThat(counters.toString())
                .isEqualTo("{\"ApproximateNumberOfMessages\":\"2\",\"ApproximateNumberOfMessagesNotVisible\":\"1\","
                        + "\"ApproximateNumberOfMessagesDelayed\":\"1\"}");
    }

    @Test
    void tagsAreKeptApartFromAttributes() {
        String url = client.ok("CreateQueue", "{'QueueName':'q','tags':{'team':'a'}}")
                .get("QueueUrl")
                .asString();
        client.ok("TagQueue", "{'QueueUrl':'q','Tags':{'team':'b','env':''}}");
        assertThat(client.ok("ListQueueTags", "{'QueueUrl':'" + url + "'}").toString())
                .isEqualTo("{\"Tags\":{\"env\":\"\",\"team\":\"b\"}}");
        client.ok("UntagQueue", "{'QueueUrl':'q','TagKeys':['team','env','none']}");
        assertThat(client.ok("ListQueueTags", "{'QueueUrl':'q'}").toString()).isEqualTo("{}");
    }
}
