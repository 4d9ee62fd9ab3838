package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.cluster.replication.Member;
import weir.core.Bytes;

/** As if thousands of consumers of one node all had queues that another leads. */
@Isolated // It takes all of the processor for a while, which would be silence to those who look whether others live.
final class ManyWaitingCallsTest {
    private static final int CALLS = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void howeverManyWaitForMessagesCommandsComeThrough() throws Exception {
        var open = new CountDownLatch(1);
        var waiting = new Semaphore(0);
        PeerService service = (kind, request) -> {
            if (kind.mayWait()) {
                waiting.release();
                open.await();
            }
            return request;
        };
        var self = new Member(1, "127.0.0.1", TestCluster.freePort());
        var transport =
                new ClusterTransport(new InetSocketAddress(self.host(), self.port()), Optional.empty(), service);
        try (var engine = new RatisEngine(directory, self, Optional.of(transport), (_, cause) -> {
            throw new AssertionError(cause);
        })) {
            engine.start();
            List<CompletableFuture<Bytes>> answers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                answers.add(call(engine, self, PeerRequest.RECEIVE, "w" + i));
            }
            assertThat(waiting.tryAcquire(CALLS, PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(call(engine, self, PeerRequest.SUBMIT, "now").get()).isEqualTo(Bytes.utf8("now"));
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            open.countDown();
            for (int i = 0; i < CALLS; i++) {
                assertThat(answers.get(i).get()).isEqualTo(Bytes.utf8("w" + i));
            }
        }
    }

    private static CompletableFuture<Bytes> call(RatisEngine engine, Member to, PeerRequest kind, String request) {
        return engine.peers().call(to.host(), to.port(), kind, Bytes.utf8(request), PATIENCE);
    }
}
