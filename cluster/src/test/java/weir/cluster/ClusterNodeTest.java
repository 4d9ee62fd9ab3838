package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.Message;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Deadline;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Precedence;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** A node through its broker, over a real directory. */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
class ClusterNodeTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path data;

    @Test
    void whatWasPublishedIsReceivedOnceAndIsGoneWhenAcknowledged() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            publish(node, orders, "a", "b");
            List<Delivery> deliveries = receive(node, orders, 10, Duration.ZERO);
            assertThat(bodies(deliveries)).containsExactly("a", "b");
            assertThat(receive(node, orders, 10, Duration.ZERO)).isEmpty();
            acknowledge(node, deliveries);
            assertThat(node.status(orders).orElseThrow().leased()).isZero();
            assertThat(node.peek(orders, new Position(0, 0), 10)).isEmpty();
        }
    }

    @Test
    void aCallWhosePatienceIsOverWaitsForNothingMore() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            long over = System.nanoTime() - 1;
            Command.Publish publish = new Command.Publish(orders, List.of(Batch.of(Envelope.PLAIN, Bytes.utf8("a"))));
            assertThat(isGivenUp(() -> Deadline.until(over, () -> node.submit(publish))))
                    .isTrue();
            assertThat(isGivenUp(() -> Deadline.until(
                            over,
                            () -> node.change(
                                    new CatalogCommand.CreateQueue("more", QueueSettings.DEFAULT, new TreeMap<>())))))
                    .isTrue();
        }
    }

    /** An answer that is there before anybody looks is given, however late it is; that happens, but not always. */
    private static boolean isGivenUp(Callable<?> call) throws Exception {
        for (int tries = 0; tries < 200; tries++) {
            try {
                var _ = call.call();
            } catch (OutcomeUnknownException _) {
                return true;
            }
        }
        return false;
    }

    @Test
    void oneReceiveReadsNoMoreThanMemoryIsMeantForAndTheRestIsReadyAtItsPlace() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(
                    node,
                    "orders",
                    QueueSettings.DEFAULT
                            .change()
                            .messageBytesMax(16 * 1024 * 1024)
                            .build());
            int each = Limits.RECEIVE_BYTES_MAX / 4;
            for (byte i = 0; i < 7; i++) {
                byte[] body = new byte[each];
                body[0] = i;
                node.submit(new Command.Publish(orders, List.of(Batch.of(Envelope.PLAIN, Bytes.of(body)))));
            }
            List<Delivery> first = receive(node, orders, 10, Duration.ZERO);
            assertThat(firstOctets(first)).containsExactly(0, 1, 2, 3);
            List<Delivery> second = receive(node, orders, 10, LONG);
            assertThat(firstOctets(second)).containsExactly(4, 5, 6);
            assertThat(node.status(orders).orElseThrow().leased()).isEqualTo(7);
        }
    }

    /** As one does that knows nothing yet of how large they are. */
    @Test
    void aReceiveMayWantNoMoreAtATimeThanItSays() throws Exception {
        try (ClusterNode node = open()) {
            for (int partitions = 1; partitions <= 2; partitions++) {
                String name = "in-" + partitions;
                node.change(
                        new CatalogCommand.CreateQueue(name, QueueSettings.DEFAULT, new TreeMap<>(), 0, partitions));
                Queue queue = node.find(name).orElseThrow();
                for (byte i = 0; i < 12; i++) {
                    node.publish(queue, List.of(Batch.of(Envelope.PLAIN, Bytes.of(new byte[50_000]))));
                }
                Receive wanted = new Receive(queue.id(), 12, 60_000, null, Precedence.NONE, 120_000, Receive.UNTOLD);
                Receipt.Received first = (Receipt.Received) node.receive(wanted, Duration.ZERO);
                assertThat(first.deliveries()).hasSize(3);
                Receipt.Received second = (Receipt.Received) node.receive(wanted, LONG);
                assertThat(second.deliveries()).hasSize(3);
                assertThat(second.deliveries())
                        .allMatch(delivery -> delivery.leased().attempts() == 1); // What was given back does not count.
            }
        }
    }

    private static List<Integer> firstOctets(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(each -> (int) each.payload().array()[each.payload().offset()])
                .toList();
    }

    @Test
    void messagesLeasesAndDefinitionsAreThereAfterARestart() throws Exception {
        PartitionId orders;
        List<Delivery> leased;
        try (ClusterNode node = open()) {
            orders = create(node, "orders", QueueSettings.DEFAULT);
            publish(node, orders, "a", "b", "c");
            leased = receive(node, orders, 1, Duration.ZERO);
        }
        try (ClusterNode node = open()) {
            assertThat(node.find("orders")).isPresent();
            assertThat(node.status(orders).orElseThrow().leased()).isEqualTo(1);
            acknowledge(node, leased);
            assertThat(bodies(receive(node, orders, 10, Duration.ZERO))).containsExactly("b", "c");
        }
    }

    @Test
    void aWaitingReceiverIsServedWhenAMessageIsPublished() throws Exception {
        try (ClusterNode node = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            var waiting = CompletableFuture.supplyAsync(() -> unchecked(() -> receive(node, orders, 1, LONG)), threads);
            publish(node, orders, "late");
            assertThat(bodies(waiting.join())).containsExactly("late");
        }
    }

    @Test
    void aWaitingReceiverIsServedWhenALeaseEnds() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(
                    node,
                    "orders",
                    QueueSettings.DEFAULT.change().lease(Duration.ofMillis(200)).build());
            publish(node, orders, "a");
            assertThat(receive(node, orders, 1, Duration.ZERO)).hasSize(1);
            List<Delivery> again = receive(node, orders, 1, LONG);
            assertThat(again.getFirst().leased().attempts()).isEqualTo(2);
        }
    }

    @Test
    void everyMessageGoesToExactlyOneOfManyWaitingReceivers() throws Exception {
        try (ClusterNode node = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            List<CompletableFuture<List<Delivery>>> waiting = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                waiting.add(
                        CompletableFuture.supplyAsync(() -> unchecked(() -> receive(node, orders, 1, LONG)), threads));
            }
            for (int i = 0; i < 200; i++) {
                publish(node, orders, "m" + i);
            }
            assertThat(waiting.stream().flatMap(one -> bodies(one.join()).stream()))
                    .hasSize(200)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void deadLettersReachTheirQueueOnAnotherShardAndKeepWhereTheyCameFrom() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId dead = create(node, "dead", QueueSettings.DEFAULT);
            PartitionId orders = create(
                    node,
                    "orders",
                    QueueSettings.DEFAULT
                            .change()
                            .deadLetter(new DeadLetterPolicy("dead", 1, false))
                            .build());
            publish(node, orders, "poison");
            List<Delivery> first = receive(node, orders, 1, Duration.ZERO);
            node.submit(new Command.Release(orders, leases(first), 0, true));
            assertThat(receive(node, orders, 1, Duration.ZERO)).isEmpty();
            List<Delivery> moved = receive(node, dead, 1, LONG);
            assertThat(bodies(moved)).containsExactly("poison");
            var origin = java.util.Objects.requireNonNull(
                    moved.getFirst().leased().envelope().origin());
            assertThat(origin.partition()).isEqualTo(orders);
            assertThat(moved.getFirst().leased().attempts()).isEqualTo(2);
            awaitNoDepartures(node, orders);
        }
    }

    @Test
    void aDeadLetterWhoseQueueIsMissingIsHandedOutAgain() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(
                    node,
                    "orders",
                    QueueSettings.DEFAULT
                            .change()
                            .deadLetter(new DeadLetterPolicy("nowhere", 1, false))
                            .build());
            publish(node, orders, "poison");
            node.submit(new Command.Reject(orders, leases(receive(node, orders, 1, Duration.ZERO))));
            assertThat(bodies(receive(node, orders, 1, LONG))).containsExactly("poison");
        }
    }

    @Test
    void aDeletedQueueTellsThoseWhoWaitForIt() throws Exception {
        try (ClusterNode node = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            var waiting = CompletableFuture.supplyAsync(
                    () -> unchecked(() -> node.receive(new Command.Acquire(orders, 1, -1), LONG)), threads);
            node.change(new CatalogCommand.DeleteQueue("orders"));
            assertThat(waiting.join()).isEqualTo(new Receipt.Refused(Refusal.NO_SUCH_QUEUE));
        }
    }

    @Test
    void aBacklogOutlivesItsCheckpointsAndIsReadFromDisk() throws Exception {
        String large = "x".repeat(200_000);
        PartitionId orders;
        try (ClusterNode node = open()) {
            orders = create(node, "orders", QueueSettings.DEFAULT);
            for (int i = 0; i < 600; i++) {
                publish(node, orders, i + large);
            }
            List<Peeked> last = node.peek(orders, new Position(0, 599), 1);
            assertThat(last.getFirst().payload().utf8()).startsWith("599");
        }
        try (ClusterNode node = open()) {
            for (int i = 0; i < 600; i++) {
                List<Delivery> one = receive(node, orders, 1, Duration.ZERO);
                assertThat(bodies(one)).containsExactly(i + large);
                acknowledge(node, one);
            }
            assertThat(receive(node, orders, 1, Duration.ZERO)).isEmpty();
        }
    }

    /** The source learns a moment after the target that the message has arrived. */
    private static void awaitNoDepartures(ClusterNode node, PartitionId partition) throws Exception {
        long giveUp = System.nanoTime() + LONG.toNanos();
        while (node.status(partition).orElseThrow().departing() > 0) {
            assertThat(System.nanoTime()).as("still departing").isLessThan(giveUp);
            Thread.onSpinWait();
        }
    }

    private ClusterNode open() throws Exception {
        return ClusterNode.open(data, 2, (group, cause) -> cause.printStackTrace());
    }

    private static Command.Copies copies(String payload, PartitionId... partitions) {
        List<Command.Target> targets = new ArrayList<>();
        for (PartitionId partition : partitions) {
            targets.add(new Command.Target(partition, Envelope.PLAIN));
        }
        return new Command.Copies(0, Message.FORMAT, Bytes.utf8(payload), targets);
    }

    @Test
    void aFanOutReachesTheQueuesOfAllShardsAndTellsWhatBecameOfEach() throws Exception {
        try (ClusterNode node = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<PartitionId> queues = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                queues.add(create(node, "q" + i, QueueSettings.DEFAULT));
            }
            PartitionId paused = create(
                    node,
                    "paused",
                    QueueSettings.DEFAULT.change().publishPaused(true).build());
            queues.add(paused);
            PartitionId nowhere = new PartitionId(1_000_000, 0);
            queues.add(nowhere);
            var waiting = CompletableFuture.supplyAsync(
                    () -> unchecked(() -> receive(node, queues.getFirst(), 2, LONG)), threads);
            PartitionId[] all = queues.toArray(PartitionId[]::new);
            List<List<PublishOutcome>> outcomes = node.fanOut(List.of(copies("a", all), copies("b", all)));
            for (List<PublishOutcome> each : outcomes) {
                assertThat(each.subList(0, 8))
                        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(PublishOutcome.Appended.class));
                assertThat(each.subList(8, 10))
                        .containsExactly(
                                new PublishOutcome.Refused(Refusal.PUBLISH_PAUSED),
                                new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE));
            }
            assertThat(outcomes).hasSize(2);
            assertThat(bodies(waiting.join())).contains("a");
            for (PartitionId queue : queues.subList(1, 8)) {
                assertThat(bodies(receive(node, queue, 10, Duration.ZERO))).containsExactly("a", "b");
            }
        }
    }

    @Test
    void aMovedMessageArrivesOnceAsANewOneAndComesBackIfThereIsNoSuchQueue() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId from = create(node, "from", QueueSettings.DEFAULT);
            PartitionId to = create(node, "to", QueueSettings.DEFAULT);
            Envelope envelope = new Envelope("tenant", null, 0, Envelope.NEVER, null, 3);
            node.submit(new Command.Publish(from, List.of(Batch.of(envelope, Bytes.utf8("a")))));
            List<LeaseId> lost = leases(receive(node, from, 1, Duration.ZERO));
            node.submit(new Command.Move(from, lost, "nowhere"));
            List<Delivery> back = receive(node, from, 1, LONG);
            assertThat(back.getFirst().leased().attempts()).isEqualTo(1);
            node.submit(new Command.Move(from, leases(back), "to"));
            List<Delivery> arrived = receive(node, to, 1, LONG);
            assertThat(bodies(arrived)).containsExactly("a");
            Reply.Leased leased = arrived.getFirst().leased();
            assertThat(leased.attempts()).isEqualTo(1);
            assertThat(leased.envelope().origin()).isNull();
            assertThat(leased.envelope().group()).isEqualTo("tenant");
            assertThat(leased.envelope().variant()).isEqualTo(3);
            assertThat(receive(node, to, 1, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void aNamedReceiveIsRepeatedThoughNothingElseIsReady() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId orders = create(node, "orders", QueueSettings.DEFAULT);
            publish(node, orders, "a", "b");
            Command.Acquire named = new Command.Acquire(orders, 10, Command.Acquire.QUEUE_DEFAULT, "r");
            var first = (Receipt.Received) node.receive(named, Duration.ZERO);
            assertThat(receive(node, orders, 1, Duration.ZERO)).isEmpty(); // By now it is known that nothing is ready.
            var atOnce = (Receipt.Received) node.receive(named, Duration.ZERO);
            var patient = (Receipt.Received) node.receive(named, LONG);
            assertThat(leases(atOnce.deliveries())).isEqualTo(leases(first.deliveries()));
            assertThat(leases(patient.deliveries())).isEqualTo(leases(first.deliveries()));
            assertThat(bodies(patient.deliveries())).containsExactly("a", "b");
        }
    }

    private static PartitionId create(ClusterNode node, String name, QueueSettings settings) throws Exception {
        CatalogReply reply = node.change(new CatalogCommand.CreateQueue(name, settings, new TreeMap<>()));
        Queue queue = ((CatalogReply.Created) reply).queue();
        return queue.partition(0);
    }

    private static void publish(ClusterNode node, PartitionId partition, String... bodies) throws Exception {
        List<Batch> batches = new ArrayList<>();
        for (String body : bodies) {
            batches.add(Batch.of(Envelope.PLAIN, Bytes.utf8(body)));
        }
        assertThat(node.submit(new Command.Publish(partition, batches))).isInstanceOf(Reply.Published.class);
    }

    private static List<Delivery> receive(ClusterNode node, PartitionId partition, int max, Duration patience)
            throws Exception {
        Receipt receipt = node.receive(new Command.Acquire(partition, max, Command.Acquire.QUEUE_DEFAULT), patience);
        return ((Receipt.Received) receipt).deliveries();
    }

    private static List<LeaseId> leases(List<Delivery> deliveries) {
        return deliveries.stream().map(one -> one.leased().lease()).toList();
    }

    private static void acknowledge(ClusterNode node, List<Delivery> deliveries) throws Exception {
        PartitionId partition = deliveries.getFirst().partition();
        Reply reply = node.submit(new Command.Acknowledge(partition, leases(deliveries), false));
        assertThat(((Reply.Settled) reply).outcomes()).containsOnly(Reply.LeaseOutcome.DONE);
    }

    private static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(one -> one.payload().utf8()).toList();
    }

    private interface Throwing<T> {
        T get() throws Exception;
    }

    private static <T> T unchecked(Throwing<T> action) {
        try {
            return action.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
