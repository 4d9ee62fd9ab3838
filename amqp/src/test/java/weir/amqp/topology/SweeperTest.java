package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import weir.amqp.Delegating;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;

@Timeout(60)
class SweeperTest {
    private static final int BOUND = 10;
    private static final int SWEEPERS = 20;

    /** As when a thousand connections end at once, each with queues of its own. */
    @Test
    void manyWhoSweepAtTheSameTimeRemoveEachThingOnce() throws Exception {
        Node node = new Node();
        node.exchange("bound", "fanout");
        for (int i = 0; i < BOUND; i++) {
            node.bind("queue-" + i, "bound", "");
        }
        AtomicInteger removals = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Topology sweeping = Topology.follow(
                new Delegating(node.broker) {
                    @Override
                    public CatalogReply change(CatalogCommand command)
                            throws OutcomeUnknownException, InterruptedException {
                        if (removals.getAndIncrement() == 0) {
                            begun.countDown();
                            mayGoOn.await();
                        }
                        return super.change(command);
                    }
                },
                Node.NAMING,
                Node.SETTINGS,
                new Random(1));
        for (int i = 0; i < BOUND; i++) {
            node.broker.deleteQueue("queue-" + i);
        }
        List<Thread> sweepers = new ArrayList<>();
        sweepers.add(sweeper(sweeping));
        begun.await();
        for (int i = 1; i < SWEEPERS; i++) {
            sweepers.add(sweeper(sweeping));
        }
        while (!sweepers.stream().skip(1).allMatch(each -> each.getState() == Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
        mayGoOn.countDown();
        for (Thread each : sweepers) {
            assertThat(each.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(removals).hasValue(BOUND);
        assertThat(node.broker.count(Binding.KIND)).isZero();
    }

    private static Thread sweeper(Topology sweeping) {
        return Thread.ofPlatform().start(() -> {
            try {
                sweeping.bindings().queueDeleted();
            } catch (OutcomeUnknownException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
