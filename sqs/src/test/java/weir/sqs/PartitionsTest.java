package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import weir.core.KeyHash;
import weir.core.broker.OutcomeUnknownException;

/** Queues of several partitions: what a client is told when those answer differently. */
class PartitionsTest extends SqsTest {
    private String partitioned() {
        return client.ok("CreateQueue", "{'QueueName':'q','tags':{'weir:partitions':'4'}}")
                .get("QueueUrl")
                .asString();
    }

    private static String groupIn(int partition) {
        int number = 0;
        while (KeyHash.bucket("g" + number, 4) != partition) {
            number++;
        }
        return "g" + number;
    }

    /** Two to the first partition, one to the third. */
    private JsonNode sendThree(String url) {
        return client.ok(
                "SendMessageBatch",
                "{'QueueUrl':'" + url + "','Entries':[{'Id':'a','MessageBody':'A','MessageGroupId':'" + groupIn(0)
                        + "'},{'Id':'b','MessageBody':'B','MessageGroupId':'" + groupIn(2)
                        + "'},{'Id':'c','MessageBody':'C','MessageGroupId':'" + groupIn(0) + "'}]}");
    }

    private static List<String> ids(JsonNode entries) {
        return entries.valueStream().map(entry -> entry.get("Id").asString()).toList();
    }

    @Test
    void entriesOfAPartitionThatDoesNotAnswerFailAndTheOthersDoNot() {
        String url = partitioned();
        broker.nextFailure = new OutcomeUnknownException("no leader");
        JsonNode answer = sendThree(url);
        assertThat(ids(answer.path("Successful"))).containsExactly("b");
        assertThat(ids(answer.path("Failed"))).containsExactly("a", "c");
        assertThat(answer.at("/Failed/0/Code").asString()).isEqualTo("ServiceUnavailable");
        assertThat(answer.at("/Failed/0/SenderFault").booleanValue()).isFalse();
        assertThat(bodies(url)).containsExactly("B");
    }

    @Test
    void requestWhoseOnePartitionDoesNotAnswerFailsAsAWhole() {
        String url = partitioned();
        broker.nextFailure = new OutcomeUnknownException("no leader");
        assertThat(error("SendMessage", "{'QueueUrl':'" + url + "','MessageBody':'A'}"))
                .startsWith("ServiceUnavailableException 503");
        broker.nextFailure = new OutcomeUnknownException("no leader");
        assertThat(error(
                        "SendMessageBatch",
                        "{'QueueUrl':'" + url
                                + "','Entries':[{'Id':'a','MessageBody':'A'},{'Id':'b','MessageBody':'B'}]}"))
                .startsWith("ServiceUnavailableException 503");
    }

    @Test
    void deletionsInAPartitionThatDoesNotAnswerFailAndTheOthersDoNot() {
        String url = partitioned();
        assertThat(ids(sendThree(url).path("Successful"))).containsExactly("a", "b", "c");
        StringBuilder entries = new StringBuilder();
        List<JsonNode> received = List.of();
        int count = 0;
        while (count < 3) {
            received = receive(url, "'MaxNumberOfMessages':10");
            for (JsonNode message : received) {
                entries.append(count == 0 ? "" : ",")
                        .append("{'Id':'" + message.get("Body").asString() + "','ReceiptHandle':'" + handle(message)
                                + "'}");
                count++;
            }
        }
        broker.nextFailure = new OutcomeUnknownException("no leader");
        JsonNode answer = client.ok("DeleteMessageBatch", "{'QueueUrl':'" + url + "','Entries':[" + entries + "]}");
        assertThat(ids(answer.path("Failed"))).containsExactly("A", "C");
        assertThat(ids(answer.path("Successful"))).containsExactly("B");
    }

    @Test
    void messageIdsOfDifferentPartitionsDiffer() {
        String url = partitioned();
        List<String> ids = sendThree(url)
                .path("Successful")
                .valueStream()
                .map(entry -> entry.get("MessageId").asString())
                .toList();
        assertThat(ids).doesNotHaveDuplicates().hasSize(3);
    }

    @Test
    void numberOfPartitionsThatIsNoneIsRefused() {
        for (String wrong : List.of("0", "65", "-1", "four", "")) {
            assertThat(error("CreateQueue", "{'QueueName':'q','tags':{'weir:partitions':'" + wrong + "'}}"))
                    .contains("allowed is 1 to 64");
        }
    }
}
