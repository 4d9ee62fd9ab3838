package weir.cluster.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.cluster.peer.PeerRequest;
import weir.cluster.shard.Wanted;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.RandomNouns;
import weir.core.Reading;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Precedence;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** Several nodes in one process, over a shard whose leader moves and calls that fail. */
final class ShardRouterTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final Position FIRST = new Position(0, 0);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final QueueSettings SETTINGS = QueueSettings.DEFAULT;

    private final List<TestNode> nodes = new ArrayList<>();
    private SharedShard shard = new SharedShard(1, 0);
    private TestPeers peers = new TestPeers();

    private void cluster(long seed, int failuresPercent) {
        shard = new SharedShard(seed, failuresPercent);
        peers = new TestPeers(seed, failuresPercent);
        for (int node = 1; node <= 4; node++) {
            nodes.add(new TestNode(node, shard, peers, SETTINGS));
        }
        shard.apply(new Command.Configure(PARTITION, 1, SETTINGS));
        shard.lead(1);
    }

    private ShardRouter at(int node) {
        return nodes.get(node - 1).router;
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    private static Command.Publish publish(String text, @Nullable String deduplicationId) {
        Envelope envelope = new Envelope(null, deduplicationId, 0, Envelope.NEVER, null);
        return new Command.Publish(PARTITION, List.of(Batch.of(envelope, Bytes.utf8(text))));
    }

    private static Reply get(CompletableFuture<Reply> reply) throws Exception {
        return reply.get(60, TimeUnit.SECONDS);
    }

    private List<String> bodies() throws Exception {
        return at(1).peek(PARTITION, FIRST, 100_000).stream()
                .map(peeked -> peeked.payload().utf8())
                .toList();
    }

    @Test
    void everyNodeServesEveryCaller() throws Exception {
        cluster(1, 0);
        for (int node = 1; node <= 4; node++) {
            assertThat(get(at(node).begin(publish("of " + node, null)))).isInstanceOf(Reply.Published.class);
        }
        for (int node = 1; node <= 4; node++) {
            assertThat(at(node).peek(PARTITION, FIRST, 10))
                    .extracting(peeked -> peeked.payload().utf8())
                    .containsExactly("of 1", "of 2", "of 3", "of 4");
            assertThat(at(node).status(PARTITION).orElseThrow().ready()).isEqualTo(4);
        }
        Receipt.Received received =
                (Receipt.Received) at(4).receive(new Command.Acquire(PARTITION, 10, 30_000), Duration.ZERO);
        assertThat(received.deliveries())
                .extracting(delivery -> delivery.payload().utf8())
                .containsExactly("of 1", "of 2", "of 3", "of 4");
        List<LeaseId> leases = received.deliveries().stream()
                .map(delivery -> delivery.leased().lease())
                .toList();
        assertThat(get(at(3).begin(new Command.Acknowledge(PARTITION, leases, false))))
                .isEqualTo(new Reply.Settled(java.util.Collections.nCopies(4, Reply.LeaseOutcome.DONE)));
        assertThat(bodies()).isEmpty();
    }

    @Test
    void aTopicIsReadThroughEveryNodeAndAWaitGoesOnWithTheNextLeader() throws Exception {
        cluster(1, 0);
        PartitionId topic = new PartitionId(2, 0);
        shard.apply(new Command.Configure(
                topic, 1, SETTINGS.change().reading(Reading.CURSOR).build()));
        Batch first = Batch.of(Envelope.PLAIN, Bytes.utf8("first"));
        shard.apply(new Command.Publish(topic, List.of(first)));
        for (int node = 1; node <= 4; node++) {
            assertThat(read(at(node).fetch(List.of(new Fetch(topic, 0, 100)), 100, Duration.ZERO)))
                    .containsExactly("0 first");
            assertThat(at(node).offsets(topic, Long.MAX_VALUE)).contains(new TopicOffsets(0, 1, 1));
            assertThat(at(node).offsets(PARTITION, 0)).isEmpty();
        }
        CompletableFuture<List<FetchOutcome>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return at(4).fetch(List.of(new Fetch(topic, 1, 100)), 100, LONG);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        shard.awaitWaiting(1);
        shard.lead(2);
        shard.awaitWaiting(0);
        shard.awaitWaiting(1);
        shard.apply(new Command.Publish(topic, List.of(Batch.of(Envelope.PLAIN, Bytes.utf8("second")))));
        assertThat(read(waiting.get(60, TimeUnit.SECONDS))).containsExactly("1 second");
    }

    private static List<String> read(List<FetchOutcome> outcomes) {
        return ((FetchOutcome.Fetched) outcomes.getFirst())
                .batches().stream()
                        .map(batch -> batch.baseOffset() + " " + batch.payload().utf8())
                        .toList();
    }

    @Test
    void aReceiveFromSeveralPartitionsTravelsAsOneAndComesBackFromTheOneThatHadSomething() throws Exception {
        cluster(1, 0);
        List<PartitionId> partitions = List.of(PARTITION, new PartitionId(1, 4), new PartitionId(1, 8));
        for (PartitionId partition : partitions) {
            shard.apply(new Command.Configure(partition, 1, SETTINGS));
        }
        shard.apply(new Command.Publish(partitions.getLast(), List.of(Batch.of(Envelope.PLAIN, Bytes.utf8("a")))));
        Wanted wanted = new Wanted(
                partitions, 10, 30_000, "once", false, null, new Precedence(-3, true), 1_000, Receive.UNTOLD);
        for (int node = 2; node <= 4; node += 2) {
            int before = peers.calls(PeerRequest.RECEIVE);
            Receipt.Received received = (Receipt.Received) at(node).receive(wanted, Duration.ZERO);
            assertThat(peers.calls(PeerRequest.RECEIVE)).isEqualTo(before + 1);
            assertThat(received.deliveries()).singleElement().satisfies(delivery -> {
                assertThat(delivery.partition()).isEqualTo(partitions.getLast());
                assertThat(delivery.payload().utf8()).isEqualTo("a");
            });
        }
    }

    @Test
    void commandsOfOnePartitionKeepTheirOrderAndTravelTogether() throws Exception {
        cluster(1, 0);
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            replies.add(at(2).begin(publish("m" + i, null)));
        }
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(get(reply)).isInstanceOf(Reply.Published.class);
        }
        assertThat(bodies())
                .isEqualTo(IntStream.range(0, 5_000).mapToObj(i -> "m" + i).toList());
        assertThat(peers.calls(PeerRequest.SUBMIT)).isLessThan(2_500);
    }

    @Test
    void callWaitsForTheNextLeaderWhileThereIsNone() throws Exception {
        cluster(1, 0);
        shard.lead(0);
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int node = 1; node <= 4; node++) {
            replies.add(at(node).begin(publish("of " + node, null)));
        }
        assertThat(replies).noneMatch(CompletableFuture::isDone);
        shard.lead(3);
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(get(reply)).isInstanceOf(Reply.Published.class);
        }
        assertThat(bodies()).containsExactlyInAnyOrder("of 1", "of 2", "of 3", "of 4");
    }

    @Test
    void outdatedBeliefIsPutRightByTheNodeThatIsAsked() throws Exception {
        cluster(1, 0);
        nodes.get(1).believes = OptionalInt.of(3);
        assertThat(get(at(2).begin(publish("a", null)))).isInstanceOf(Reply.Published.class);
        int before = peers.calls(PeerRequest.SUBMIT);
        assertThat(get(at(2).begin(publish("b", null)))).isInstanceOf(Reply.Published.class);
        assertThat(peers.calls(PeerRequest.SUBMIT)).isEqualTo(before + 1);
    }

    @Test
    void waitingReceiveGoesOnWithTheNextLeader() throws Exception {
        cluster(1, 0);
        for (int node = 2; node <= 4; node++) {
            int asked = node;
            CompletableFuture<Receipt> receipt = received(asked);
            shard.awaitWaiting(1);
            shard.lead(1 + asked % 3);
            assertThat(receipt).isNotDone();
            assertThat(get(at(1).begin(publish("for " + asked, null)))).isInstanceOf(Reply.Published.class);
            assertThat(receipt.get(60, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(Receipt.Received.class, received -> assertThat(received.deliveries())
                            .extracting(delivery -> delivery.payload().utf8())
                            .containsExactly("for " + asked));
            shard.awaitWaiting(0);
        }
    }

    private CompletableFuture<Receipt> received(int node) {
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                receipt.complete(at(node).receive(new Command.Acquire(PARTITION, 1, 30_000), LONG));
            } catch (Exception e) {
                receipt.completeExceptionally(e);
            }
        });
        return receipt;
    }

    @Test
    void receiveOfCallerWhoWentIsTakenOutOfTheWaitAtTheLeader() throws Exception {
        cluster(1, 0);
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                at(2).receive(new Command.Acquire(PARTITION, 1, 30_000), LONG);
            } catch (OutcomeUnknownException | InterruptedException _) { // It is told nothing.
                return;
            }
        });
        shard.awaitWaiting(1);
        caller.interrupt();
        shard.awaitWaiting(0);
        assertThat(get(at(2).begin(publish("a", null)))).isInstanceOf(Reply.Published.class);
        assertThat(at(2).status(PARTITION).orElseThrow().ready()).isEqualTo(1);
    }

    @Test
    void leaderThatStoppedKeepsNobodyOnceAnotherLeads() throws Exception {
        cluster(1, 0);
        peers.stop(1);
        CompletableFuture<Reply> remembered = at(2).begin(publish("a", "id"));
        CompletableFuture<Receipt> receipt = received(3);
        CompletableFuture<Reply> plain = at(3).begin(publish("b", null));
        while (peers.calls(PeerRequest.SUBMIT) < 2 || peers.calls(PeerRequest.RECEIVE) < 1) {
            Thread.onSpinWait();
        }
        shard.lead(2);
        assertThat(get(remembered)).isInstanceOf(Reply.Published.class);
        assertThat(receipt.get(60, TimeUnit.SECONDS)).isInstanceOf(Receipt.Received.class);
        assertThatThrownBy(() -> get(plain))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void nodeThatIsCutOffIsPassedOver() throws Exception {
        cluster(1, 0);
        peers.cutOff(1);
        CompletableFuture<Reply> reply = at(4).begin(publish("a", null));
        shard.lead(3);
        assertThat(get(reply)).isInstanceOf(Reply.Published.class);
    }

    static LongStream seeds() {
        return RandomNouns.seeds(30);
    }

    /**
     * Callers on every node while the leader moves and calls and commands fail: what was answered is there once, what has a
     * deduplication id and was not is there at most once, and so is what has none.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingAnsweredIsLostAndNothingIsThereTwice(long seed) throws Exception {
        cluster(seed, 10);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, CompletableFuture<Reply>> replies = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            String body = "m" + i;
            boolean remembered = random.nextBoolean();
            replies.put(body, at(1 + random.nextInt(4)).begin(publish(body, remembered ? body : null)));
            if (random.nextInt(40) == 0) {
                shard.lead(random.nextInt(4));
            }
        }
        shard.lead(1 + random.nextInt(3));
        Map<String, Integer> counts = new HashMap<>();
        List<String> answered = new ArrayList<>();
        for (var each : replies.entrySet()) {
            try {
                assertThat(get(each.getValue())).isInstanceOf(Reply.Published.class);
                answered.add(each.getKey());
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(OutcomeUnknownException.class);
            }
        }
        for (String body : bodies()) {
            counts.merge(body, 1, Integer::sum);
        }
        assertThat(counts.keySet()).containsAll(answered);
        assertThat(counts.values()).allMatch(count -> count == 1);
    }

    @Test
    void largeMessagesAreReceivedAndPeekedInParts() throws Exception {
        cluster(1, 0);
        byte[] body = new byte[1_000_000];
        for (int i = 0; i < 30; i++) {
            Batch batch = Batch.of(Envelope.PLAIN, Bytes.of(body));
            assertThat(get(at(2).begin(new Command.Publish(PARTITION, List.of(batch)))))
                    .isInstanceOf(Reply.Published.class);
        }
        List<Peeked> peeked = at(2).peek(PARTITION, FIRST, 30);
        assertThat(peeked).hasSize(30);
        Receipt.Received first =
                (Receipt.Received) at(2).receive(new Command.Acquire(PARTITION, 30, 30_000), Duration.ZERO);
        Receipt.Received second =
                (Receipt.Received) at(2).receive(new Command.Acquire(PARTITION, 30, 30_000), Duration.ZERO);
        assertThat(first.deliveries()).hasSize(25);
        assertThat(second.deliveries()).hasSize(5);
        assertThat(second.deliveries().getFirst().leased().attempts()).isEqualTo(1);
    }
}
