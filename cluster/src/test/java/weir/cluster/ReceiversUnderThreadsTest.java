package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** Receivers that come, wait, lose their patience and are interrupted, on real threads over a real log. */
final class ReceiversUnderThreadsTest {
    private static final int RECEIVERS = 24;
    private static final int MESSAGES = 3_000;
    private static final int ROUNDS = 120;
    private static final Duration LONG = Duration.ofMinutes(2);
    /** Longer than the test takes on a machine with much else to do: nothing is handed out twice because of its time. */
    private static final Duration LEASE = Duration.ofMinutes(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    private ClusterNode open(long checkpointBytes) throws Exception {
        return ClusterNode.alone(
                new NodeSettings(data, 1, checkpointBytes, 1, java.util.Optional.empty()),
                java.time.InstantSource.system(),
                (_, cause) -> cause.printStackTrace());
    }

    private static PartitionId create(ClusterNode node) throws Exception {
        var create = new CatalogCommand.CreateQueue("orders", QueueSettings.DEFAULT, new TreeMap<>());
        return ((CatalogReply.Created) node.change(create)).queue().partition(0);
    }

    private static Reply publish(ClusterNode node, PartitionId queue, String... bodies) throws Exception {
        List<Batch> batches = new ArrayList<>();
        for (String body : bodies) {
            batches.add(Batch.of(Envelope.PLAIN, Bytes.utf8(body)));
        }
        return node.submit(new Command.Publish(queue, batches));
    }

    private static List<String> receive(ClusterNode node, PartitionId queue, int max, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        Receipt receipt = node.receive(new Command.Acquire(queue, max, LEASE.toMillis()), patience);
        return ((Receipt.Received) receipt)
                .deliveries().stream().map(one -> one.payload().utf8()).toList();
    }

    /** Nothing is acknowledged and leases are long, so a message given to one who had gone would be missing. */
    @Test
    void everyMessageIsReceivedOnceHoweverReceiversComeAndGo() throws Exception {
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (ClusterNode node = open(1 << 20);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId queue = create(node);
            List<Thread> receivers = Collections.synchronizedList(new ArrayList<>());
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                SplittableRandom random = new SplittableRandom(i);
                all.add(threads.submit(() -> {
                    receivers.add(Thread.currentThread());
                    while (received.size() < MESSAGES) {
                        try {
                            Duration patience = Duration.ofNanos(random.nextLong(4_000_000));
                            received.addAll(receive(node, queue, random.nextInt(1, 4), patience));
                        } catch (InterruptedException _) {
                            // It comes back.
                        }
                    }
                    return null;
                }));
            }
            SplittableRandom random = new SplittableRandom(99);
            for (int i = 0; i < MESSAGES; i++) {
                publish(node, queue, "m" + i);
                if (!receivers.isEmpty()) {
                    receivers.get(random.nextInt(receivers.size())).interrupt();
                }
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(received).hasSize(MESSAGES).doesNotHaveDuplicates();
    }

    /** One message becomes ready again and again, eight ask for it, and seven of them in vain, just when they are to go. */
    @Test
    void whoAsksInVainWhenItsPatienceEndsIsToldAtOnce() throws Exception {
        try (ClusterNode node = open(1 << 20);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartitionId queue = create(node);
            publish(node, queue, "one");
            SplittableRandom random = new SplittableRandom(7);
            for (int round = 0; round < ROUNDS; round++) {
                Command.Acquire acquire = new Command.Acquire(queue, 1, Command.Acquire.QUEUE_DEFAULT);
                Receipt held = node.receive(acquire, LONG);
                List<Future<Receipt>> waiting = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Duration patience = Duration.ofNanos(random.nextLong(1, 3_000_000));
                    waiting.add(threads.submit(() -> node.receive(acquire, patience)));
                }
                release(node, queue, held);
                for (Future<Receipt> one : waiting) {
                    release(node, queue, one.get());
                }
            }
        }
    }

    private static void release(ClusterNode node, PartitionId queue, Receipt receipt) throws Exception {
        for (Delivery delivery : ((Receipt.Received) receipt).deliveries()) {
            node.submit(new Command.Release(queue, List.of(delivery.leased().lease()), 0, false));
        }
    }

    @Test
    void aNodeThatStopsLetsThoseWhoWaitGo() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> waiting = new ArrayList<>();
            ClusterNode node = open(1 << 20);
            PartitionId queue = create(node);
            for (int i = 0; i < RECEIVERS; i++) {
                waiting.add(threads.submit(() -> receive(node, queue, 1, LONG)));
            }
            publish(node, queue, "one");
            node.close();
            waiting.add(threads.submit(() -> receive(node, queue, 1, LONG)));
            long served = 0;
            for (Future<?> one : waiting) {
                try {
                    one.get();
                    served++;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(OutcomeUnknownException.class);
                }
            }
            assertThat(served).isLessThanOrEqualTo(1);
            assertThatThrownBy(() -> publish(node, queue, "two")).isInstanceOf(OutcomeUnknownException.class);
        }
    }

    /** In memory they take many times what they take in the log. */
    @Test
    void tinyMessagesDoNotFillTheTailBeforeACheckpointIsDue() throws Exception {
        try (ClusterNode node = open(128 * 1024)) {
            PartitionId queue = create(node);
            String[] tiny = new String[500];
            java.util.Arrays.fill(tiny, "x");
            for (int i = 0; i < 40; i++) {
                assertThat(publish(node, queue, tiny)).isInstanceOf(Reply.Published.class);
            }
        }
    }
}
