package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Bringing dead letters back. */
@Timeout(60)
class MoveTasksTest extends SqsTest {
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";

    /** A queue whose dead letters go to {@code dead}, with some of them there. */
    private String queueWithDeadLetters(String name, String... bodies) {
        String url = queue(
                name, "'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'" + ARN + "dead\\',\\'maxReceiveCount\\':1}'");
        for (String body : bodies) {
            send(url, "'MessageBody':'" + body + "'");
        }
        receive(url, "'VisibilityTimeout':0,'MaxNumberOfMessages':10");
        assertThat(receive(url, "")).isEmpty();
        return url;
    }

    private String start(String more) {
        return client.ok("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead'" + more + "}")
                .get("TaskHandle")
                .asString();
    }

    private List<JsonNode> tasks(int max) {
        JsonNode results = client.ok("ListMessageMoveTasks", "{'SourceArn':'" + ARN + "dead','MaxResults':" + max + "}")
                .path("Results");
        return StreamSupport.stream(results.spliterator(), false).toList();
    }

    /** The newest task, once it is in no state between. */
    private JsonNode ended() {
        while (true) {
            JsonNode task = tasks(1).getFirst();
            String status = task.get("Status").asString();
            if (!status.equals("RUNNING") && !status.equals("CANCELLING")) {
                return task;
            }
            Thread.onSpinWait();
        }
    }

    private List<String> arrived(String url, int count) {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < count) {
            receive(url, "'MaxNumberOfMessages':10,'WaitTimeSeconds':20")
                    .forEach(message -> bodies.add(message.get("Body").asString()));
        }
        return bodies;
    }

    @Test
    void messagesGoBackToTheQueuesTheyCameFrom() {
        String dead = queue("dead");
        String one = queueWithDeadLetters("one", "1", "2");
        String two = queueWithDeadLetters("two", "3");
        String handle = new String(Base64.getDecoder().decode(start("")), StandardCharsets.UTF_8);
        assertThat(handle).contains("\"sourceArn\":\"" + ARN + "dead\"").contains("\"taskId\":\"");
        assertThat(arrived(one, 2)).containsExactly("1", "2");
        assertThat(arrived(two, 1)).containsExactly("3");
        assertThat(ended().toString())
                .isEqualTo("{\"Status\":\"COMPLETED\",\"SourceArn\":\"" + ARN + "dead\","
                        + "\"ApproximateNumberOfMessagesMoved\":3,\"ApproximateNumberOfMessagesToMove\":3,"
                        + "\"StartedTimestamp\":" + clock.millis() + "}");
        assertThat(receive(dead, "")).isEmpty();
    }

    @Test
    void messagesGoToTheQueueThatIsNamed() {
        queue("dead");
        String other = queue("other");
        queueWithDeadLetters("q", "1", "2");
        start(",'DestinationArn':'" + ARN + "other'");
        assertThat(arrived(other, 2)).containsExactly("1", "2");
        assertThat(ended().get("DestinationArn").asString()).isEqualTo(ARN + "other");
    }

    @Test
    void onlyOneTaskOfAQueueRunsAtATimeAndItCanBeCancelled() {
        String dead = queue("dead");
        String url = queueWithDeadLetters("q", "1", "2", "3");
        String handle = start(",'MaxNumberOfMessagesPerSecond':1");
        assertThat(arrived(url, 1)).containsExactly("1");
        JsonNode running = tasks(1).getFirst();
        assertThat(running.get("TaskHandle").asString()).isEqualTo(handle);
        assertThat(running.get("MaxNumberOfMessagesPerSecond").asInt()).isEqualTo(1);
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: There is already a task"
                        + " running. Only one active task is allowed for a source queue arn at a given time.");
        assertThat(client.ok("CancelMessageMoveTask", "{'TaskHandle':'" + handle + "'}")
                        .get("ApproximateNumberOfMessagesMoved")
                        .asInt())
                .isBetween(1, 2);
        JsonNode cancelled = ended();
        assertThat(cancelled.get("Status").asString()).isEqualTo("CANCELLED");
        assertThat(cancelled.has("TaskHandle")).isFalse();
        assertThat(receive(dead, "'VisibilityTimeout':0")).hasSize(1);
        assertThat(error("CancelMessageMoveTask", "{'TaskHandle':'" + handle + "'}"))
                .startsWith("UnsupportedOperation 400");
        start("");
        assertThat(arrived(url, 1)).doesNotContain("1");
    }

    @Test
    void taskWhoseDestinationGoesHasFailedAndTheMessagesStay() {
        String dead = queue("dead");
        String other = queue("other");
        queueWithDeadLetters("q", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
        start(",'MaxNumberOfMessagesPerSecond':1,'DestinationArn':'" + ARN + "other'");
        client.ok("DeleteQueue", "{'QueueUrl':'" + other + "'}");
        JsonNode failed = ended();
        assertThat(failed.get("Status").asString()).isEqualTo("FAILED");
        assertThat(failed.get("FailureReason").asString()).isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
        assertThat(receive(dead, "")).hasSize(1);
    }

    @Test
    void messageThatWasSentToTheDeadLetterQueueItselfHasNowhereToGoBackTo() {
        String dead = queue("dead");
        queueWithDeadLetters("q");
        send(dead, "'MessageBody':'x'");
        start("");
        JsonNode failed = ended();
        assertThat(failed.get("Status").asString()).isEqualTo("FAILED");
        assertThat(failed.get("FailureReason").asString()).isEqualTo("CouldNotDetermineMessageSource");
        assertThat(bodies(dead)).containsExactly("x");
    }

    @Test
    void tenTasksAreKeptNewestFirst() {
        queue("dead");
        queueWithDeadLetters("q");
        for (int rate = 1; rate <= 12; rate++) {
            start(",'MaxNumberOfMessagesPerSecond':" + rate);
            ended();
        }
        assertThat(tasks(10).stream()
                        .map(task -> task.get("MaxNumberOfMessagesPerSecond").asInt()))
                .containsExactly(12, 11, 10, 9, 8, 7, 6, 5, 4, 3);
    }

    /** Whoever has no answer says again how many were moved; it may have been heard the first time. */
    @Test
    void messagesAreCountedOnceThoughAnswersOfTheCatalogAreLost() {
        queue("dead");
        String url = queueWithDeadLetters("q", "1", "2", "3");
        start(",'MaxNumberOfMessagesPerSecond':1");
        assertThat(arrived(url, 1)).containsExactly("1");
        broker.loseAnswersOfChanges(2);
        assertThat(arrived(url, 2)).containsExactly("2", "3");
        assertThat(ended().get("ApproximateNumberOfMessagesMoved").asInt()).isEqualTo(3);
    }

    @Test
    void tasksGoWithTheirQueue() {
        String dead = queue("dead");
        queueWithDeadLetters("q");
        start("");
        ended();
        client.ok("DeleteQueue", "{'QueueUrl':'" + dead + "'}");
        queue("dead");
        assertThat(tasks(10)).isEmpty();
    }

    @Test
    void whatCannotBeStartedIsRefused() {
        queue("dead");
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: Source queue must be"
                        + " configured as a Dead Letter Queue.");
        queueWithDeadLetters("q");
        String notThere = "ResourceNotFoundException 404 ResourceNotFoundException;Sender: The resource that you"
                + " specified for the %s parameter doesn't exist.";
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "none'}"))
                .isEqualTo(notThere.formatted("SourceArn"));
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead','DestinationArn':'nonsense'}"))
                .isEqualTo(notThere.formatted("DestinationArn"));
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead','DestinationArn':'" + ARN + "dead'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: Source queue arn and"
                        + " destination queue arn cannot be the same.");
        fifo("other.fifo", "");
        assertThat(error(
                        "StartMessageMoveTask",
                        "{'SourceArn':'" + ARN + "dead','DestinationArn':'" + ARN + "other.fifo'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: The source queue and"
                        + " destination queue must be of the same queue type.");
        assertThat(error("StartMessageMoveTask", "{'SourceArn':'" + ARN + "dead','MaxNumberOfMessagesPerSecond':501}"))
                .contains("Value 501 for parameter MaxNumberOfMessagesPerSecond is invalid.");
        assertThat(error("ListMessageMoveTasks", "{'SourceArn':'" + ARN + "none'}"))
                .isEqualTo(notThere.formatted("SourceArn"));
    }

    @Test
    void handleThatIsNoTasksIsRefused() {
        queue("dead");
        assertThat(error("CancelMessageMoveTask", "{'TaskHandle':'foobared'}"))
                .isEqualTo("InvalidParameterValueException 400 InvalidParameterValue;Sender: Value for parameter"
                        + " TaskHandle is invalid.");
        assertThat(error("CancelMessageMoveTask", "{'TaskHandle':'" + handle("none") + "'}"))
                .isEqualTo("ResourceNotFoundException 404 ResourceNotFoundException;Sender: The resource that you"
                        + " specified for the SourceArn parameter doesn't exist.");
        assertThat(error("CancelMessageMoveTask", "{'TaskHandle':'" + handle("dead") + "'}"))
                .isEqualTo("ResourceNotFoundException 404 ResourceNotFoundException;Sender: Task does not exist.");
    }

    private static String handle(String queue) {
        String json = "{\"taskId\":\"10f57157-fc38-4da9-a113-4de7e12d05aa\",\"sourceArn\":\"" + ARN + queue + "\"}";
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
