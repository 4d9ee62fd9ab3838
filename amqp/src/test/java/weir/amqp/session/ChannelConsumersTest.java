package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.wire.FieldTable;
import weir.core.broker.Delivery;

@Timeout(60)
class ChannelConsumersTest {
    @TempDir
    Path data;

    private final ChannelConsumers consumers = new ChannelConsumers();

    private static final Consumer.Owner NOBODY = new Consumer.Owner() {
        @Override
        public int bytesWanted() {
            return SessionLimits.RECEIVE_BYTES_MAX;
        }

        @Override
        public boolean isBehind() {
            return false;
        }

        @Override
        public boolean awaitRoom() {
            return false;
        }

        @Override
        public void deliver(Consumer consumer, List<Delivery> deliveries) {}

        @Override
        public void giveBack(Consumer consumer) {}

        @Override
        public void queueGone(Consumer consumer) {}
    };

    @Test
    void whoComesSecondWaitsUntilItHasEnded() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            var terms = new ConsumerTerms(
                    "tag", real.declare(front, "q"), false, false, 0, 0, Duration.ZERO, FieldTable.EMPTY);
            Consumer consumer = new Consumer(terms, front, NOBODY, new Prefetch(), Thread.ofVirtual());
            consumers.add(consumer);
            assertThat(consumers.claim(consumer)).isTrue();
            assertThat(consumers.claim(consumer)).isFalse();
            assertThat(consumers.has("tag")).isTrue(); // Its tag is free when its client has been told.
            assertThat(consumers.going()).isEmpty();
            assertThat(consumers.claimAll()).isEmpty();
            var begun = new CountDownLatch(2);
            var cancelled = new CompletableFuture<Boolean>();
            Thread cancelling = Thread.ofPlatform().start(() -> {
                begun.countDown();
                try {
                    cancelled.complete(Objects.isNull(consumers.claim("tag")));
                } catch (InterruptedException e) {
                    cancelled.completeExceptionally(e);
                }
            });
            Thread releasing = Thread.ofPlatform().start(() -> {
                begun.countDown();
                try {
                    consumers.awaitEnded();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
            begun.await();
            while (cancelling.getState() != Thread.State.WAITING || releasing.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            consumers.ended(consumer);
            releasing.join();
            assertThat(cancelled.get()).isTrue();
            assertThat(consumers.size()).isZero();
        }
    }
}
