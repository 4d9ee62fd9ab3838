package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import weir.sqs.action.Rests;

/** What a client must wait for before it does a thing again. */
class RestsTest extends SqsTest {
    @Override
    Rests rests() {
        return Rests.AS_ON_AWS;
    }

    @Test
    void nameOfADeletedQueueRestsForAMinute() {
        String url = queue("q");
        client.ok("DeleteQueue", "{'QueueUrl':'" + url + "'}");
        pass(Duration.ofSeconds(59));
        assertThat(error("CreateQueue", "{'QueueName':'q'}"))
                .isEqualTo("QueueDeletedRecently 400 AWS.SimpleQueueService.QueueDeletedRecently;Sender: You must wait"
                        + " 60 seconds after deleting a queue before you can create another with the same name.");
        queue("other");
        pass(Duration.ofSeconds(1));
        queue("q");
    }

    @Test
    void purgedQueueRestsForAMinute() {
        String url = queue("q");
        client.ok("PurgeQueue", "{'QueueUrl':'" + url + "'}");
        send(url, "'MessageBody':'x'");
        pass(Duration.ofSeconds(59));
        assertThat(error("PurgeQueue", "{'QueueUrl':'" + url + "'}"))
                .isEqualTo("PurgeQueueInProgress 403 AWS.SimpleQueueService.PurgeQueueInProgress;Sender: Only one"
                        + " PurgeQueue operation on q is allowed every 60 seconds.");
        pass(Duration.ofSeconds(1));
        client.ok("PurgeQueue", "{'QueueUrl':'" + url + "'}");
        assertThat(bodies(url)).isEmpty();
    }
}
