package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.broker.Delivery;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** What is due by a clock that jumps has happened once the node was told. The clock stands still otherwise. */
class MovedClockTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final class StandingClock implements InstantSource {
        private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final StandingClock clock = new StandingClock();

    @TempDir
    private Path data;

    private void advance(ClusterNode node, Duration by) throws Exception {
        clock.now = clock.now.plus(by);
        node.clockMoved();
    }

    @Test
    void leaseEndsForTheReceiverThatWaitsAndForTheOneThatDoesNot() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId queue = create(node, QueueSettings.DEFAULT);
            publish(node, queue, Envelope.PLAIN);
            assertThat(receive(node, queue, Duration.ZERO)).hasSize(1);
            assertThat(receive(node, queue, Duration.ZERO)).isEmpty();
            advance(node, Duration.ofMinutes(10));
            assertThat(receive(node, queue, Duration.ZERO)).hasSize(1);

            var waiting = CompletableFuture.supplyAsync(() -> unchecked(() -> receive(node, queue, LONG)));
            advance(node, Duration.ofMinutes(10));
            assertThat(waiting.get()).hasSize(1);
        }
    }

    @Test
    void delayEndsAndRetentionAndDeduplicationRunOut() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId queue = create(
                    node,
                    QueueSettings.DEFAULT
                            .change()
                            .retention(Duration.ofDays(2))
                            .deduplicationWindow(Duration.ofMinutes(5))
                            .build());
            publish(node, queue, new Envelope(null, null, clock.millis() + 900_000, Envelope.NEVER, null));
            assertThat(node.status(queue).orElseThrow().delayed()).isEqualTo(1);
            advance(node, Duration.ofMinutes(15));
            assertThat(node.status(queue).orElseThrow().delayed()).isZero();

            Envelope once = new Envelope(null, "once", Envelope.AT_ONCE, Envelope.NEVER, null);
            assertThat(publish(node, queue, once).duplicate()).isFalse();
            assertThat(publish(node, queue, once).duplicate()).isTrue();
            advance(node, Duration.ofMinutes(5));
            assertThat(publish(node, queue, once).duplicate()).isFalse();

            advance(node, Duration.ofDays(3));
            assertThat(receive(node, queue, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void aNodeOpenedAgainSaysWhereItsTimeStood() throws Exception {
        try (ClusterNode node = open()) {
            advance(node, Duration.ofDays(1));
        }
        try (ClusterNode node = open()) {
            assertThat(node.nowMillis()).isEqualTo(clock.millis());
        }
    }

    @Test
    void clearedNodeHasNothingAndTellsThoseWhoWait() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId queue = create(node, QueueSettings.DEFAULT);
            publish(node, queue, Envelope.PLAIN);
            node.change(new CatalogCommand.Define("some.kind", "one", Definition.NEW, new TreeMap<>()));
            assertThat(receive(node, queue, Duration.ZERO)).hasSize(1);
            var waiting = CompletableFuture.supplyAsync(() ->
                    unchecked(() -> node.receive(new Command.Acquire(queue, 1, Command.Acquire.QUEUE_DEFAULT), LONG)));
            node.clear();
            assertThat(waiting.get()).isEqualTo(new Receipt.Refused(Refusal.NO_SUCH_QUEUE));
            assertThat(node.list("", "", 10)).isEmpty();
            assertThat(node.definitions("some.kind", "", "", 10)).isEmpty();
        }
    }

    private ClusterNode open() throws Exception {
        return ClusterNode.alone(NodeSettings.alone(data, 2), clock, (_, cause) -> cause.printStackTrace());
    }

    private static PartitionId create(ClusterNode node, QueueSettings settings) throws Exception {
        CatalogReply reply = node.change(new CatalogCommand.CreateQueue("q", settings, new TreeMap<>()));
        return ((CatalogReply.Created) reply).queue().partition(0);
    }

    private static Reply.Appended publish(ClusterNode node, PartitionId queue, Envelope envelope) throws Exception {
        Reply reply = node.submit(new Command.Publish(queue, List.of(Batch.of(envelope, Bytes.utf8("x")))));
        return ((Reply.Published) reply).appended().getFirst();
    }

    private static List<Delivery> receive(ClusterNode node, PartitionId queue, Duration patience) throws Exception {
        Receipt receipt = node.receive(new Command.Acquire(queue, 1, Command.Acquire.QUEUE_DEFAULT), patience);
        return ((Receipt.Received) receipt).deliveries();
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
