package weir.chaos.workload;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import weir.chaos.history.Entry;

/**
 * Amazon SQS by its JSON protocol: several queues of each kind, so that each shard has some. Written by hand rather than
 * with AWS's SDK, as that retries by itself, and the history has to hold every single request.
 */
public final class SqsFront implements Front {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ACCOUNT = "000000000000";
    private static final int QUEUES_OF_EACH_KIND = 4;
    /** Of one more queue of each kind: as many as there are shards, so that it has some in each. */
    private static final int PARTITIONS = 4;

    private static final long VISIBILITY_MICROS = WorkloadLimits.VISIBILITY.toNanos() / 1_000;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(WorkloadLimits.CONNECT_MAX)
            .build();
    private final AccessKey key;

    /** @param key one that the servers know */
    public SqsFront(AccessKey key) {
        this.key = key;
    }

    @Override
    public String name() {
        return "sqs";
    }

    @Override
    public List<Entry.Queue> queues() {
        return Stream.of(false, true)
                .flatMap(ordered -> {
                    String suffix = ordered ? ".fifo" : "";
                    String kind = ordered ? "ordered" : "work";
                    String dead = kind + "-dead" + suffix;
                    return Stream.of(
                                    Stream.of(new Entry.Queue(dead, name(), ordered, 1, VISIBILITY_MICROS, 0, "")),
                                    IntStream.range(0, QUEUES_OF_EACH_KIND)
                                            .mapToObj(i -> queue(kind + "-" + i + suffix, ordered, 1, dead)),
                                    Stream.of(queue(kind + "-wide" + suffix, ordered, PARTITIONS, dead)))
                            .flatMap(queues -> queues);
                })
                .toList();
    }

    private Entry.Queue queue(String name, boolean ordered, int partitions, String dead) {
        return new Entry.Queue(name, name(), ordered, partitions, VISIBILITY_MICROS, WorkloadLimits.ATTEMPTS_MAX, dead);
    }

    @Override
    public Connection connect(InetSocketAddress node) {
        return new SqsConnection(URI.create("http://" + node.getHostString() + ":" + node.getPort() + "/"));
    }

    private final class SqsConnection implements Connection {
        private final URI endpoint;

        SqsConnection(URI endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void create(Entry.Queue queue) throws IOException, RefusedException, InterruptedException {
            ObjectNode request = JSON.createObjectNode().put("QueueName", queue.name());
            ObjectNode attributes = request.putObject("Attributes")
                    .put("VisibilityTimeout", Long.toString(queue.visibilityMicros() / 1_000_000));
            if (queue.ordered()) {
                attributes.put("FifoQueue", "true");
            }
            if (queue.partitions() > 1) {
                request.putObject("tags").put("weir:partitions", Integer.toString(queue.partitions()));
                if (queue.ordered()) {
                    attributes.put("DeduplicationScope", "messageGroup");
                }
            }
            if (!queue.deadLetters().isEmpty()) {
                attributes.put(
                        "RedrivePolicy",
                        JSON.createObjectNode()
                                .put(
                                        "deadLetterTargetArn",
                                        "arn:aws:sqs:us-east-1:" + ACCOUNT + ":" + queue.deadLetters())
                                .put("maxReceiveCount", Integer.toString(queue.attemptsMax()))
                                .toString());
            }
            call("CreateQueue", request, Duration.ZERO);
        }

        @Override
        public String publish(Entry.Queue queue, Body body, String group, Duration delay)
                throws IOException, RefusedException, InterruptedException {
            ObjectNode request = to(queue).put("MessageBody", body.text());
            if (queue.ordered()) {
                request.put("MessageGroupId", group).put("MessageDeduplicationId", body.id());
            } else if (delay.isPositive()) {
                request.put("DelaySeconds", delay.toSeconds());
            }
            return call("SendMessage", request, Duration.ZERO).path("MessageId").asString("");
        }

        @Override
        public List<Received> receive(Entry.Queue queue, int max, Duration wait)
                throws IOException, RefusedException, InterruptedException {
            ObjectNode request = to(queue).put("MaxNumberOfMessages", max).put("WaitTimeSeconds", wait.toSeconds());
            request.putArray("MessageSystemAttributeNames").add("ApproximateReceiveCount");
            List<Received> received = new ArrayList<>();
            for (JsonNode message : call("ReceiveMessage", request, wait).path("Messages")) {
                received.add(new Received(
                        message.path("Body").asString(""),
                        message.path("ReceiptHandle").asString(""),
                        message.path("MessageId").asString(""),
                        Integer.parseInt(message.path("Attributes")
                                .path("ApproximateReceiveCount")
                                .asString("0"))));
            }
            return received;
        }

        @Override
        public void acknowledge(Entry.Queue queue, String token)
                throws IOException, RefusedException, InterruptedException {
            call("DeleteMessage", to(queue).put("ReceiptHandle", token), Duration.ZERO);
        }

        @Override
        public void extend(Entry.Queue queue, String token, Duration visibility)
                throws IOException, RefusedException, InterruptedException {
            call(
                    "ChangeMessageVisibility",
                    to(queue).put("ReceiptHandle", token).put("VisibilityTimeout", visibility.toSeconds()),
                    Duration.ZERO);
        }

        @Override
        public Counts count(Entry.Queue queue) throws IOException, RefusedException, InterruptedException {
            ObjectNode request = to(queue);
            request.putArray("AttributeNames").add("All");
            JsonNode attributes =
                    call("GetQueueAttributes", request, Duration.ZERO).path("Attributes");
            return new Counts(
                    count(attributes, "ApproximateNumberOfMessages"),
                    count(attributes, "ApproximateNumberOfMessagesNotVisible"),
                    count(attributes, "ApproximateNumberOfMessagesDelayed"));
        }

        private static long count(JsonNode attributes, String name) throws IOException {
            try {
                return Long.parseLong(attributes.path(name).asString(""));
            } catch (NumberFormatException e) {
                throw new IOException(name + " is missing", e);
            }
        }

        private ObjectNode to(Entry.Queue queue) {
            return JSON.createObjectNode()
                    .put(
                            "QueueUrl",
                            endpoint.resolve("/" + ACCOUNT + "/" + queue.name()).toString());
        }

        private JsonNode call(String action, ObjectNode body, Duration wait)
                throws IOException, RefusedException, InterruptedException {
            String text = body.toString();
            String target = "AmazonSQS." + action;
            Signature signature = Signature.of(key, endpoint, target, text, Instant.now());
            HttpRequest request = HttpRequest.newBuilder(endpoint)
                    .header("Content-Type", "application/x-amz-json-1.0")
                    .header("X-Amz-Target", target)
                    .header("X-Amz-Date", signature.date())
                    .header("Authorization", signature.authorization())
                    .timeout(WorkloadLimits.ANSWER_MAX.plus(wait))
                    .POST(HttpRequest.BodyPublishers.ofString(text))
                    .build();
            HttpResponse<String> answer;
            try {
                answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                throw new RefusedException("no connection: " + e.getMessage());
            }
            if (answer.statusCode() >= 500) {
                throw new IOException(answer.statusCode() + ": " + answer.body());
            }
            if (answer.statusCode() != 200) {
                throw new RefusedException(answer.statusCode() + ": " + answer.body());
            }
            try {
                return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
            } catch (JacksonException e) {
                throw new IOException("an answer that is not JSON", e);
            }
        }

        @Override
        public void close() {} // The HTTP client keeps connections, one pool for all.
    }
}
