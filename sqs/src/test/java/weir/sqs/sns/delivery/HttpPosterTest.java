package weir.sqs.sns.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.catalog.Definition;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.TopicNames;
import weir.sqs.sns.message.Notification;

/** What comes of addresses that nothing can be sent to. */
class HttpPosterTest {
    private static final Notification NOTIFICATION = new Notification(
            Notification.Type.NOTIFICATION, "arn", "id", 0, null, null, 1, "http://127.0.0.1:1", null, Bytes.EMPTY);

    private static Subscription to(String endpoint) {
        var attributes = new TreeMap<>(Map.of(
                "topic", "1", "protocol", "HTTP", "endpoint", endpoint, "owner", "000000000000", "principal", "p"));
        return Subscription.of(
                new Definition(Subscription.KIND, "news/00000000-0000-4000-8000-000000000001", attributes, 0, 0, 1, 1),
                new TopicNames("us-east-1", "000000000000"));
    }

    @Test
    void addressThatCannotBeIsRefusedForGood() throws InterruptedException {
        try (HttpPoster poster = new HttpPoster()) {
            Message message = new Message(List.of(), Bytes.utf8("x"));
            for (String endpoint : List.of("http://127.0.0.1:65536/", "http://a_b/", "http://a b/")) {
                assertThat(poster.post(to(endpoint), NOTIFICATION, message, "text/plain", HttpPermits.Kind.FIRST))
                        .as(endpoint)
                        .isEqualTo(HttpPoster.Result.REFUSED);
            }
        }
    }
}
