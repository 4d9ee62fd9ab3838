package weir.amqp.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.nodes.Presence;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.cluster.ClusterNode;
import weir.cluster.NodeSettings;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** Queues of a real node, declared by AMQP. */
final class QueuesTest {
    private static final AtomicLong AHEAD = new AtomicLong();
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(System.currentTimeMillis() + AHEAD.get());
    private static final FieldTable NONE = FieldTable.EMPTY;

    @TempDir
    static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    private static Presence said = Presence.UNKNOWN;

    private final Runs runs = new Runs(node, 1, QueuesTest::lives, CLOCK::millis);
    private final Consumers consumers = new Consumers(node, runs, CLOCK, (_, _) -> 0);
    private final Queues queues = new Queues(node, consumers);
    private final Owner mine = new Owner(runs.own(), "mine");
    private final Owner other = new Owner(runs.own(), "other");

    @BeforeAll
    static void open() throws Exception {
        node = ClusterNode.alone(NodeSettings.alone(data, 2), CLOCK, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @BeforeEach
    void begin() {
        queues.connectionBegan(mine);
        queues.connectionBegan(other);
    }

    /** Other nodes say what a test wants them to; at first nothing. */
    private static Presence lives(int node, String run, String connection) {
        return said;
    }

    private static Declaration declaration(String name, Object... arguments) {
        return unusual(name, true, false, false, arguments);
    }

    private static Declaration unusual(
            String name, boolean durable, boolean exclusive, boolean autoDelete, Object... arguments) {
        TreeMap<String, Object> table = new TreeMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            table.put((String) arguments[i], arguments[i + 1]);
        }
        return new Declaration("/", name, durable, exclusive, autoDelete, FieldTable.of(table));
    }

    private Declared declare(Declaration declaration) throws Exception {
        return queues.declare(declaration, NONE, mine);
    }

    private static void publish(Queue queue, String... bodies) throws Exception {
        List<Batch> batches = new ArrayList<>();
        for (String body : bodies) {
            batches.add(Batch.of(Envelope.PLAIN, Bytes.utf8(body)));
        }
        node.submit(new Command.Publish(queue.partition(0), batches));
    }

    private static void fails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(text);
    }

    @Test
    void aQueueIsDeclaredOnceAndSeenByItsPlainName() throws Exception {
        Declared made = declare(declaration("plain", "x-message-ttl", 60_000, "x-my", "own"));
        assertThat(made.made()).isTrue();
        assertThat(node.find("plain")).isPresent();
        publish(made.queue().queue(), "a", "b");
        Declared again = declare(declaration("pl\r\nain", "x-message-ttl", 60_000L));
        assertThat(again.made()).isFalse();
        assertThat(again.messages()).isEqualTo(2);
        assertThat(again.queue().arguments().table().get("x-my")).isEqualTo("own");
        QueueSettings settings = again.queue().queue().settings();
        assertThat(settings.retention()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.leasesOutliveExpiry()).isTrue();
        assertThat(settings.deadLetter()).isNull();
    }

    @Test
    void whatIsNotTheSameIsRefusedInRabbitsWords() throws Exception {
        declare(declaration("strict", "x-max-length", 5));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "inequivalent arg 'durable' for queue 'strict' in vhost '/': received 'false' but current is 'true'",
                () -> declare(unusual("strict", false, false, false, "x-max-length", 5)));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "inequivalent arg 'auto_delete' for queue 'strict' in vhost '/': received 'true' but current is"
                        + " 'false'",
                () -> declare(unusual("strict", true, false, true, "x-max-length", 5)));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "inequivalent arg 'x-max-length' for queue 'strict' in vhost '/': received none but current is the"
                        + " value '5' of type 'signedint'",
                () -> declare(declaration("strict")));
        fails(
                ErrorCode.NOT_FOUND,
                "no queue 'nothing' in vhost '/'",
                () -> queues.declarePassive(new QueueName("/", "nothing"), mine));
        declare(declaration("s", "x-queue-type", "stream", "x-max-age", "1h", "x-max-length-bytes", 1000));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "inequivalent arg 'x-max-age' for queue 's' in vhost '/': received '2h' but current is '1h'",
                () -> declare(
                        declaration("s", "x-queue-type", "stream", "x-max-age", "2h", "x-max-length-bytes", 1000)));
        fails(
                ErrorCode.NOT_IMPLEMENTED,
                "queue.purge not supported by stream queues queue 's' in vhost '/'",
                () -> queues.purge(new QueueName("/", "s"), mine));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "invalid property 'non-durable' for queue 's2' in vhost '/'",
                () -> declare(unusual("s2", false, false, false, "x-queue-type", "stream")));
    }

    @Test
    void aStreamIsATopicThatKeepsWhatItIsToldTo() throws Exception {
        QueueSettings settings = declare(declaration(
                        "events", "x-queue-type", "stream", "x-max-age", "3D", "x-max-length-bytes", 1_000_000L))
                .queue()
                .queue()
                .settings();
        assertThat(settings.reading()).isEqualTo(Reading.CURSOR);
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(3));
        assertThat(settings.bytesMax()).isEqualTo(1_000_000);
        AmqpQueue stream = queues.find(new QueueName("/", "events")).orElseThrow();
        assertThat(stream.isStream()).isTrue();
        assertThat(stream.type()).isEqualTo(QueueType.STREAM);
        FieldTable policy = FieldTable.of(Map.of("max-length-bytes", 1000, "message-ttl", 5));
        queues.apply(stream, _ -> policy);
        settings = queues.find(stream.queue().id()).orElseThrow().queue().settings();
        assertThat(settings.bytesMax()).isEqualTo(1000);
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(3));
    }

    /** Unlike that of other queues, of which the lower of two numbers holds. */
    @Test
    void whatAPolicySaysOfAStreamHolds() throws Exception {
        AmqpQueue stream = declare(declaration(
                        "ruled-stream", "x-queue-type", "stream", "x-max-age", "1D", "x-max-length-bytes", 1_000))
                .queue();
        queues.apply(stream, _ -> FieldTable.of(Map.of("max-length-bytes", 50_000, "max-age", "7D")));
        QueueSettings settings =
                queues.find(stream.queue().id()).orElseThrow().queue().settings();
        assertThat(settings.bytesMax()).isEqualTo(50_000);
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(7));
        queues.apply(queues.find(stream.queue().id()).orElseThrow(), _ -> NONE);
        settings = queues.find(stream.queue().id()).orElseThrow().queue().settings();
        assertThat(settings.bytesMax()).isEqualTo(1_000);
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void anExclusiveQueueIsItsConnectionsAlone() throws Exception {
        AmqpQueue made = declare(unusual("", false, true, true)).queue();
        assertThat(made.name().name()).startsWith("amq.gen-");
        String locked = "cannot obtain exclusive access to locked " + made.name()
                + ". It could be originally declared on another connection or the exclusive property value does not"
                + " match that of the original declaration.";
        assertThat(queues.declarePassive(made.name(), mine).queue().owner()).isEqualTo(mine);
        fails(ErrorCode.RESOURCE_LOCKED, locked, () -> queues.declarePassive(made.name(), other));
        fails(ErrorCode.RESOURCE_LOCKED, locked, () -> queues.delete(made.name(), false, false, other));
        fails(ErrorCode.RESOURCE_LOCKED, locked, () -> queues.purge(made.name(), other));
        queues.connectionEnded(mine);
        assertThat(queues.find(made.name())).isEmpty();
    }

    @Test
    void ofAnotherVirtualHostItIsAnother() throws Exception {
        declare(declaration("both"));
        Declaration elsewhere = new Declaration("shop", "both", true, false, false, NONE);
        assertThat(queues.declare(elsewhere, NONE, mine).made()).isTrue();
        assertThat(node.find("//shop/both").flatMap(AmqpQueue::of).orElseThrow().name())
                .isEqualTo(new QueueName("shop", "both"));
    }

    @Test
    void aQueueOfAnotherFrontIsDurableAndTakesAnyType() throws Exception {
        node.change(new CatalogCommand.CreateQueue("sqs-made", QueueSettings.DEFAULT, new TreeMap<>()));
        assertThat(declare(declaration("sqs-made", "x-queue-type", "quorum"))
                        .queue()
                        .durable())
                .isTrue();
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "inequivalent arg 'x-expires' for queue 'sqs-made' in vhost '/': received the value '5' of type"
                        + " 'signedint' but current is none",
                () -> declare(declaration("sqs-made", "x-expires", 5)));
    }

    @Test
    void deletingIsForgivingAndKeepsItsConditions() throws Exception {
        QueueName name = new QueueName("/", "doomed");
        assertThat(queues.delete(name, true, true, mine)).isZero();
        AmqpQueue queue = declare(declaration("doomed")).queue();
        publish(queue.queue(), "a");
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "queue 'doomed' in vhost '/' not empty",
                () -> queues.delete(name, false, true, mine));
        consumers.attend(queue, false);
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "queue 'doomed' in vhost '/' in use",
                () -> queues.delete(name, true, false, mine));
        assertThat(consumers.leave(queue)).isFalse();
        assertThat(queues.delete(name, true, false, mine)).isEqualTo(1);
    }

    @Test
    void purgingLeavesWhatIsHeld() throws Exception {
        AmqpQueue queue = declare(declaration("purged")).queue();
        publish(queue.queue(), "a", "b", "c");
        node.submit(new Command.Acquire(queue.queue().partition(0), 1, 30_000));
        assertThat(queues.purge(queue.name(), mine)).isEqualTo(2);
        assertThat(node.status(queue.queue()).orElseThrow().leased()).isEqualTo(1);
        assertThat(node.status(queue.queue()).orElseThrow().ready()).isZero();
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumer() throws Exception {
        AmqpQueue queue = declare(unusual("fleeting", true, false, true)).queue();
        consumers.attend(queue, false);
        consumers.attend(queue, false);
        assertThat(consumers.leave(queue)).isFalse();
        assertThat(queues.find(queue.name())).isPresent();
        assertThat(consumers.leave(queue)).isTrue();
        assertThat(queues.find(queue.name())).isEmpty();
    }

    @Test
    void consumersAtAnotherNodeKeepAnAutoDeleteQueue() throws Exception {
        AmqpQueue queue = declare(unusual("shared", true, false, true)).queue();
        Runs elsewhere = new Runs(node, 2, QueuesTest::lives, CLOCK::millis);
        Consumers there = new Consumers(node, elsewhere, CLOCK, (_, _) -> 0);
        there.attend(queue, false);
        consumers.attend(queue, false);
        assertThat(consumers.count(queue)).isEqualTo(2);
        assertThat(consumers.leave(queue)).isFalse();
        assertThat(there.leave(queue)).isTrue();
    }

    @Test
    void anExclusiveConsumerIsAlone() throws Exception {
        AmqpQueue queue = declare(declaration("single")).queue();
        String text = "queue 'single' in vhost '/' in exclusive use";
        consumers.attend(queue, true);
        fails(ErrorCode.ACCESS_REFUSED, text, () -> consumers.attend(queue, false));
        consumers.leave(queue);
        consumers.attend(queue, false);
        fails(ErrorCode.ACCESS_REFUSED, text, () -> consumers.attend(queue, true));
    }

    @Test
    void whoConsumesAloneIsAloneAtAllNodesUntilItsRunIsOver() throws Exception {
        AmqpQueue queue = declare(declaration("alone")).queue();
        String text = "queue 'alone' in vhost '/' in exclusive use";
        Runs elsewhere = new Runs(node, 2, QueuesTest::lives, CLOCK::millis);
        Consumers there = new Consumers(node, elsewhere, CLOCK, (_, _) -> 0);
        there.attend(queue, true);
        fails(ErrorCode.ACCESS_REFUSED, text, () -> consumers.attend(queue, false));
        fails(ErrorCode.ACCESS_REFUSED, text, () -> consumers.attend(queue, true));
        there.leave(queue);
        consumers.attend(queue, true);
        consumers.leave(queue);
        there.attend(queue, true);
        elsewhere.end();
        consumers.attend(queue, true);
        consumers.forgetExclusiveUse();
        fails(ErrorCode.ACCESS_REFUSED, text, () -> there.attend(queue, false));
        consumers.leave(queue);
        assertThat(node.definitions("amqp.exclusive", "", "", 10)).isEmpty();
    }

    @Test
    void whoWantsToBeAloneIsRefusedWhileOthersConsumeElsewhere() throws Exception {
        AmqpQueue queue = declare(declaration("not-alone")).queue();
        Consumers here = new Consumers(node, runs, CLOCK, (_, _) -> 2);
        fails(
                ErrorCode.ACCESS_REFUSED,
                "queue 'not-alone' in vhost '/' in exclusive use",
                () -> here.attend(queue, true));
        here.attend(queue, false);
        assertThat(here.count(queue)).isEqualTo(3);
        assertThat(node.definitions("amqp.exclusive", "", "", 10)).isEmpty();
    }

    @Test
    void aHistoryKeepsTheLastAndGoesWithItsExchange() throws Exception {
        Histories histories = new Histories(node);
        AmqpQueue kept = histories.of(new QueueName("/", "exchange"), "id", 2);
        publish(kept.queue(), "a", "b", "c");
        assertThat(histories.read("id", 0, 10)).hasSize(2);
        assertThat(histories.read("id", 2, 10)).hasSize(1);
        histories.sweep("id"::equals);
        assertThat(histories.read("id", 0, 10)).hasSize(2);
        histories.sweep(_ -> false);
        assertThat(node.find(kept.queue().name())).isEmpty();
    }

    @Test
    void anUnusedQueueExpires() throws Exception {
        AmqpQueue queue = declare(declaration("expiring", "x-expires", 600_000)).queue();
        consumers.attend(queue, false);
        pass(601_000);
        assertThat(queues.find(queue.name())).isPresent();
        consumers.leave(queue);
        pass(599_000);
        assertThat(queues.find(queue.name())).isPresent();
        pass(2_000);
        assertThat(queues.find(queue.name())).isEmpty();
    }

    @Test
    void declaringAgainIsUse() throws Exception {
        AmqpQueue queue = declare(declaration("kept", "x-expires", 600_000)).queue();
        pass(400_000);
        declare(declaration("kept", "x-expires", 600_000));
        pass(400_000);
        assertThat(queues.find(queue.name())).isPresent();
        pass(201_000);
        assertThat(queues.find(queue.name())).isEmpty();
    }

    private void pass(long millis) throws Exception {
        AHEAD.addAndGet(millis);
        consumers.deleteUnused();
    }

    @Test
    void whatALostNodeLeftBehindIsDeleted() throws Exception {
        Runs lost = new Runs(node, 2, QueuesTest::lives, CLOCK::millis);
        Consumers there = new Consumers(node, lost, CLOCK, (_, _) -> 0);
        Queues elsewhere = new Queues(node, there);
        Owner gone = new Owner(lost.own(), "gone");
        elsewhere.connectionBegan(gone);
        AmqpQueue own = elsewhere
                .declare(unusual("its-own", false, true, false), NONE, gone)
                .queue();
        AmqpQueue fleeting = elsewhere
                .declare(unusual("its-fleeting", false, false, true), NONE, gone)
                .queue();
        there.attend(fleeting, false);
        assertThat(runs.look()).isFalse();
        AHEAD.addAndGet(Runs.ASKED_AFTER.toMillis() + 1_000);
        assertThat(runs.look()).isFalse();
        consumers.deleteLeftBehind(own);
        consumers.deleteLeftBehind(fleeting);
        assertThat(queues.find(own.name())).isPresent();
        AHEAD.addAndGet(Runs.OVER_AFTER.toMillis());
        assertThat(runs.look()).isTrue();
        consumers.deleteLeftBehind(own);
        consumers.deleteLeftBehind(fleeting);
        assertThat(queues.find(own.name())).isEmpty();
        assertThat(queues.find(fleeting.name())).isEmpty();
    }

    @Test
    void anExclusiveQueueOfALostConnectionIsInNobodysWay() throws Exception {
        Runs elsewhere = new Runs(node, 2, QueuesTest::lives, CLOCK::millis);
        Queues there = new Queues(node, new Consumers(node, elsewhere, CLOCK, (_, _) -> 0));
        Declaration declaration = unusual("moved", false, true, false);
        AmqpQueue theirs = there.declare(declaration, NONE, new Owner(elsewhere.own(), "away"))
                .queue();
        assertThatThrownBy(() -> queues.declare(declaration, NONE, mine)).hasMessageContaining("locked");
        said = Presence.GONE;
        try {
            AmqpQueue own = queues.declare(declaration, NONE, mine).queue();
            assertThat(own.queue().id()).isNotEqualTo(theirs.queue().id());
        } finally {
            said = Presence.UNKNOWN;
        }
    }

    @Test
    void oneConsumerIsActiveAndTheNextTakesOver() throws Exception {
        AmqpQueue queue =
                declare(declaration("sac", "x-single-active-consumer", true)).queue();
        ActiveConsumers active = new ActiveConsumers(node);
        var first = active.await(queue, Duration.ofSeconds(5)).orElseThrow();
        assertThat(active.await(queue, Duration.ZERO)).isEmpty();
        assertThat(first.extend()).isTrue();
        first.end();
        Optional<ActiveConsumers.Activity> second = active.await(queue, Duration.ofSeconds(5));
        assertThat(second).isPresent();
        assertThat(first.extend()).isFalse();
        queues.delete(queue.name(), false, false, mine);
        assertThat(second.orElseThrow().extend()).isFalse();
    }

    @Test
    void aPolicyIsPutInForceAndTakenBack() throws Exception {
        AmqpQueue queue = declare(declaration("ruled", "x-max-length", 9)).queue();
        queues.apply(
                queue,
                _ -> FieldTable.of(Map.of("max-length", 3, "dead-letter-exchange", "dlx", "consumer-timeout", 5)));
        AmqpQueue now = queues.find(queue.name()).orElseThrow();
        assertThat(now.queue().settings().messagesMax()).isEqualTo(3);
        assertThat(now.deadLetterExchange()).contains("dlx");
        assertThat(now.consumerTimeoutMillis()).hasValue(5);
        assertThat(now.arguments().table()).isEqualTo(FieldTable.of(Map.of("x-max-length", 9)));
        queues.apply(now, _ -> NONE);
        now = queues.find(queue.name()).orElseThrow();
        assertThat(now.queue().settings().messagesMax()).isEqualTo(9);
        assertThat(now.deadLetterExchange()).isEmpty();
    }

    // ---- What goes wrong

    @Test
    void whatCouldNotBeDeletedWithItsConnectionIsLeftBehindAndTheOthersAreDeleted() throws Exception {
        var broken = new Delegating(node) {
            boolean silent = true;

            @Override
            public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
                if (silent
                        && command instanceof CatalogCommand.DeleteQueue delete
                        && delete.name().equals("locked")) {
                    throw new OutcomeUnknownException("no answer, as the test wants it");
                }
                return super.change(command);
            }
        };
        Consumers here = new Consumers(broken, runs, CLOCK, (_, _) -> 0);
        Queues there = new Queues(broken, here);
        there.connectionBegan(mine);
        AmqpQueue locked =
                there.declare(unusual("locked", false, true, false), NONE, mine).queue();
        AmqpQueue free =
                there.declare(unusual("free", false, true, false), NONE, mine).queue();
        here.deleteLeftBehind(locked);
        assertThat(queues.find(locked.name())).isPresent();
        there.connectionEnded(mine);
        assertThat(queues.find(free.name())).isEmpty();
        assertThat(queues.find(locked.name())).isPresent();
        broken.silent = false;
        here.deleteLeftBehind(locked);
        assertThat(queues.find(locked.name())).isEmpty();
    }

    @Test
    void whatWasLeftBehindIsInNobodysWay() throws Exception {
        Owner gone = new Owner(runs.own(), "gone");
        Declaration declaration = unusual("once-more", false, true, false);
        queues.declare(declaration, NONE, gone);
        Declared made = queues.declare(declaration, NONE, mine);
        assertThat(made.made()).isTrue();
        assertThat(made.queue().owner()).isEqualTo(mine);
    }

    @Test
    void whatWasMadeWithoutAnAnswerGoesWithItsConnection() throws Exception {
        var broken = new Delegating(node) {
            @Override
            public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
                CatalogReply reply = super.change(command);
                if (command instanceof CatalogCommand.CreateQueue) {
                    throw new OutcomeUnknownException("no answer, as the test wants it");
                }
                return reply;
            }
        };
        Queues there = new Queues(broken, new Consumers(broken, runs, CLOCK, (_, _) -> 0));
        there.connectionBegan(mine);
        Declaration declaration = unusual("unanswered", false, true, false);
        assertThatThrownBy(() -> there.declare(declaration, NONE, mine)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(queues.find(declaration.name())).isPresent();
        there.connectionEnded(mine);
        assertThat(queues.find(declaration.name())).isEmpty();
    }

    @Test
    void whatIsGivenToSomebodyWhileAQueueIsPurgedStaysHis() throws Exception {
        AmqpQueue queue = declare(declaration("purged-meanwhile")).queue();
        publish(queue.queue(), "held", "dropped", "dropped, too");
        List<LeaseId> held = new ArrayList<>();
        var busy = new Delegating(node) {
            @Override
            public Optional<PartitionStatus> status(PartitionId partition)
                    throws OutcomeUnknownException, InterruptedException {
                Optional<PartitionStatus> status = super.status(partition);
                if (held.isEmpty()
                        && node.submit(new Command.Acquire(partition, 1, 60_000)) instanceof Reply.Acquired acquired) {
                    held.add(acquired.leased().getFirst().lease());
                }
                return status;
            }
        };
        Queues there = new Queues(busy, new Consumers(busy, runs, CLOCK, (_, _) -> 0));
        assertThat(there.purge(queue.name(), mine)).isEqualTo(2);
        node.submit(new Command.Release(queue.queue().partition(0), held, 0, true));
        assertThat(node.status(queue.queue()).orElseThrow().ready()).isEqualTo(1);
    }

    @Test
    void aLongQueueIsPurgedInSteps() throws Exception {
        AmqpQueue queue = declare(declaration("long")).queue();
        String[] bodies = new String[2_500];
        Arrays.fill(bodies, "x");
        publish(queue.queue(), bodies);
        assertThat(queues.purge(queue.name(), mine)).isEqualTo(2_500);
        PartitionStatus status = node.status(queue.queue()).orElseThrow();
        assertThat(status.ready() + status.leased()).isZero();
    }

    @Test
    void nothingIsLeftBesideAQueueThatIsGone() throws Exception {
        AmqpQueue queue = declare(declaration("gone-sac", "x-single-active-consumer", true))
                .queue();
        ActiveConsumers active = new ActiveConsumers(node);
        assertThat(active.await(queue, Duration.ofSeconds(5))).isPresent();
        queues.delete(queue.name(), false, false, mine);
        assertThat(active.await(queue, Duration.ZERO)).isEmpty();
        assertThat(active.isThere(queue)).isFalse();
        assertThat(node.list("amqp:active:" + queue.queue().id(), "", 1)).isEmpty();
    }

    /** The last one leaves as the next one comes: who comes is counted, whichever of them is first. */
    @Test
    @Timeout(60)
    void whoComesWhileTheLastOneLeavesIsCounted() throws Exception {
        var leaving = new CountDownLatch(1);
        var mayLeave = new CountDownLatch(1);
        var slow = new Delegating(node) {
            @Override
            public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
                if (command instanceof CatalogCommand.Undefine) {
                    leaving.countDown();
                    mayLeave.await();
                }
                return super.change(command);
            }
        };
        Consumers here = new Consumers(slow, runs, CLOCK, (_, _) -> 0);
        AmqpQueue queue = declare(unusual("fleeting-last", true, false, true)).queue();
        Runs elsewhere = new Runs(node, 2, QueuesTest::lives, CLOCK::millis);
        new Consumers(node, elsewhere, CLOCK, (_, _) -> 0)
                .attend(queue, false); // So that it is not deleted with its last one here.
        here.attend(queue, false);
        Thread last = Thread.ofPlatform().start(() -> run(() -> here.leave(queue)));
        leaving.await();
        Thread next = Thread.ofPlatform().start(() -> run(() -> here.attend(queue, false)));
        while (next.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        mayLeave.countDown();
        last.join();
        next.join();
        assertThat(here.count(queue)).isEqualTo(2);
    }

    private static void run(ThrowingCallable call) {
        try {
            call.call();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void policiesReachQueuesThatWereThereBeforeThemAndNoOthersThanAmqps() throws Exception {
        AmqpQueue queue = declare(declaration("early")).queue();
        node.change(new CatalogCommand.CreateQueue("sqs-made", QueueSettings.DEFAULT, new TreeMap<>()));
        AtomicReference<FieldTable> said = new AtomicReference<>(NONE);
        try (PolicyKeeper keeper = new PolicyKeeper(node, queues, consumers, _ -> said.get(), Set.of("test.policy"))) {
            keeper.start();
            said.set(FieldTable.of(Map.of("message-ttl", 5_000, "delayed-retry-type", "all", "delayed-retry-min", 7)));
            node.change(new CatalogCommand.Define("test.policy", "p", Definition.NEW, new TreeMap<>()));
            await(() -> now(queue).queue().settings().retention().equals(Duration.ofSeconds(5)));
            assertThat(now(queue).retryDelayMillis(AmqpQueue.Return.RETURNED, 3))
                    .isEqualTo(7);
            AmqpQueue raced = declare(declaration("raced")).queue(); // As if made while the policy was set.
            await(() -> now(raced).queue().settings().retention().equals(Duration.ofSeconds(5)));
            said.set(NONE);
            node.change(new CatalogCommand.Undefine("test.policy", "p"));
            await(() -> now(queue).queue().settings().retention().equals(Limits.RETENTION_MAX)
                    && now(raced).queue().settings().retention().equals(Limits.RETENTION_MAX));
        }
        assertThat(node.find("sqs-made").orElseThrow().revision()).isEqualTo(Queue.FIRST_REVISION);
    }

    @Test
    void ofSeveralNodesOneBringsAPolicyAboutAndWhoStartsGoesOnWithWhatIsLeft() throws Exception {
        List<AmqpQueue> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(declare(declaration("shared-" + i)).queue());
        }
        Queues.PolicyBook policies =
                queue -> queue.name().name().startsWith("shared-") ? FieldTable.of(Map.of("max-length", 5)) : NONE;
        PolicyKeeper first = new PolicyKeeper(node, queues, consumers, policies, Set.of());
        PolicyKeeper second = new PolicyKeeper(node, new Queues(node, consumers), consumers, policies, Set.of());
        first.start();
        first.close(); // Wherever it had come to.
        second.start();
        try (second) {
            await(() ->
                    all.stream().allMatch(each -> now(each).queue().settings().messagesMax() == 5));
        }
        assertThat(all)
                .allSatisfy(each -> assertThat(now(each).queue().revision()).isEqualTo(Queue.FIRST_REVISION + 1));
    }

    private AmqpQueue now(AmqpQueue queue) {
        return queues.find(queue.queue().id()).orElseThrow();
    }

    private static void await(BooleanSupplier what) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(until);
            Thread.onSpinWait();
        }
    }

    @Test
    void aVirtualHostMayHaveSoManyQueuesAndNoMore() throws Exception {
        Declaration first = new Declaration("limited", "one", true, false, false, NONE);
        queues.checkRoom(first, 1);
        queues.declare(first, NONE, mine);
        queues.checkRoom(first, 1); // It is there.
        Declaration second = new Declaration("limited", "two", true, false, false, NONE);
        queues.checkRoom(second, -1);
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "cannot declare queue 'two': queue limit in vhost 'limited' (1) is reached",
                () -> queues.checkRoom(second, 1));
        fails(
                ErrorCode.PRECONDITION_FAILED,
                "cannot declare queue '': queue limit in vhost '/' (0) is reached",
                () -> queues.checkRoom(new Declaration("/", "", true, false, false, NONE), 0));
    }
}
