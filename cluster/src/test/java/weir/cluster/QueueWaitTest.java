package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import weir.cluster.shard.Wanted;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** Shard n has partition n. */
final class QueueWaitTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final BlockingQueue<Delivery> givenBack = new LinkedBlockingQueue<>();

    private QueueWait wait(int max, Duration patience, int shards, QueueWait.Asking asking) {
        QueueWait wait = new QueueWait(asking, givenBack::addAll, max, patience);
        for (int shard = 0; shard < shards; shard++) {
            wait.in(shard, Wanted.of(new Command.Acquire(new PartitionId(1, shard), max, 1_000)));
        }
        return wait;
    }

    private static Receipt deliveries(int partition, int count) {
        List<Delivery> deliveries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LeaseId lease = new LeaseId(new Position(0, i), 1);
            Reply.Leased leased = new Reply.Leased(lease, i, Envelope.PLAIN, 1, 0, 0, 0);
            deliveries.add(new Delivery(new PartitionId(1, partition), leased, 1, Bytes.EMPTY, 0));
        }
        return new Receipt.Received(deliveries, false);
    }

    private static Receipt forEver() throws InterruptedException {
        new CountDownLatch(1).await();
        throw new AssertionError();
    }

    @Test
    void theFirstThatBringsSomethingEndsTheOthers() throws Exception {
        CountDownLatch ended = new CountDownLatch(2);
        Receipt receipt = wait(10, LONG, 3, (shard, _, _) -> {
                    if (shard == 1) {
                        return deliveries(1, 2);
                    }
                    try {
                        return forEver();
                    } finally {
                        ended.countDown();
                    }
                })
                .receipt();
        assertThat(receipt).isEqualTo(deliveries(1, 2));
        ended.await();
        assertThat(givenBack).isEmpty();
    }

    @Test
    void whatComesTooLateIsGivenBackByWhoBringsIt() throws Exception {
        CompletableFuture<Void> late = new CompletableFuture<>();
        QueueWait wait = wait(1, LONG, 2, (shard, _, _) -> {
            if (shard == 1) {
                late.join(); // Does not notice that it is interrupted, like one whose answer is there.
            }
            return deliveries(shard, 1);
        });
        assertThat(wait.receipt()).isEqualTo(deliveries(0, 1));
        assertThat(givenBack).isEmpty();
        late.complete(null);
        assertThat(givenBack.take().partition()).isEqualTo(new PartitionId(1, 1));
    }

    @Test
    void whatIsBroughtAsTheCallerGoesIsGivenBack() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch asked = new CountDownLatch(1);
            var caller = threads.submit(() -> wait(5, LONG, 1, (_, _, _) -> {
                        asked.countDown();
                        try {
                            return forEver();
                        } catch (InterruptedException _) { // Its answer came at the same moment.
                            return deliveries(0, 2);
                        }
                    })
                    .receipt());
            asked.await();
            caller.cancel(true);
        }
        assertThat(List.of(givenBack.take(), givenBack.take()))
                .extracting(Delivery::partition)
                .containsOnly(new PartitionId(1, 0));
    }

    @Test
    void moreThanWasAskedForIsGivenBack() throws Exception {
        Receipt receipt = wait(3, LONG, 1, (_, _, _) -> deliveries(0, 5)).receipt();
        assertThat(receipt).isEqualTo(deliveries(0, 3));
        assertThat(givenBack).hasSize(2);
    }

    @Test
    void aShardThatDoesNotAnswerKeepsNobodyFromNothing() throws Exception {
        Receipt receipt = wait(10, Duration.ofMillis(1), 2, (shard, _, _) -> {
                    if (shard == 0) {
                        throw new OutcomeUnknownException("no leader");
                    }
                    return new Receipt.Received(List.of(), false);
                })
                .receipt();
        assertThat(receipt).isEqualTo(new Receipt.Received(List.of(), false));
    }

    @Test
    void ifNoShardAnswersNobodyKnows() {
        OutcomeUnknownException lost = new OutcomeUnknownException("no leader");
        assertThatThrownBy(() -> wait(10, LONG, 2, (_, _, _) -> {
                            throw lost;
                        })
                        .receipt())
                .isSameAs(lost);
    }

    @Test
    void aQueueThatIsGoneEndsTheWait() throws Exception {
        Receipt refused = new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
        assertThat(wait(10, LONG, 2, (shard, _, _) -> shard == 0 ? refused : forEver())
                        .receipt())
                .isEqualTo(refused);
    }
}
