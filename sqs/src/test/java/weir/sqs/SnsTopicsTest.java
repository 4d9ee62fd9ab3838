package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Topics, their attributes and tags. The texts are as recorded on AWS. */
class SnsTopicsTest extends SnsTest {
    @Test
    void topicHasAnArnAndTheAttributesOfAws() {
        SqsClient.Answer created = ok("CreateTopic", "Name", "t");
        assertThat(created.header("content-type")).isEqualTo("text/xml");
        assertThat(created.body())
                .startsWith("<?xml version=\"1.0\"?><CreateTopicResponse"
                        + " xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><CreateTopicResult><TopicArn>" + TOPIC
                        + "t</TopicArn></CreateTopicResult><ResponseMetadata><RequestId>");
        assertThat(topicAttributes(TOPIC + "t"))
                .containsEntry("TopicArn", TOPIC + "t")
                .containsEntry("Owner", "000000000000")
                .containsEntry("DisplayName", "")
                .containsEntry("SubscriptionsConfirmed", "0")
                .containsEntry("SubscriptionsPending", "0")
                .containsEntry("SubscriptionsDeleted", "0")
                .containsEntry(
                        "EffectiveDeliveryPolicy",
                        "{\"http\":{\"defaultHealthyRetryPolicy\":{\"minDelayTarget\":20,\"maxDelayTarget\":20,"
                                + "\"numRetries\":3,\"numMaxDelayRetries\":0,\"numNoDelayRetries\":0,"
                                + "\"numMinDelayRetries\":0,\"backoffFunction\":\"linear\"},"
                                + "\"disableSubscriptionOverrides\":false,"
                                + "\"defaultRequestPolicy\":{\"headerContentType\":\"text/plain; charset=UTF-8\"}}}")
                .containsEntry(
                        "Policy",
                        "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{\"Sid\":"
                                + "\"__default_statement_ID\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
                                + "\"Action\":[\"SNS:GetTopicAttributes\",\"SNS:SetTopicAttributes\","
                                + "\"SNS:AddPermission\",\"SNS:RemovePermission\",\"SNS:DeleteTopic\","
                                + "\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],\"Resource\":\""
                                + TOPIC + "t\",\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":"
                                + "\"000000000000\"}}}]}")
                .hasSize(8);
    }

    @Test
    void fifoTopicShowsItsKind() {
        String arn = topic("t.fifo", "FifoTopic", "True", "DisplayName", "Test", "SignatureVersion", "2");
        assertThat(topicAttributes(arn))
                .containsEntry("FifoTopic", "true")
                .containsEntry("ContentBasedDeduplication", "false")
                .containsEntry("DisplayName", "Test")
                .containsEntry("SignatureVersion", "2");
        ok(
                "SetTopicAttributes",
                "TopicArn",
                arn,
                "AttributeName",
                "ContentBasedDeduplication",
                "AttributeValue",
                "true");
        ok(
                "SetTopicAttributes",
                "TopicArn",
                arn,
                "AttributeName",
                "FifoThroughputScope",
                "AttributeValue",
                "MessageGroup");
        assertThat(topicAttributes(arn))
                .containsEntry("ContentBasedDeduplication", "true")
                .containsEntry("FifoThroughputScope", "MessageGroup");
    }

    @Test
    void nameMustBeOneOfTopics() {
        String bad = "InvalidParameter 400: Invalid parameter: Topic Name";
        assertThat(topic("a".repeat(256))).endsWith("a");
        for (String name : List.of("", "a".repeat(257), "test.fifo", "bad:name", "bad;name", "a b", "a|b", "ä")) {
            assertThat(refused("CreateTopic", "Name", name)).as(name).isEqualTo(bad);
        }
        for (String name : List.of("test", ".fifo", "a".repeat(252) + ".fifo", "a.b.fifo")) {
            assertThat(refused(
                            "CreateTopic",
                            "Name",
                            name,
                            "Attributes.entry.1.key",
                            "FifoTopic",
                            "Attributes.entry.1.value",
                            "true"))
                    .as(name)
                    .isEqualTo(bad);
        }
        assertThat(refused("CreateTopic"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Name Reason: no value for required parameter");
    }

    @Test
    void creatingATopicAgainIsTheSameUnlessItDiffers() {
        String arn = topic("t", "DisplayName", "Value1");
        assertThat(topic("t")).isEqualTo(arn);
        assertThat(topic("t", "DisplayName", "Value1")).isEqualTo(arn);
        assertThat(topic("t", "FifoTopic", "false")).isEqualTo(arn);
        assertThat(topicAttributes(arn)).containsEntry("DisplayName", "Value1").doesNotContainKey("FifoTopic");
        String different =
                "InvalidParameter 400: Invalid parameter: Attributes Reason: Topic already exists with different attributes";
        assertThat(refused(
                        "CreateTopic",
                        "Name",
                        "t",
                        "Attributes.entry.1.key",
                        "DisplayName",
                        "Attributes.entry.1.value",
                        "Value2"))
                .isEqualTo(different);
        assertThat(refused(
                        "CreateTopic",
                        "Name",
                        "t",
                        "Attributes.entry.1.key",
                        "SignatureVersion",
                        "Attributes.entry.1.value",
                        "2"))
                .isEqualTo(different);
    }

    @Test
    void creatingATopicAgainMayNotBringOtherTags() {
        ok(
                "CreateTopic",
                "Name",
                "t",
                "Tags.member.1.Key",
                "a",
                "Tags.member.1.Value",
                "1",
                "Tags.member.2.Key",
                "b",
                "Tags.member.2.Value",
                "2");
        ok("CreateTopic", "Name", "t", "Tags.member.1.Key", "a", "Tags.member.1.Value", "1");
        ok("CreateTopic", "Name", "t", "Tags", "");
        String different =
                "InvalidParameter 400: Invalid parameter: Tags Reason: Topic already exists with different tags";
        assertThat(refused("CreateTopic", "Name", "t", "Tags.member.1.Key", "c", "Tags.member.1.Value", "3"))
                .isEqualTo(different);
        assertThat(refused("CreateTopic", "Name", "t", "Tags.member.1.Key", "a", "Tags.member.1.Value", "other"))
                .isEqualTo(different);
    }

    @Test
    void tagsAreSetReadAndRemoved() {
        String arn = topic("t");
        assertThat(refused(
                        "TagResource",
                        "ResourceArn",
                        arn,
                        "Tags.member.1.Key",
                        "k",
                        "Tags.member.1.Value",
                        "v",
                        "Tags.member.2.Key",
                        "k",
                        "Tags.member.2.Value",
                        "v"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Duplicated keys are not allowed.");
        assertThat(ok(
                                "TagResource",
                                "ResourceArn",
                                arn,
                                "Tags.member.1.Key",
                                "k1",
                                "Tags.member.1.Value",
                                "v1",
                                "Tags.member.2.Key",
                                "k2",
                                "Tags.member.2.Value",
                                "")
                        .body())
                .contains("<TagResourceResult></TagResourceResult>");
        assertThat(ok("ListTagsForResource", "ResourceArn", arn).element("Tags"))
                .isEqualTo(
                        "<member><Key>k1</Key><Value>v1</Value></member><member><Key>k2</Key><Value></Value></member>");
        ok("UntagResource", "ResourceArn", arn, "TagKeys.member.1", "k1", "TagKeys.member.2", "none");
        assertThat(ok("ListTagsForResource", "ResourceArn", arn).element("Tags"))
                .isEqualTo("<member><Key>k2</Key><Value></Value></member>");
        ok("DeleteTopic", "TopicArn", arn);
        assertThat(refused("ListTagsForResource", "ResourceArn", arn))
                .isEqualTo("ResourceNotFound 404: Resource does not exist");
        topic("t");
        assertThat(ok("ListTagsForResource", "ResourceArn", arn).element("Tags"))
                .isEmpty();
    }

    @Test
    void tagsAreLimited() {
        String[] parameters = new String[2 + 4 * 51];
        parameters[0] = "ResourceArn";
        parameters[1] = topic("t");
        for (int i = 0; i < 51; i++) {
            parameters[2 + 4 * i] = "Tags.member." + (i + 1) + ".Key";
            parameters[3 + 4 * i] = "k" + i;
            parameters[4 + 4 * i] = "Tags.member." + (i + 1) + ".Value";
            parameters[5 + 4 * i] = "v";
        }
        assertThat(refused("TagResource", parameters))
                .isEqualTo("TagLimitExceeded 400: Could not complete request: tag quota of per resource exceeded");
    }

    @Test
    void arnsAreCheckedInSnssWords() {
        topic("t");
        assertThat(refused("GetTopicAttributes", "TopicArn", "test-topic"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: TopicArn Reason: An ARN must have at least 6"
                        + " elements, not 1");
        assertThat(refused("GetTopicAttributes", "TopicArn", "arn:aws:sns:us-east-1:random"))
                .endsWith("not 5");
        assertThat(refused("GetTopicAttributes", "TopicArn", "arn:aws:sns:eu-west-1:000000000000:t"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: TopicArn");
        for (String arn : List.of(TOPIC + "none", TOPIC + "t:x", "arn:aws:sns:us-east-1:111111111111:t")) {
            assertThat(refused("GetTopicAttributes", "TopicArn", arn))
                    .as(arn)
                    .isEqualTo("NotFound 404: Topic does not exist");
        }
        assertThat(refused("GetTopicAttributes"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: TopicArn Reason: no value for required parameter");
    }

    @Test
    void deletingIsIdempotent() {
        String arn = topic("t");
        assertThat(ok("DeleteTopic", "TopicArn", arn).body())
                .startsWith("<?xml version=\"1.0\"?><DeleteTopicResponse"
                        + " xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ResponseMetadata>");
        ok("DeleteTopic", "TopicArn", arn);
        assertThat(refused("GetTopicAttributes", "TopicArn", arn)).isEqualTo("NotFound 404: Topic does not exist");
        assertThat(refused("DeleteTopic", "TopicArn", "x")).startsWith("InvalidParameter 400");
    }

    @Test
    void topicsAreListedAHundredAtATime() {
        List<String> all = new ArrayList<>();
        assertThat(ok("ListTopics").element("Topics")).isEmpty();
        for (int i = 0; i < 120; i++) {
            all.add(topic("paging-" + i));
        }
        SqsClient.Answer first = ok("ListTopics");
        SqsClient.Answer second = ok("ListTopics", "NextToken", first.element("NextToken"));
        assertThat(count(first, "TopicArn")).isEqualTo(100);
        assertThat(count(second, "TopicArn")).isEqualTo(20);
        assertThat(second.body()).doesNotContain("NextToken");
        assertThat(all).allMatch(arn -> (first.body() + second.body()).contains("<TopicArn>" + arn + "</TopicArn>"));
        assertThat(refused("ListTopics", "NextToken", "%%%"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: NextToken");
    }

    @Test
    void attributesAreCheckedWhenTheyAreSet() {
        String arn = topic("t");
        assertThat(set(arn, "FifoTopic", "false")).isEqualTo("InvalidParameter 400: Invalid parameter: AttributeName");
        assertThat(set(arn, "Fake", "x")).isEqualTo("InvalidParameter 400: Invalid parameter: AttributeName");
        assertThat(set(arn, "TopicArn", "x")).isEqualTo("InvalidParameter 400: Invalid parameter: AttributeName");
        assertThat(set(arn, "SignatureVersion", "3")).startsWith("InvalidParameter 400: Invalid parameter: SignatureV");
        assertThat(set(arn, "TracingConfig", "on")).startsWith("InvalidParameter 400");
        assertThat(set(arn, "DisplayName", "x".repeat(101))).startsWith("InvalidParameter 400");
        assertThat(set(arn, "Policy", "{nonsense")).startsWith("InvalidParameter 400");
        assertThat(set(arn, "ContentBasedDeduplication", "true"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Content-based deduplication can only be set for"
                        + " FIFO topics");
        assertThat(refused(
                        "CreateTopic", "Name", "u", "Attributes.entry.1.key", "Fake", "Attributes.entry.1.value", "x"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Attributes Reason: Unknown attribute Fake");
        assertThat(topicAttributes(arn)).hasSize(8);
    }

    private String set(String arn, String name, String value) {
        return refused("SetTopicAttributes", "TopicArn", arn, "AttributeName", name, "AttributeValue", value);
    }

    @Test
    void attributesAreReadBackAsSet() {
        String arn = topic("t");
        Map<String, String> set = Map.of(
                "DisplayName", "a <b> & \"c\"",
                "Policy", "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
                "KmsMasterKeyId", "alias/aws/sns",
                "TracingConfig", "Active",
                "SQSSuccessFeedbackSampleRate", "50",
                "HTTPFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/x");
        set.forEach((name, value) ->
                ok("SetTopicAttributes", "TopicArn", arn, "AttributeName", name, "AttributeValue", value));
        assertThat(topicAttributes(arn)).containsAllEntriesOf(set);
        ok("SetTopicAttributes", "TopicArn", arn, "AttributeName", "KmsMasterKeyId", "AttributeValue", "");
        ok("SetTopicAttributes", "TopicArn", arn, "AttributeName", "DisplayName");
        assertThat(topicAttributes(arn)).doesNotContainKey("KmsMasterKeyId").containsEntry("DisplayName", "");
    }

    @Test
    void deliveryPolicyIsShownWithoutWhatIsNullAndFilledInForEffect() {
        String arn = topic(
                "t",
                "DeliveryPolicy",
                "{\"http\":{\"defaultRequestPolicy\":{\"headerContentType\":\"application/json\"}}}");
        assertThat(topicAttributes(arn).get("EffectiveDeliveryPolicy"))
                .contains("application/json", "\"numRetries\":3");
        ok(
                "SetTopicAttributes",
                "TopicArn",
                arn,
                "AttributeName",
                "DeliveryPolicy",
                "AttributeValue",
                "{\"http\":{\"defaultHealthyRetryPolicy\":{\"minDelayTarget\":5,\"maxDelayTarget\":6,\"numRetries\":1}}}");
        assertThat(topicAttributes(arn))
                .containsEntry(
                        "DeliveryPolicy",
                        "{\"http\":{\"defaultHealthyRetryPolicy\":{\"minDelayTarget\":5,\"maxDelayTarget\":6,"
                                + "\"numRetries\":1},\"disableSubscriptionOverrides\":false}}")
                .containsEntry(
                        "EffectiveDeliveryPolicy",
                        "{\"http\":{\"defaultHealthyRetryPolicy\":{\"minDelayTarget\":5,\"maxDelayTarget\":6,"
                                + "\"numRetries\":1,\"numMaxDelayRetries\":0,\"numNoDelayRetries\":0,"
                                + "\"numMinDelayRetries\":0,\"backoffFunction\":\"linear\"},"
                                + "\"disableSubscriptionOverrides\":false,"
                                + "\"defaultRequestPolicy\":{\"headerContentType\":\"text/plain; charset=UTF-8\"}}}");
        ok(
                "SetTopicAttributes",
                "TopicArn",
                arn,
                "AttributeName",
                "DeliveryPolicy",
                "AttributeValue",
                "{\"http\":{\"defaultHealthyRetryPolicy\":null}}");
        assertThat(topicAttributes(arn))
                .containsEntry("DeliveryPolicy", "{\"http\":{\"disableSubscriptionOverrides\":false}}");
        ok("SetTopicAttributes", "TopicArn", arn, "AttributeName", "DeliveryPolicy", "AttributeValue", "");
        assertThat(topicAttributes(arn)).doesNotContainKey("DeliveryPolicy");
    }

    @Test
    void deliveryPolicyHasBounds() {
        String arn = topic("t");
        for (String retry : List.of(
                "\"minDelayTarget\":0",
                "\"maxDelayTarget\":3601",
                "\"minDelayTarget\":30,\"maxDelayTarget\":20",
                "\"numRetries\":101",
                "\"numRetries\":-1",
                "\"numRetries\":9999999999999",
                "\"numRetries\":3,\"numNoDelayRetries\":2,\"numMinDelayRetries\":2",
                "\"backoffFunction\":\"none\"")) {
            assertThat(set(arn, "DeliveryPolicy", "{\"http\":{\"defaultHealthyRetryPolicy\":{" + retry + "}}}"))
                    .as(retry)
                    .startsWith("InvalidParameter 400: Invalid parameter: DeliveryPolicy: ");
        }
    }

    @Test
    void dataProtectionPolicyIsKeptBesideTheAttributes() {
        String arn = topic("t");
        String policy = "{\"Name\":\"p\",\"Statement\":[]}";
        assertThat(ok("GetDataProtectionPolicy", "ResourceArn", arn).body()).doesNotContain("<DataProtectionPolicy>");
        ok("PutDataProtectionPolicy", "ResourceArn", arn, "DataProtectionPolicy", policy);
        assertThat(ok("GetDataProtectionPolicy", "ResourceArn", arn)
                        .element("DataProtectionPolicy")
                        .replace("&quot;", "\""))
                .isEqualTo(policy);
        assertThat(topicAttributes(arn)).hasSize(8);
    }

    private String permit(String arn, String label, String... actions) {
        List<String> parameters =
                new ArrayList<>(List.of("TopicArn", arn, "Label", label, "AWSAccountId.member.1", "111111111111"));
        for (int i = 0; i < actions.length; i++) {
            parameters.addAll(List.of("ActionName.member." + (i + 1), actions[i]));
        }
        SqsClient.Answer answer = sns("AddPermission", parameters.toArray(String[]::new));
        return answer.status() == 200 ? "" : refusal(answer);
    }

    @Test
    void permissionIsAStatementOfThePolicyUnderItsLabel() {
        String arn = topic("t");
        String before = topicAttributes(arn).getOrDefault("Policy", "");
        assertThat(permit(arn, "test", "Publish")).isEmpty();
        assertThat(topicAttributes(arn).get("Policy"))
                .isEqualTo(before.substring(0, before.length() - 2) + ",{\"Sid\":\"test\",\"Effect\":\"Allow\","
                        + "\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"},\"Action\":\"SNS:Publish\","
                        + "\"Resource\":\"" + arn + "\"}]}");
        assertThat(permit(arn, "test", "AddPermission"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Statement already exists");
        assertThat(permit(arn, "test-2", "InvalidAction"))
                .isEqualTo("InvalidParameter 400: Invalid parameter: Policy statement action out of service scope!");
        assertThat(permit(arn + "-not-existing", "test-2", "AddPermission"))
                .isEqualTo("NotFound 404: Topic does not exist");
        assertThat(permit(arn, "more", "Publish", "Subscribe")).isEmpty();
        assertThat(topicAttributes(arn).get("Policy")).contains("\"Action\":[\"SNS:Publish\",\"SNS:Subscribe\"]");
        ok("RemovePermission", "TopicArn", arn, "Label", "more");
        ok("RemovePermission", "TopicArn", arn, "Label", "test");
        ok("RemovePermission", "TopicArn", arn, "Label", "never there");
        assertThat(topicAttributes(arn)).containsEntry("Policy", before);
        assertThat(refused("RemovePermission", "TopicArn", arn + "-not-existing", "Label", "test"))
                .isEqualTo("NotFound 404: Topic does not exist");
    }

    @Test
    void actionInBothServicesGoesByTheVersion() {
        String url = queue("both");
        Map<String, String> toSqs = Map.of(
                "Action", "AddPermission",
                "Version", "2012-11-05",
                "QueueUrl", url,
                "Label", "l",
                "AWSAccountId.1", "111111111111",
                "ActionName.1", "SendMessage");
        assertThat(client.query(toSqs).status()).isEqualTo(200);
        assertThat(permit(topic("both"), "l", "Publish")).isEmpty();
    }
}
