package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.GroupListRequestProto;
import org.apache.ratis.proto.grpc.AdminProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/** Calls between nodes that have no group yet, as when a cluster is being formed. */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class PeerCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void whatIsAskedAndAnsweredArrivesWholeBothWaysAndBeforeThereIsAGroup() throws Exception {
        PeerService service =
                (kind, request) -> kind == PeerRequest.HELLO ? Bytes.utf8("hello " + request.utf8()) : request;
        try (var one = started(1, service);
                var two = started(2, service)) {
            assertThat(one.ask(two, PeerRequest.HELLO, Bytes.utf8("one"))).isEqualTo(Bytes.utf8("hello one"));
            assertThat(two.ask(one, PeerRequest.HELLO, Bytes.utf8("two"))).isEqualTo(Bytes.utf8("hello two"));
            assertThat(one.ask(one, PeerRequest.HELLO, Bytes.utf8("self"))).isEqualTo(Bytes.utf8("hello self"));
            assertThat(one.ask(two, PeerRequest.SUBMIT, Bytes.EMPTY)).isEqualTo(Bytes.EMPTY);
            var largest = new byte[PeerCalls.BYTES_MAX];
            new Random(7).nextBytes(largest);
            var whole = new Bytes(largest, 0, largest.length);
            assertThat(one.ask(two, PeerRequest.CHECKPOINT, whole)).isEqualTo(whole);
            var part = whole.slice(1000, 5000);
            assertThat(one.ask(two, PeerRequest.CHECKPOINT, part)).isEqualTo(part);
        }
    }

    @Test
    void callsDoNotWaitForEachOther() throws Exception {
        var open = new CountDownLatch(1);
        PeerService service = (kind, request) -> {
            if (kind == PeerRequest.RECEIVE) {
                open.await();
            }
            return request;
        };
        try (var one = started(1, service)) {
            var waiting = new ArrayList<CompletableFuture<Bytes>>();
            for (int i = 0; i < 500; i++) {
                waiting.add(one.begin(one, PeerRequest.RECEIVE, Bytes.utf8("w" + i), PATIENCE));
            }
            assertThat(one.ask(one, PeerRequest.STATUS, Bytes.utf8("now"))).isEqualTo(Bytes.utf8("now"));
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            open.countDown();
            for (int i = 0; i < 500; i++) {
                assertThat(waiting.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(Bytes.utf8("w" + i));
            }
        }
    }

    @Test
    void whatTheServiceThrowsIsToldToTheCaller() throws Exception {
        PeerService service = (_, request) -> {
            if (request.length() == 0) {
                throw new IllegalStateException();
            }
            throw new IllegalArgumentException(request.utf8());
        };
        try (var one = started(1, service)) {
            assertThatThrownBy(() -> one.ask(one, PeerRequest.JOIN, Bytes.utf8("another cluster, ümläüt")))
                    .cause()
                    .isInstanceOf(PeerFailedException.class)
                    .hasMessage("another cluster, ümläüt");
            assertThatThrownBy(() -> one.ask(one, PeerRequest.JOIN, Bytes.utf8("long".repeat(10_000))))
                    .cause()
                    .isInstanceOf(PeerFailedException.class);
            assertThatThrownBy(() -> one.ask(one, PeerRequest.JOIN, Bytes.EMPTY))
                    .cause()
                    .isInstanceOf(PeerFailedException.class)
                    .hasMessage("java.lang.IllegalStateException");
        }
    }

    @Test
    void anAnswerThatIsTooLargeIsAFailure() throws Exception {
        try (var one = started(1, (_, _) -> Bytes.of(new byte[PeerCalls.BYTES_MAX + 1]))) {
            assertThatThrownBy(() -> one.ask(one, PeerRequest.CHECKPOINT, Bytes.EMPTY))
                    .cause()
                    .isInstanceOf(PeerFailedException.class)
                    .hasMessageContaining("33554433");
            assertThatThrownBy(() ->
                            one.begin(one, PeerRequest.SUBMIT, Bytes.of(new byte[PeerCalls.BYTES_MAX + 1]), PATIENCE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable() throws Exception {
        try (var one = started(1, (_, request) -> request)) {
            int port = TestCluster.freePort();
            assertThatThrownBy(() -> one.calls()
                            .call("127.0.0.1", port, PeerRequest.HELLO, Bytes.EMPTY, PATIENCE)
                            .get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(PeerUnreachableException.class)
                    .hasMessageContaining("127.0.0.1:" + port + " cannot be reached");
            assertThatThrownBy(() -> one.calls()
                            .call("no-such-host.invalid", port, PeerRequest.HELLO, Bytes.EMPTY, PATIENCE)
                            .get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(PeerUnreachableException.class);
        }
    }

    @Test
    void aListenerThatNeverAnswersIsNotWaitedForBeyondThePatience() throws Exception {
        try (var one = started(1, (_, request) -> request);
                var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // The connection is made, but HTTP/2 is never begun: nothing was sent, and that is certain.
            assertThatThrownBy(() -> one.calls()
                            .call(
                                    "127.0.0.1",
                                    silent.getLocalPort(),
                                    PeerRequest.SUBMIT,
                                    Bytes.EMPTY,
                                    Duration.ofMillis(300))
                            .get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfAny(PeerUnreachableException.class, OutcomeUnknownException.class);
        }
    }

    @Test
    void noAnswerInTimeIsAnUnknownOutcomeAndTheServiceIsInterrupted() throws Exception {
        var interrupted = new Semaphore(0);
        PeerService service = (kind, request) -> {
            if (kind == PeerRequest.HELLO) {
                return request;
            }
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.release();
                throw e;
            }
            return request;
        };
        try (var one = started(1, service)) {
            one.ask(one, PeerRequest.HELLO, Bytes.EMPTY); // Else the time may be over before there is a connection.
            assertThatThrownBy(() -> one.begin(one, PeerRequest.SUBMIT, Bytes.EMPTY, Duration.ofMillis(300))
                            .get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(interrupted.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aCallerThatIsGoneInterruptsTheService() throws Exception {
        var called = new Semaphore(0);
        var interrupted = new Semaphore(0);
        PeerService service = (_, request) -> {
            called.release();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.release();
                throw e;
            }
            return request;
        };
        try (var one = started(1, service)) {
            var two = started(2, service);
            var answer = two.begin(one, PeerRequest.RECEIVE, Bytes.EMPTY, PATIENCE);
            assertThat(called.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            two.close();
            assertThat(interrupted.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(OutcomeUnknownException.class);

            var three = started(3, service);
            var cancelled = three.begin(one, PeerRequest.RECEIVE, Bytes.EMPTY, PATIENCE);
            assertThat(called.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            cancelled.cancel(true);
            assertThat(interrupted.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            three.close();
        }
    }

    @Test
    void aNodeThatStopsWhileItIsAskedLeavesTheOutcomeUnknownAndIsFoundAgain() throws Exception {
        var called = new Semaphore(0);
        try (var one = started(1, (_, request) -> request)) {
            var two = started(2, (_, request) -> {
                called.release();
                new CountDownLatch(1).await();
                return request;
            });
            var answer = one.begin(two, PeerRequest.SUBMIT, Bytes.EMPTY, PATIENCE);
            assertThat(called.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            two.close();
            assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(OutcomeUnknownException.class);
            try (var again = new Node(two.self, Optional.empty(), (_, request) -> request)) {
                TestCluster.await("the node to be found again", () -> answers(one, again));
            }
        }
    }

    @Test
    void whatRatisOffersToClientsAndAdministratorsIsClosed() throws Exception {
        try (var one = started(1, (_, request) -> request)) {
            var channel = NettyChannelBuilder.forAddress(one.self.host(), one.self.port())
                    .usePlaintext()
                    .build();
            try {
                assertThatThrownBy(() -> AdminProtocolServiceGrpc.newBlockingStub(channel)
                                .groupList(GroupListRequestProto.getDefaultInstance()))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                e -> assertThat(e.getStatus().getDescription()).isEqualTo("not offered here"));
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsToldByName() throws Exception {
        try (var one = started(1, (_, request) -> request)) {
            assertThatThrownBy(() -> new Node(one.self, Optional.empty(), (_, request) -> request))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("" + one.self.port());
        }
    }

    private static boolean answers(Node from, Node to) {
        try {
            return from.ask(to, PeerRequest.HELLO, Bytes.EMPTY).length() == 0;
        } catch (ExecutionException _) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Node started(int number, PeerService service) throws Exception {
        return new Node(new Member(number, "127.0.0.1", TestCluster.freePort()), Optional.empty(), service);
    }

    private final class Node implements AutoCloseable {
        final Member self;
        private final RatisEngine engine;

        Node(Member self, Optional<ClusterTls> tls, PeerService service) throws Exception {
            this.self = self;
            var transport = new ClusterTransport(new InetSocketAddress(self.host(), self.port()), tls, service);
            var failures = new LinkedBlockingQueue<Throwable>();
            engine = new RatisEngine(
                    directory.resolve("node-" + self.node()),
                    self,
                    Optional.of(transport),
                    (_, cause) -> failures.add(cause));
            boolean started = false;
            try {
                engine.start();
                started = true;
            } finally {
                if (!started) {
                    engine.close();
                }
            }
        }

        PeerCalls calls() {
            return engine.peers();
        }

        CompletableFuture<Bytes> begin(Node to, PeerRequest kind, Bytes request, Duration patience) {
            return calls().call(to.self.host(), to.self.port(), kind, request, patience);
        }

        Bytes ask(Node to, PeerRequest kind, Bytes request) throws Exception {
            return begin(to, kind, request, PATIENCE).get(60, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
