package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The Query protocol, answered as JSON to a client that accepts it. */
class QueryJsonTest extends SqsTest {
    private SqsClient.Answer query(String path, String form) {
        return client.post(
                path,
                Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json"),
                form + "&Version=2012-11-05");
    }

    private JsonNode result(String action, String form) {
        SqsClient.Answer answer = query("/000000000000/q", "Action=" + action + "&" + form);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        JsonNode response = answer.json().path(action + "Response");
        assertThat(response.path("ResponseMetadata").path("RequestId").asString(""))
                .isEqualTo(answer.header("x-amzn-requestid"));
        return response.path(action + "Result");
    }

    @Test
    void messageIsListedWithNullForWhatItHasNot() {
        queue("q");
        assertThat(result("ReceiveMessage", "").toString()).isEqualTo("{\"messages\":null}");
        JsonNode sent = result("SendMessage", "MessageBody=ba%0Dr");
        assertThat(sent.get("SequenceNumber").isNull()).isTrue();
        JsonNode message = result("ReceiveMessage", "AttributeName.1=ApproximateReceiveCount")
                .path("messages")
                .path(0);
        assertThat(message.path("MessageId")).isEqualTo(sent.get("MessageId"));
        assertThat(message.path("Body").asString("")).isEqualTo("ba\rr");
        assertThat(message.path("Attributes").toString())
                .isEqualTo("[{\"Name\":\"ApproximateReceiveCount\",\"Value\":\"1\"}]");
        assertThat(message.get("MessageAttributes").isNull()).isTrue();
    }

    @Test
    void attributesAreAListOfNamesAndValues() {
        queue("q", "'DelaySeconds':'7'");
        assertThat(result("GetQueueAttributes", "AttributeName.1=DelaySeconds").toString())
                .isEqualTo("{\"Attributes\":[{\"Name\":\"DelaySeconds\",\"Value\":\"7\"}]}");
        SqsClient.Answer list = query("/", "Action=ListQueues");
        assertThat(list.json()
                        .path("ListQueuesResponse")
                        .path("ListQueuesResult")
                        .toString())
                .isEqualTo("{\"queueUrls\":[\"" + client.endpoint() + "/000000000000/q\"],\"NextToken\":null}");
    }

    @Test
    void errorIsWordedAsInXml() {
        queue("q");
        SqsClient.Answer refused = query("/000000000000/q", "Action=ListQueues");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("Error").toString())
                .isEqualTo("{\"Code\":\"InvalidAction\",\"Message\":\"The action ListQueues is not valid for this"
                        + " endpoint.\",\"Type\":\"Sender\"}");
    }

    @Test
    void withoutAnActionThereIsNoJson() {
        SqsClient.Answer refused = query("/000000000000/q", "x=y");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.body()).contains("<UnknownOperationException/>");
    }

    @Test
    void emptyResultIsOneElement() {
        queue("q");
        assertThat(client.get("/000000000000/q?Action=ReceiveMessage").body()).contains("<ReceiveMessageResult/>");
    }
}
