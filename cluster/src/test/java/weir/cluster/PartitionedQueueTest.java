package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.Ordering;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.QueuePosition;
import weir.core.QueueSettings;
import weir.core.broker.Delivery;
import weir.core.broker.PeekedIn;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** Queues of several partitions on a node of four shards. */
final class PartitionedQueueTest {
    private static final int SHARDS = 4;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final QueueSettings ORDERED = QueueSettings.DEFAULT
            .change()
            .ordering(Ordering.GROUP)
            .deduplicationScope(DeduplicationScope.GROUP)
            .build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    private ClusterNode open() throws Exception {
        return ClusterNode.alone(
                new NodeSettings(data, SHARDS, 1 << 20, 1, Optional.empty()),
                InstantSource.system(),
                (_, cause) -> cause.printStackTrace());
    }

    private static Queue create(ClusterNode node, String name, int partitions, QueueSettings settings)
            throws Exception {
        var create = new CatalogCommand.CreateQueue(name, settings, new TreeMap<>(), 0, partitions);
        return ((CatalogReply.Created) node.change(create)).queue();
    }

    private static Batch message(@Nullable String group, String body) {
        return Batch.of(new Envelope(group, null, 0, Envelope.NEVER, null), Bytes.utf8(body));
    }

    private static void publish(ClusterNode node, Queue queue, Batch... batches) throws Exception {
        assertThat(node.publish(queue, List.of(batches)))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(PublishOutcome.Appended.class));
    }

    private static List<Delivery> receive(ClusterNode node, Queue queue, int max, Duration patience) throws Exception {
        return ((Receipt.Received) node.receive(new Receive(queue.id(), max, 60_000), patience)).deliveries();
    }

    private static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(one -> one.payload().utf8()).toList();
    }

    private static void acknowledge(ClusterNode node, List<Delivery> deliveries) throws Exception {
        for (var each : Delivery.leases(deliveries).entrySet()) {
            assertThat(node.submit(new Command.Acknowledge(each.getKey(), each.getValue(), false)))
                    .isInstanceOfSatisfying(Reply.Settled.class, settled -> assertThat(settled.outcomes())
                            .containsOnly(Reply.LeaseOutcome.DONE));
        }
    }

    @Test
    void partitionsLieInAllShardsAndAreThereAfterARestartAndGoneWithTheQueue() throws Exception {
        Queue queue;
        try (ClusterNode node = open()) {
            create(node, "first", 1, QueueSettings.DEFAULT);
            queue = create(node, "q", 6, QueueSettings.DEFAULT);
            assertThat(queue.partitionIds().stream().map(node::shardOf)).containsExactly(1, 2, 3, 0, 1, 2);
        }
        try (ClusterNode node = open()) {
            assertThat(node.find("q")).contains(queue);
            for (PartitionId partition : queue.partitionIds()) {
                assertThat(node.status(partition)).isPresent();
            }
            assertThat(node.status(new PartitionId(queue.id(), 6))).isEmpty();
            node.change(new CatalogCommand.DeleteQueue("q"));
            for (PartitionId partition : queue.partitionIds()) {
                assertThat(node.status(partition)).isEmpty();
            }
            assertThat(node.receive(new Receive(queue.id(), 1, 1_000), Duration.ZERO))
                    .isEqualTo(new Receipt.Refused(Refusal.NO_SUCH_QUEUE));
        }
    }

    @Test
    void aBatchIsSplitAndAnsweredInOrder() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 4, ORDERED);
            List<Batch> batches = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                batches.add(message("g" + i % 10, "m" + i));
            }
            List<PublishOutcome> outcomes = node.publish(queue, batches);
            Map<QueuePosition, String> there = new HashMap<>();
            for (PeekedIn seen : node.peek(queue, QueuePosition.FIRST, 100)) {
                there.put(seen.place(), seen.message().payload().utf8());
            }
            for (int i = 0; i < 40; i++) {
                var appended = (PublishOutcome.Appended) outcomes.get(i);
                var place = new QueuePosition(
                        appended.partition().partition(), appended.appended().position());
                assertThat(there).containsEntry(place, "m" + i);
            }
            assertThat(there).hasSize(40);
        }
    }

    @Test
    void messagesWithoutAGroupAreSpreadEvenly() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 5, QueueSettings.DEFAULT);
            for (int i = 0; i < 20; i++) {
                publish(node, queue, message(null, "a" + i), message(null, "b" + i));
            }
            for (PartitionId partition : queue.partitionIds()) {
                assertThat(node.status(partition).map(PartitionStatus::ready)).contains(8L);
            }
            assertThat(node.status(queue).map(PartitionStatus::ready)).contains(40L);
        }
    }

    @Test
    void oneReceiveLooksIntoEveryPartition() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 7, QueueSettings.DEFAULT);
            for (int i = 0; i < 7; i++) {
                publish(node, queue, message(null, "m" + i));
            }
            List<Delivery> deliveries = receive(node, queue, 10, Duration.ZERO);
            assertThat(bodies(deliveries)).containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4", "m5", "m6");
            assertThat(receive(node, queue, 10, Duration.ZERO)).isEmpty();
            acknowledge(node, deliveries);
            assertThat(node.status(queue).map(PartitionStatus::leased)).contains(0L);
        }
    }

    @Test
    void aReceiveTakesNoMoreThanItAskedFor() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 4, QueueSettings.DEFAULT);
            for (int i = 0; i < 4; i++) {
                publish(node, queue, message(null, "a" + i), message(null, "b" + i));
            }
            assertThat(receive(node, queue, 3, Duration.ZERO)).hasSize(3);
            assertThat(node.status(queue).map(PartitionStatus::leased)).contains(3L);
        }
    }

    @Test
    void whoWaitsIsServedByWhicheverPartitionHasSomethingFirst() throws Exception {
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Queue queue = create(node, "q", 8, QueueSettings.DEFAULT);
            for (PartitionId partition : queue.partitionIds()) {
                Future<List<Delivery>> waiting = threads.submit(() -> receive(node, queue, 1, LONG));
                node.submit(new Command.Publish(partition, List.of(message(null, "to " + partition.partition()))));
                List<Delivery> deliveries = waiting.get();
                assertThat(bodies(deliveries)).containsExactly("to " + partition.partition());
                acknowledge(node, deliveries);
            }
        }
    }

    /** Else each publish would go to the one who has waited longest, in every shard at a time, and come back from it. */
    @Test
    void nobodyWhoWaitsIsGivenWhatItCannotTake() throws Exception {
        int count = 200;
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Queue queue = create(node, "q", 8, QueueSettings.DEFAULT);
            List<Future<List<Delivery>>> waiting = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                waiting.add(threads.submit(() -> receive(node, queue, 1, LONG)));
            }
            List<Future<?>> publishing = new ArrayList<>();
            for (PartitionId partition : queue.partitionIds()) {
                publishing.add(threads.submit(() -> {
                    for (int i = 0; i < count / 8; i++) {
                        node.submit(new Command.Publish(
                                partition, List.of(message(null, partition.partition() + "-" + i))));
                    }
                    return null;
                }));
            }
            Set<String> received = new HashSet<>();
            for (Future<List<Delivery>> one : waiting) {
                assertThat(one.get()).singleElement().satisfies(delivery -> {
                    assertThat(received.add(delivery.payload().utf8())).isTrue();
                    assertThat(delivery.leased().lease().delivery()).isEqualTo(1);
                });
            }
            for (Future<?> one : publishing) {
                one.get();
            }
        }
    }

    /** Nothing is acknowledged and leases are long, so a message given to one who had gone would be missing. */
    @Test
    void everyMessageIsReceivedOnceHoweverReceiversComeAndGo() throws Exception {
        int messages = 2_000;
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Queue queue = create(node, "q", 8, QueueSettings.DEFAULT);
            List<Thread> receivers = Collections.synchronizedList(new ArrayList<>());
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                SplittableRandom random = new SplittableRandom(i);
                all.add(threads.submit(() -> {
                    receivers.add(Thread.currentThread());
                    while (received.size() < messages) {
                        try {
                            Duration patience = Duration.ofNanos(random.nextLong(4_000_000));
                            received.addAll(bodies(receive(node, queue, random.nextInt(1, 4), patience)));
                        } catch (InterruptedException _) {
                            // It comes back.
                        }
                    }
                    return null;
                }));
            }
            SplittableRandom random = new SplittableRandom(99);
            for (int i = 0; i < messages; i++) {
                publish(node, queue, message(null, "m" + i));
                if (!receivers.isEmpty()) {
                    receivers.get(random.nextInt(receivers.size())).interrupt();
                }
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(received).hasSize(messages).doesNotHaveDuplicates();
    }

    /** Consumers that give some back; and in the middle the node is stopped and opened again. */
    @Test
    void theOrderOfEachGroupHoldsWithSeveralConsumersAndARestart() throws Exception {
        int groups = 24;
        int each = 30;
        Map<String, List<Integer>> handled = new HashMap<>();
        Queue queue;
        try (ClusterNode node = open()) {
            queue = create(node, "q", 4, ORDERED);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var publishing = threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        Batch[] round = new Batch[groups];
                        for (int g = 0; g < groups; g++) {
                            round[g] = message("g" + g, "g" + g + ":" + i);
                        }
                        publish(node, queue, round);
                    }
                    return null;
                });
                consume(node, queue, threads, handled, groups * each / 2);
                publishing.get();
            }
        }
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            consume(node, queue, threads, handled, groups * each);
            assertThat(node.status(queue).map(PartitionStatus::ready)).contains(0L);
        }
        assertThat(handled).hasSize(groups);
        handled.forEach((group, numbers) -> {
            assertThat(numbers).as(group).isSorted();
            assertThat(numbers).as(group).doesNotHaveDuplicates().hasSize(each);
        });
    }

    private static void consume(
            ClusterNode node, Queue queue, ExecutorService threads, Map<String, List<Integer>> handled, int until)
            throws Exception {
        AtomicInteger count =
                new AtomicInteger(handled.values().stream().mapToInt(List::size).sum());
        List<Future<?>> consumers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SplittableRandom random = new SplittableRandom(i);
            consumers.add(threads.submit(() -> {
                while (count.get() < until) {
                    for (Delivery delivery : receive(node, queue, 1, Duration.ofMillis(20))) {
                        if (random.nextInt(10) == 0) {
                            node.submit(Delivery.giveBack(List.of(delivery)).getFirst());
                            continue;
                        }
                        String[] body = delivery.payload().utf8().split(":", -1);
                        synchronized (handled) {
                            handled.computeIfAbsent(body[0], _ -> new ArrayList<>())
                                    .add(Integer.valueOf(body[1]));
                        }
                        acknowledge(node, List.of(delivery));
                        count.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        for (Future<?> one : consumers) {
            one.get();
        }
    }

    @Test
    void aNamedReceiveThatIsRepeatedFindsWhatTheFirstGot() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 8, ORDERED);
            for (int g = 0; g < 16; g++) {
                publish(node, queue, message("g" + g, "m" + g));
            }
            for (int i = 0; i < 4; i++) {
                Receive named = new Receive(queue.id(), 3, 60_000, "attempt-" + i);
                List<Delivery> first = ((Receipt.Received) node.receive(named, Duration.ZERO)).deliveries();
                assertThat(first).hasSize(3);
                for (int again = 0; again < 3; again++) {
                    List<Delivery> repeated = ((Receipt.Received) node.receive(named, Duration.ZERO)).deliveries();
                    assertThat(bodies(repeated)).containsExactlyInAnyOrderElementsOf(bodies(first));
                    assertThat(Delivery.leases(repeated)).isEqualTo(Delivery.leases(first));
                }
            }
            assertThat(node.status(queue).map(PartitionStatus::leased)).contains(12L);
        }
    }

    @Test
    void aPurgeEmptiesAllPartitionsAndRestsOnlyWhereItWasDone() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 4, QueueSettings.DEFAULT);
            for (int i = 0; i < 8; i++) {
                publish(node, queue, message(null, "m" + i));
            }
            node.submit(new Command.Purge(queue.partition(2), 60_000)); // As if the others had not answered.
            assertThat(node.purge(queue, 60_000)).isEqualTo(new Reply.Done());
            assertThat(node.status(queue).map(PartitionStatus::ready)).contains(0L);
            assertThat(node.purge(queue, 60_000)).isEqualTo(new Reply.Refused(Refusal.PURGED_RECENTLY));
        }
    }

    @Test
    void peekGoesThroughOnePartitionAfterTheOtherInPages() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 4, QueueSettings.DEFAULT);
            for (int i = 0; i < 12; i++) {
                publish(node, queue, message(null, "m" + i));
            }
            List<String> seen = new ArrayList<>();
            QueuePosition from = QueuePosition.FIRST;
            List<PeekedIn> page = node.peek(queue, from, 5);
            while (!page.isEmpty()) {
                assertThat(page)
                        .extracting(each -> each.partition().partition())
                        .isSorted();
                page.forEach(each -> seen.add(each.message().payload().utf8()));
                from = page.getLast().place().next();
                page = node.peek(queue, from, 5);
            }
            assertThat(seen).hasSize(12).doesNotHaveDuplicates();
        }
    }

    @Test
    void deadLettersComeFromEveryPartitionAndAreSpreadOverThoseOfTheirTargetOnce() throws Exception {
        try (ClusterNode node = open()) {
            Queue dead = create(node, "dead", 4, QueueSettings.DEFAULT);
            Queue queue = create(
                    node,
                    "q",
                    4,
                    QueueSettings.DEFAULT
                            .change()
                            .deadLetter(new DeadLetterPolicy("dead", 1, false))
                            .build());
            for (int i = 0; i < 40; i++) {
                publish(node, queue, message(null, "m" + i));
            }
            for (Delivery delivery : receive(node, queue, 40, Duration.ZERO)) {
                node.submit(new Command.Reject(
                        delivery.partition(), List.of(delivery.leased().lease())));
            }
            List<Delivery> arrived = new ArrayList<>();
            while (arrived.size() < 40) {
                arrived.addAll(receive(node, dead, 40, LONG));
            }
            assertThat(bodies(arrived)).doesNotHaveDuplicates().hasSize(40);
            assertThat(arrived.stream().map(Delivery::partition).distinct()).hasSize(4);
            for (var each : Delivery.leases(arrived).entrySet()) {
                node.submit(new Command.Move(each.getKey(), each.getValue(), "q"));
            }
            List<Delivery> back = new ArrayList<>();
            while (back.size() < 40) {
                back.addAll(receive(node, queue, 40, LONG));
            }
            assertThat(bodies(back)).containsExactlyInAnyOrderElementsOf(bodies(arrived));
            assertThat(node.status(queue).map(PartitionStatus::departing)).contains(0L);
        }
    }

    @Test
    void deadLettersOfAGroupKeepTheirOrderInAPartitionedTarget() throws Exception {
        try (ClusterNode node = open()) {
            Queue dead = create(node, "dead", 4, ORDERED);
            Queue queue = create(
                    node,
                    "q",
                    3,
                    ORDERED.change()
                            .deadLetter(new DeadLetterPolicy("dead", 1, false))
                            .build());
            for (int i = 0; i < 10; i++) {
                publish(node, queue, message("a", "a" + i), message("b", "b" + i), message("c", "c" + i));
            }
            int rejected = 0;
            while (rejected < 30) {
                for (Delivery delivery : receive(node, queue, 1, LONG)) {
                    node.submit(new Command.Reject(
                            delivery.partition(), List.of(delivery.leased().lease())));
                    rejected++;
                }
            }
            Map<String, List<String>> arrived = new HashMap<>();
            for (int got = 0; got < 30; ) {
                List<Delivery> some = receive(node, dead, 10, LONG);
                for (String body : bodies(some)) {
                    arrived.computeIfAbsent(body.substring(0, 1), _ -> new ArrayList<>())
                            .add(body);
                }
                acknowledge(node, some);
                got += some.size();
            }
            assertThat(arrived).hasSize(3).allSatisfy((group, bodies) -> {
                assertThat(bodies).isSorted();
                assertThat(bodies).hasSize(10);
            });
        }
    }

    @Test
    void anIdOfTheQueueIsKnownInItWhateverTheTenant() throws Exception {
        try (ClusterNode node = open()) {
            Queue queue = create(node, "q", 8, QueueSettings.DEFAULT);
            for (int i = 0; i < 10; i++) {
                for (String tenant : List.of("one", "two")) {
                    node.publish(
                            queue,
                            List.of(Batch.of(
                                    new Envelope(tenant, "id" + i, 0, Envelope.NEVER, null), Bytes.utf8("m" + i))));
                }
            }
            assertThat(node.status(queue).map(PartitionStatus::ready)).contains(10L);
        }
    }
}
