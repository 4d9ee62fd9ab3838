package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which queues may have a queue for their dead letters. */
class RedriveAllowPolicyTest extends SqsTest {
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";
    private static final String REDRIVE =
            "'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'" + ARN + "dead\\',\\'maxReceiveCount\\':1}'";
    private static final String REFUSED = "InvalidParameterValueException 400 InvalidParameterValue;Sender: Value"
            + " {\"deadLetterTargetArn\":\"" + ARN + "dead\",\"maxReceiveCount\":1} for parameter RedrivePolicy is"
            + " invalid. Reason: The redrive allow policy of the dead-letter queue does not permit this source queue.";

    private static String allow(String policy) {
        return "'RedriveAllowPolicy':'" + policy.replace("'", "\\'") + "'";
    }

    @Test
    void sourceThatIsNotAllowedIsRefused() {
        queue("dead", allow("{'redrivePermission':'denyAll'}"));
        assertThat(error("CreateQueue", "{'QueueName':'q','Attributes':{" + REDRIVE + "}}"))
                .isEqualTo(REFUSED);
        String url = queue("q");
        assertThat(error("SetQueueAttributes", "{'QueueUrl':'" + url + "','Attributes':{" + REDRIVE + "}}"))
                .isEqualTo(REFUSED);
    }

    @Test
    void sourceThatIsNamedIsTaken() {
        queue("dead", allow("{'redrivePermission':'byQueue','sourceQueueArns':['" + ARN + "q']}"));
        assertThat(error("CreateQueue", "{'QueueName':'other','Attributes':{" + REDRIVE + "}}"))
                .isEqualTo(REFUSED);
        queue("q", REDRIVE);
        queue("q", REDRIVE);
    }

    @Test
    void sourceThatWasTakenBeforeStays() {
        String dead = queue("dead");
        String url = queue("q", REDRIVE);
        client.ok(
                "SetQueueAttributes",
                "{'QueueUrl':'" + dead + "','Attributes':{" + allow("{'redrivePermission':'denyAll'}") + "}}");
        send(url, "'MessageBody':'x'");
        receive(url, "'VisibilityTimeout':0");
        assertThat(receive(url, "")).isEmpty();
        assertThat(bodies(dead)).containsExactly("x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nonsense                                                    | as it’s in an unsupported format.
            {}                                                          | as it’s in an unsupported format.
            {'redrivePermission':'some'}                                | as it’s in an unsupported format.
            {'redrivePermission':'byQueue','sourceQueueArns':'x'}       | as it’s in an unsupported format.
            {'redrivePermission':'byQueue'}                             | When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.
            {'redrivePermission':'denyAll','sourceQueueArns':['x']}     | To specify one or more source queue ARNs, you must set redrivePermission to byQueue.
            {'redrivePermission':'byQueue','sourceQueueArns':['1','2','3','4','5','6','7','8','9','10','11']} | The maximum number of source queue ARNs you can specify is 10.
            """)
    void policyThatCannotBeIsRefused(String policy, String reason) {
        assertThat(error("CreateQueue", "{'QueueName':'q','Attributes':{" + allow(policy) + "}}"))
                .contains("RedriveAllowPolicy")
                .endsWith(reason);
    }
}
