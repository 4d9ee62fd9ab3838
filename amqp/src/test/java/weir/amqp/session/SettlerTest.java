package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.queue.AmqpQueue;
import weir.core.PartitionStatus;
import weir.core.broker.Outcome;
import weir.core.shard.Command;

@Timeout(60)
class SettlerTest {
    @TempDir
    Path data;

    @SuppressWarnings("NullAway.Init")
    private RealNode real;

    @SuppressWarnings("NullAway.Init")
    private AmqpQueue queue;

    @BeforeEach
    void open() throws Exception {
        real = new RealNode(data);
        queue = real.declare(real.front(real.node), "queue");
    }

    @AfterEach
    void close() {
        real.close();
    }

    private PartitionStatus status() throws Exception {
        return real.node.status(queue.queue()).orElseThrow();
    }

    /** Else the queue would be without the message until the extension has run out, and nobody would have it. */
    @Test
    void whatIsGivenBackWhileLeasesAreExtendedIsReady() throws Exception {
        real.publish(queue, "a");
        List<Held> held = real.hold(queue, 1);
        var extending = new CountDownLatch(1);
        var mayExtend = new CountDownLatch(1);
        var slow = new Delegating(real.node) {
            @Override
            public List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
                if (commands.getFirst() instanceof Command.Extend) {
                    extending.countDown();
                    mayExtend.await();
                }
                return super.submitAll(commands);
            }
        };
        Settler settler = new Settler(slow, () -> held, Thread.ofVirtual());
        settler.extend();
        extending.await();
        settler.settle(Settler.Way.RELEASE, held);
        mayExtend.countDown();
        settler.drain();
        assertThat(status().ready()).isEqualTo(1);
        assertThat(status().leased()).isZero();
        settler.end();
    }

    @Test
    void whatIsSettledAfterTheEndIsSettledAllTheSame() throws Exception {
        real.publish(queue, "a", "b");
        List<Held> held = real.hold(queue, 2);
        Settler settler = new Settler(real.node, List::of, Thread.ofVirtual());
        settler.settle(Settler.Way.ACKNOWLEDGE, held.subList(0, 1));
        settler.drain();
        settler.end();
        settler.settle(Settler.Way.ACKNOWLEDGE, held.subList(1, 2));
        settler.drain();
        assertThat(status().leased()).isZero();
    }

    @Test
    void whoWaitsForAThreadThatDiesIsToldByItsHandlerAndWaitsNoMore() throws Exception {
        real.publish(queue, "a");
        List<Held> held = real.hold(queue, 1);
        var broken = new Delegating(real.node) {
            @Override
            public List<Outcome> submitAll(List<? extends Command.OfPartition> commands) {
                throw new StackOverflowError("as the test wants it");
            }
        };
        var died = new CountDownLatch(1);
        Settler settler =
                new Settler(broken, List::of, Thread.ofVirtual().uncaughtExceptionHandler((_, _) -> died.countDown()));
        settler.settle(Settler.Way.ACKNOWLEDGE, held);
        settler.drain();
        died.await();
    }
}
