package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;
import weir.core.codec.Formats;
import weir.net.http.Caller;
import weir.sqs.action.Actions;
import weir.sqs.action.Call;
import weir.sqs.action.QueueNames;
import weir.sqs.action.Rests;
import weir.sqs.auth.Requester;
import weir.sqs.move.MoveTaskBook;
import weir.sqs.move.Mover;
import weir.sqs.policy.Policies;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Operation;
import weir.sqs.wire.QueryRequest;
import weir.sqs.wire.Service;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;
import weir.sqs.wire.XmlAnswer;

/**
 * Requests of all actions, broken at random: whatever comes is answered or refused in SQS's words, and never as a fault of
 * this server. {@code -Dseed=} replays one.
 */
class FuzzTest {
    private static final int SEEDS = 200;
    private static final int REQUESTS = 50;
    private static final List<Operation> OPERATIONS = List.of(Operation.values());

    private static final List<String> JSON = List.of(
            "{\"QueueName\":\"q\",\"Attributes\":{\"VisibilityTimeout\":\"30\",\"Policy\":\"{}\"},\"tags\":{\"a\":\"b\"}}",
            "{\"QueueUrl\":\"q\",\"MessageBody\":\"h\\u00e9llo\\n\",\"DelaySeconds\":0,\"MessageAttributes\":{\"a.b\":"
                    + "{\"DataType\":\"Number.x\",\"StringValue\":\"1e9\"},\"c\":{\"DataType\":\"Binary\",\"BinaryValue\":"
                    + "\"AQID\"}},\"MessageSystemAttributes\":{\"AWSTraceHeader\":{\"DataType\":\"String\","
                    + "\"StringValue\":\"Root\"}},\"MessageGroupId\":\"g\"}",
            "{\"QueueUrl\":\"http://x:1/000000000000/q\",\"Entries\":[{\"Id\":\"1\",\"MessageBody\":\"a\","
                    + "\"ReceiptHandle\":\"AQAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAFhMQ1z\",\"VisibilityTimeout\":5},{\"Id\":\"2\"}]}",
            "{\"QueueUrl\":\"q\",\"AttributeNames\":[\"All\"],\"MessageAttributeNames\":[\"a.*\"],"
                    + "\"MaxNumberOfMessages\":10,\"WaitTimeSeconds\":0,\"VisibilityTimeout\":0}",
            "{\"QueueUrl\":\"q\",\"Attributes\":{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:"
                    + "us-east-1:000000000000:q\\\",\\\"maxReceiveCount\\\":3}\"},\"Tags\":{\"x\":\"y\"},\"TagKeys\":[\"x\"]}");

    private static final List<String> FORMS = List.of(
            "QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Tag.1.Key=a&Tag.1.Value=b",
            "QueueUrl=q&MessageBody=h%C3%A9llo+x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String"
                    + "&MessageAttribute.1.Value.StringValue=v&DelaySeconds=1",
            "QueueUrl=q&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b"
                    + "&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=x"
                    + "&ChangeMessageVisibilityBatchRequestEntry.2.Id=z",
            "QueueUrl=q&AttributeName.1=All&MessageAttributeName.7=a&MaxNumberOfMessages=3&WaitTimeSeconds=0");

    private static final String INTERESTING = "{}[]\":,.\\%&=+0123456789-eEtrufalsn \0\r\n\uFFFF";

    static LongStream seeds() {
        Long seed = Long.getLong("seed");
        return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void brokenRequestIsNeverTheServersFault(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var clock = new ManualClock();
        var broker = new MemoryBroker(clock);
        var actions = new Actions(
                broker,
                Formats.PLAIN,
                new QueueNames("us-east-1", "000000000000"),
                new UUID(0, 0),
                Rests.NONE,
                new Policies(),
                new Mover(broker, new MoveTaskBook(broker)),
                clock);
        run(
                actions,
                Operation.CREATE_QUEUE,
                JsonRequest.read(Operation.CREATE_QUEUE.input(), Bytes.utf8("{\"QueueName\":\"q\"}")));
        for (int i = 0; i < REQUESTS; i++) {
            Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            try {
                Fields input = random.nextBoolean()
                        ? JsonRequest.read(operation.input(), broken(JSON, random))
                        : new QueryRequest(broken(FORMS, random), broken(FORMS, random)).read(operation.input());
                run(actions, operation, input);
            } catch (SqsException e) {
                assertThat(e.error().isSendersFault()).as("%s", e.text()).isTrue();
                assertThat(JsonAnswer.error(e)).isNotEmpty();
                assertThat(XmlAnswer.error(Service.SQS, e, "id")).isNotEmpty();
            }
        }
    }

    private static void run(Actions actions, Operation operation, Fields input) throws Exception {
        Fields waitless = input.has("WaitTimeSeconds") ? input.put("WaitTimeSeconds", new Value.Whole(0)) : input;
        Call call = new Call(waitless, "http://x", Requester.owner("000000000000"), null, Caller.STAYS);
        Fields result = actions.run(operation, call);
        assertThat(JsonAnswer.result(result)).isNotEmpty();
        assertThat(XmlAnswer.result(operation, result, "id")).isNotEmpty();
    }

    private static Bytes broken(List<String> from, SplittableRandom random) {
        byte[] bytes = from.get(random.nextInt(from.size())).getBytes(StandardCharsets.UTF_8);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes = change(bytes, from, random);
        }
        return Bytes.of(bytes);
    }

    private static byte[] change(byte[] bytes, List<String> from, SplittableRandom random) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(1, 12));
        byte[] inserted =
                switch (random.nextInt(5)) {
                    case 0 -> new byte[0];
                    case 1 -> new byte[] {(byte) random.nextInt()};
                    case 2 ->
                        String.valueOf(INTERESTING.charAt(random.nextInt(INTERESTING.length())))
                                .getBytes(StandardCharsets.UTF_8);
                    case 3 ->
                        Long.toString(random.nextLong() >> random.nextInt(64)).getBytes(StandardCharsets.UTF_8);
                    default -> {
                        String other = from.get(random.nextInt(from.size()));
                        int start = random.nextInt(other.length());
                        yield other.substring(start, random.nextInt(start, other.length()))
                                .getBytes(StandardCharsets.UTF_8);
                    }
                };
        int kept = random.nextBoolean() ? at : end;
        byte[] changed = new byte[at + inserted.length + bytes.length - kept];
        System.arraycopy(bytes, 0, changed, 0, at);
        System.arraycopy(inserted, 0, changed, at, inserted.length);
        System.arraycopy(bytes, kept, changed, at + inserted.length, bytes.length - kept);
        return changed;
    }
}
