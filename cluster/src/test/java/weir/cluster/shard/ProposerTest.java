package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

final class ProposerTest {
    private static final int ROUNDS = 200;
    private static final int THREADS = 4;
    private static final int EACH = 50;

    private static final class Counted extends Pending {
        final AtomicInteger answers = new AtomicInteger();
        private final CountDownLatch all;

        Counted(CountDownLatch all) {
            this.all = all;
        }

        @Override
        Command command() {
            return new Command.Tick();
        }

        @Override
        void answered(Reply reply, List<Payload> contents) {
            throw new AssertionError("nothing is applied here");
        }

        @Override
        void failed(Throwable cause) {
            answers.incrementAndGet();
            all.countDown();
        }
    }

    /** The log refuses everything at once, so whatever is proposed is answered too. */
    @Test
    void whatIsQueuedWhileItIsClosedIsAnsweredExactlyOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch all = new CountDownLatch(THREADS * EACH);
            CountDownLatch begun = new CountDownLatch(THREADS);
            Proposer proposer = new Proposer(
                    0, new HandLog(), new Receivers(), new LeaderClock(InstantSource.system(), 0, System.nanoTime()));
            proposer.start();
            List<List<Counted>> queued = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                List<Counted> own = new ArrayList<>();
                for (int k = 0; k < EACH; k++) {
                    own.add(new Counted(all));
                }
                queued.add(own);
                Thread.ofPlatform().start(() -> {
                    begun.countDown();
                    own.forEach(proposer::enqueue);
                });
            }
            begun.await();
            proposer.close();
            assertThat(all.await(20, TimeUnit.SECONDS)).as("all were answered").isTrue();
            for (List<Counted> own : queued) {
                assertThat(own).allSatisfy(one -> assertThat(one.answers).hasValue(1));
            }
        }
    }
}
