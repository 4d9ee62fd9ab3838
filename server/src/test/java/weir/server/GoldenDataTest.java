package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import weir.core.Edition;
import weir.server.config.ConfigException;

/**
 * The data directories of real older releases ({@code golden/README.md}), one for each edition, opened by this one: nothing is
 * missing, and from then on it works as one of today's.
 */
class GoldenDataTest {
    /** What the last release of an edition has left behind. */
    enum Golden {
        EDITION_1(1, "2026-11-23T02:46:50Z"),
        EDITION_2(2, "2026-11-23T08:16:05Z"),
        EDITION_3(3, "2026-11-23T11:40:33Z"),
        EDITION_4(4, "2026-11-23T20:11:36Z");

        final int edition;
        /** When the last of it was written. */
        final Instant made;

        Golden(int edition, String made) {
            this.edition = edition;
            this.made = Instant.parse(made);
        }
    }

    @TempDir
    private Path directory;

    private Path unzipped(Golden golden) throws Exception {
        return Unzipped.into(directory.resolve("data"), "/golden/edition-" + golden.edition + ".zip");
    }

    /** By a clock that goes on from when the data were made: leases and retention would run out by today's. */
    private WeirServer start(Golden golden, Path data, String... variables) throws Exception {
        Path skew = directory.resolve("skew");
        Files.writeString(skew, Long.toString(golden.made.toEpochMilli() - System.currentTimeMillis()));
        List<String> all = new ArrayList<>(List.of(variables));
        all.addAll(List.of("WEIR_TESTING_CLOCK_SKEW", skew.toString(), "WEIR_TESTING_ENABLED", "true"));
        return TestServer.start(data, all.toArray(String[]::new));
    }

    private static List<String> numbered(String prefix, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
    }

    private static List<String> peeked(WeirServer server, String queue) {
        String printed = NodeProcess.run(
                "peek", queue, "--limit", "100", "--json", "--server", "http://127.0.0.1:" + server.adminPort());
        return java.util.regex.Pattern.compile(
                        "\"state\" ?: ?\"(\\w+)\".*?\"body\" ?: ?\"([^\"]*)\"", java.util.regex.Pattern.DOTALL)
                .matcher(printed)
                .results()
                .map(found -> found.group(2) + " " + found.group(1))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsThereAndGoesOn(Golden golden) throws Exception {
        Path data = unzipped(golden);
        try (WeirServer server = start(golden, data);
                SqsClient sqs = TestServer.client(
                        server, SqsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()));
                SnsClient sns = TestServer.client(
                        server, SnsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()))) {
            assertThat(sqs.listQueues().queueUrls())
                    .extracting(url -> url.substring(url.lastIndexOf('/') + 1))
                    .containsExactlyInAnyOrder(
                            "orders", "failed", "fragile", "later", "ledger.fifo", "urgent", "news-copy");
            assertThat(peeked(server, "orders"))
                    .startsWith(
                            "order-2 leased", "order-3 leased", "order-4 leased", "order-6 leased", "order-7 leased")
                    .contains("order-8 ready", "order-29 ready")
                    .hasSize(27);
            assertThat(peeked(server, "ledger.fifo")).contains("a-0 leased", "a-1 ready", "b-0 ready");
            server.tests().advance(Duration.ofHours(12));
            // What was in flight has run out; it is where it was, and counts as tried.
            List<Message> orders = all(sqs, "orders");
            assertThat(bodies(orders))
                    .containsExactlyElementsOf(numbered("order-", 2, 30).stream()
                            .filter(body -> !body.equals("order-5"))
                            .toList());
            Map<String, String> tried = new java.util.TreeMap<>();
            orders.forEach(each -> tried.put(
                    each.body(), each.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)));
            assertThat(tried)
                    .containsEntry("order-2", "2")
                    .containsEntry("order-7", "2")
                    .containsEntry("order-8", "1");
            assertThat(orders.getFirst().messageAttributes())
                    .hasEntrySatisfying(
                            "number", number -> assertThat(number.stringValue()).isEqualTo("2"));

            assertThat(bodies(all(sqs, "failed"))).containsExactly("dead-0", "dead-1");
            assertThat(bodies(all(sqs, "fragile"))).containsExactly("dead-2", "whole");
            assertThat(peeked(server, "later")).containsExactly("delayed-0 delayed", "delayed-1 delayed");
            assertThat(bodies(all(sqs, "urgent"))).containsExactly("level-0", "level-0-again", "level-1", "level-2");
            assertThat(bodies(all(sqs, "news-copy"))).containsExactlyInAnyOrder("news-0", "news-1");
            List<String> ledger = bodies(all(sqs, "ledger.fifo"));
            assertThat(ledger.stream().filter(body -> body.startsWith("a")).toList())
                    .isEqualTo(numbered("a-", 0, 6));
            assertThat(ledger.stream().filter(body -> body.startsWith("b")).toList())
                    .isEqualTo(numbered("b-", 0, 5));
            if (golden.edition >= Edition.TOPICS) {
                assertThat(events(server, 5)).isEqualTo(numbered("event-", 0, 5));
            }
            assertThat(NodeProcess.run("user", "list", "--server", "http://127.0.0.1:" + server.adminPort()))
                    .contains("alice", "bob");

            String topic = sns.listTopics().topics().getFirst().topicArn();
            sns.publish(publish -> publish.topicArn(topic).message("news-2"));
            assertThat(bodies(all(sqs, "news-copy"))).containsExactly("news-2");
        }
        assertThat(data.resolve("weir.format")).content().contains("edition " + Edition.NEWEST);
        assertThatThrownBy(() -> start(golden, data, "WEIR_NODE_EDITION", Integer.toString(golden.edition)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "has come to edition " + Edition.NEWEST + ", but this node reads none above " + golden.edition);
        try (WeirServer server = start(golden, data)) {
            assertThat(peeked(server, "later")).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void heldBackItStaysAsTheOlderReleaseReadsIt(Golden golden) throws Exception {
        Path data = unzipped(golden);
        String format = Files.readString(data.resolve("weir.format"));
        try (WeirServer server = start(golden, data, "WEIR_NODE_EDITION", Integer.toString(golden.edition))) {
            assertThat(peeked(server, "later")).hasSize(2);
        }
        assertThat(data.resolve("weir.format")).content().isEqualTo(format);
    }

    /** So many messages of the stream, from its beginning. */
    private static List<String> events(WeirServer server, int count) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpPort());
        BlockingQueue<String> read = new LinkedBlockingQueue<>();
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            channel.basicQos(10);
            channel.basicConsume(
                    "events",
                    false,
                    Map.of("x-stream-offset", "first"),
                    (_, delivery) -> read.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                    _ -> {});
            List<String> events = new ArrayList<>();
            while (events.size() < count) {
                events.add(AmqpAtServer.next(read));
            }
            return events;
        }
    }

    private static List<String> bodies(List<Message> messages) {
        return messages.stream().map(Message::body).toList();
    }

    /** Receives and deletes until nothing comes any more. */
    private static List<Message> all(SqsClient sqs, String queue) {
        String url = sqs.getQueueUrl(get -> get.queueName(queue)).queueUrl();
        List<Message> all = new ArrayList<>();
        while (true) {
            List<Message> some = sqs.receiveMessage(receive -> receive.queueUrl(url)
                            .maxNumberOfMessages(10)
                            .messageAttributeNames("All")
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                            .waitTimeSeconds(1))
                    .messages();
            if (some.isEmpty()) {
                return all;
            }
            for (Message message : some) {
                all.add(message);
                sqs.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(message.receiptHandle()));
            }
        }
    }
}
