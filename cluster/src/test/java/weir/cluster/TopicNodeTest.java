package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** Topics through the broker of a node, over a real directory. */
final class TopicNodeTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int CHECKPOINT_BYTES = 256 * 1024;
    private static final QueueSettings TOPIC =
            QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build();

    @TempDir
    Path data;

    private final AtomicLong aheadMillis = new AtomicLong();

    private ClusterNode open() throws Exception {
        return ClusterNode.open(
                new NodeSettings(data, 2, CHECKPOINT_BYTES, 1, Optional.empty()),
                () -> Instant.ofEpochMilli(System.currentTimeMillis() + aheadMillis.get()),
                (_, cause) -> cause.printStackTrace());
    }

    private static Queue create(ClusterNode node, String name, int partitions, QueueSettings settings)
            throws Exception {
        CatalogReply reply =
                node.change(new CatalogCommand.CreateQueue(name, settings, new TreeMap<>(), 0, partitions));
        return ((CatalogReply.Created) reply).queue();
    }

    private static void publish(ClusterNode node, PartitionId partition, String... bodies) throws Exception {
        List<Batch> batches = new ArrayList<>();
        for (String body : bodies) {
            batches.add(Batch.of(Envelope.PLAIN, Bytes.utf8(body)));
        }
        assertThat(node.submit(new Command.Publish(partition, batches))).isInstanceOf(Reply.Published.class);
    }

    private static List<FetchedBatch> fetch(ClusterNode node, PartitionId partition, long from, int bytesMax)
            throws Exception {
        return ((FetchOutcome.Fetched) node.fetch(new Fetch(partition, from, bytesMax), Duration.ZERO)).batches();
    }

    private static List<String> read(ClusterNode node, PartitionId partition, long from) throws Exception {
        List<String> bodies = new ArrayList<>();
        long next = from;
        while (true) {
            List<FetchedBatch> batches = fetch(node, partition, next, 50_000);
            if (batches.isEmpty()) {
                return bodies;
            }
            for (FetchedBatch batch : batches) {
                assertThat(batch.baseOffset()).isEqualTo(next);
                next = batch.endOffset();
                bodies.add(batch.payload().utf8());
            }
        }
    }

    @Test
    void whatIsReadStays() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId topic = create(node, "topic", 1, TOPIC).partition(0);
            publish(node, topic, "a", "b", "c");
            assertThat(read(node, topic, 0)).containsExactly("a", "b", "c");
            assertThat(read(node, topic, 0)).containsExactly("a", "b", "c");
            assertThat(read(node, topic, 2)).containsExactly("c");
            assertThat(node.offsets(topic, Long.MAX_VALUE)).contains(new TopicOffsets(0, 3, 3));
            assertThat(node.fetch(new Fetch(topic, 4, 100), Duration.ZERO))
                    .isEqualTo(new FetchOutcome.OutOfRange(0, 3));
            assertThat(node.submit(new Command.Truncate(topic, 2))).isEqualTo(new Reply.Done());
            assertThat(node.fetch(new Fetch(topic, 1, 100), LONG)).isEqualTo(new FetchOutcome.OutOfRange(2, 3));
            assertThat(read(node, topic, 2)).containsExactly("c");
        }
    }

    /** Each batch is looked up for itself, with the shard standing still: a megabyte of them would be ten thousand. */
    @Test
    void aFetchLooksForSoManySmallBatchesAtATimeAndTheNextGoesOn() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId topic = create(node, "topic", 1, TOPIC).partition(0);
            String[] bodies = new String[2 * ClusterLimits.BATCHES_FETCHED_AT_ONCE + 1];
            for (int i = 0; i < bodies.length; i++) {
                bodies[i] = "m" + i;
            }
            publish(node, topic, bodies);
            assertThat(fetch(node, topic, 0, 50_000)).hasSize(ClusterLimits.BATCHES_FETCHED_AT_ONCE);
            assertThat(read(node, topic, 0)).containsExactly(bodies);
        }
    }

    @Test
    void aQueueIsNotReadByCursorNorATopicByLease() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId queue = create(node, "queue", 1, QueueSettings.DEFAULT).partition(0);
            PartitionId topic = create(node, "topic", 1, TOPIC).partition(0);
            assertThat(node.fetch(new Fetch(queue, 0, 1), LONG))
                    .isEqualTo(new FetchOutcome.Refused(Refusal.READ_OTHERWISE));
            assertThat(node.fetch(new Fetch(new PartitionId(77, 0), 0, 1), LONG))
                    .isEqualTo(new FetchOutcome.Refused(Refusal.NO_SUCH_QUEUE));
            assertThat(node.submit(new Command.Acquire(topic, 1, 1_000)))
                    .isEqualTo(new Reply.Refused(Refusal.READ_OTHERWISE));
            assertThat(node.receive(new Command.Acquire(topic, 1, 1_000), LONG))
                    .isEqualTo(new weir.core.broker.Receipt.Refused(Refusal.READ_OTHERWISE));
            assertThat(node.offsets(queue, 0)).isEmpty();
        }
    }

    @Test
    void everybodyWhoWaitsIsToldOfWhatComesAndWaitingCostsNoEntry() throws Exception {
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Queue topic = create(node, "topic", 3, TOPIC); // In both shards.
            List<CompletableFuture<List<FetchOutcome>>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                List<Fetch> fetches = topic.partitionIds().stream()
                        .map(partition -> new Fetch(partition, 0, 100))
                        .toList();
                all.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return node.fetch(fetches, 1_000, LONG);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        threads));
            }
            publish(node, topic.partition(1), "new");
            for (CompletableFuture<List<FetchOutcome>> each : all) {
                List<FetchOutcome> outcomes = each.get(60, TimeUnit.SECONDS);
                assertThat(outcomes).hasSize(3);
                assertThat(((FetchOutcome.Fetched) outcomes.get(1)).batches())
                        .extracting(batch -> batch.payload().utf8())
                        .containsExactly("new");
            }
            assertThat(node.fetch(new Fetch(topic.partition(0), 0, 1), Duration.ofMillis(10))
                            .isNothing())
                    .isTrue();
        }
    }

    @Test
    void aDeletedTopicIsWaitedForNoLonger() throws Exception {
        try (ClusterNode node = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId topic = create(node, "topic", 1, TOPIC).partition(0);
            var waiting = threads.submit(() -> node.fetch(new Fetch(topic, 0, 1), LONG));
            node.change(new CatalogCommand.DeleteQueue("topic"));
            assertThat(waiting.get()).isEqualTo(new FetchOutcome.Refused(Refusal.NO_SUCH_QUEUE));
        }
    }

    @Test
    void whatIsKeptIsReadFromDiskAfterCheckpointsAndARestart() throws Exception {
        String large = "x".repeat(5_000);
        PartitionId topic;
        long start;
        try (ClusterNode node = open()) {
            topic = create(node, "topic", 1, TOPIC.change().bytesMax(1_000_000).build())
                    .partition(0);
            for (int i = 0; i < 600; i++) {
                publish(node, topic, i + large);
                if (i == 400) {
                    aheadMillis.addAndGet(60_000);
                }
            }
            start = node.offsets(topic, 0).orElseThrow().start();
            assertThat(start).isBetween(380L, 400L);
        }
        try (ClusterNode node = open()) {
            long half = System.currentTimeMillis() + 30_000;
            assertThat(node.offsets(topic, half)).contains(new TopicOffsets(start, 600, 401));
            List<String> bodies = read(node, topic, start);
            for (int i = 0; i < bodies.size(); i++) {
                assertThat(bodies.get(i)).isEqualTo(start + i + large);
            }
            assertThat(bodies).hasSize((int) (600 - start));
            publish(node, topic, "more");
            assertThat(read(node, topic, 600)).containsExactly("more");
        }
    }
}
