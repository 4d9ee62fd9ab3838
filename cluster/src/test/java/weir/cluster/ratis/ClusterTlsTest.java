package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.net.tls.Certificates;

/** Only a node with a certificate of the cluster's authority gets in, in either direction. */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class ClusterTlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void nodesOfOneAuthorityReplicateAndCallWithKeysOfEveryKind() throws Exception {
        var authority = new Authority(directory, "ours");
        var members = List.of(member(1), member(2), member(3));
        try (var one = new Node(members.get(0), Optional.of(authority.issueInto(files(1), "EC")));
                var two = new Node(members.get(1), Optional.of(authority.issueInto(files(2), "RSA")));
                var three = new Node(members.get(2), Optional.of(authority.issueInto(files(3), "Ed25519")))) {
            for (var from : List.of(one, two, three)) {
                for (var to : List.of(one, two, three)) {
                    assertThat(from.hello(to)).isEqualTo(Bytes.utf8("hello"));
                }
            }
            for (var node : List.of(one, two, three)) {
                node.open(members);
            }
            TestCluster.await("a leader", () -> List.of(one, two, three).stream()
                    .anyMatch(node -> node.log().isLeader()));
            var leader = List.of(one, two, three).stream()
                    .filter(node -> node.log().isLeader())
                    .findFirst()
                    .orElseThrow();
            leader.log().propose(Bytes.utf8("a"), null).get(60, TimeUnit.SECONDS);
            for (var node : List.of(one, two, three)) {
                TestCluster.await("the entry", () -> node.replica.texts().equals(List.of("a")));
            }
        }
    }

    @Test
    void strangersAreRefusedInEitherDirection() throws Exception {
        var ours = new Authority(directory, "ours");
        var theirs = new Authority(directory, "theirs");
        try (var one = new Node(member(1), Optional.of(ours.issueInto(files(1), "EC")));
                var stranger = new Node(member(2), Optional.of(theirs.issueInto(files(2), "EC")));
                var plain = new Node(member(3), Optional.empty());
                var elsewhere = new Node(member(4), Optional.of(ours.issueInto(files(4), "EC", "dns:other.example")))) {
            assertUnreachable(stranger, one);
            assertUnreachable(one, stranger);
            assertUnreachable(plain, one);
            assertUnreachable(one, plain);
            // The name in the certificate is not that by which it was called.
            assertUnreachable(one, elsewhere);
            assertThat(elsewhere.hello(one)).isEqualTo(Bytes.utf8("hello"));
            // A stranger who trusts our authority, but has no certificate of it, is refused by us.
            Authority.trustIn(tls(2), ours);
            TestCluster.await("the stranger's trust to be read again", () -> refused(stranger, one));
            assertUnreachable(stranger, one);
        }
    }

    @Test
    void newCertificatesAreUsedWithoutARestart() throws Exception {
        var old = new Authority(directory, "old");
        var next = new Authority(directory, "next");
        var first = old.issueInto(files(1), "EC");
        try (var one = new Node(member(1), Optional.of(first))) {
            var second = old.issueInto(files(2), "EC");
            try (var two = new Node(member(2), Optional.of(second))) {
                assertThat(two.hello(one)).isEqualTo(Bytes.utf8("hello"));
            }
            // Half of a change is no change: the certificate does not belong to the key.
            byte[] certificate = Files.readAllBytes(first.certificate());
            Files.write(first.certificate(), Files.readAllBytes(second.certificate()));
            try (var three = new Node(member(3), Optional.of(old.issueInto(files(3), "EC")))) {
                TestCluster.await("what was in force to stay", () -> !refused(three, one));
            }
            Files.write(first.certificate(), certificate);

            // As an operator does it: trust both, then change the certificates, then trust the new one alone.
            Authority.trustIn(first, old, next);
            var renewed = next.issueInto(files(4), "EC");
            Authority.trustIn(renewed, old, next);
            try (var four = new Node(member(4), Optional.of(renewed))) {
                TestCluster.await("the new authority to be trusted", () -> !refused(four, one));
            }
            next.issueInto(files(1), "RSA");
            try (var five = new Node(member(5), Optional.of(next.issueInto(files(5), "EC")));
                    var left = new Node(member(6), Optional.of(old.issueInto(files(6), "EC")))) {
                TestCluster.await("the new certificate to be shown", () -> !refused(five, one));
                TestCluster.await("the old authority to be forgotten", () -> refused(left, one));
            }
        }
    }

    @Test
    void filesThatCannotBeUsedStopTheStartByName() throws Exception {
        var authority = new Authority(directory, "ours");
        var good = authority.issueInto(files(1), "EC");
        var other = authority.issueInto(files(2), "EC");
        assertThatThrownBy(() ->
                        new Certificates(new ClusterTls(good.authorities(), good.certificate(), other.key()).files()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the certificate of the key in " + other.key());
        assertThatThrownBy(() -> new Certificates(
                        new ClusterTls(good.authorities(), good.certificate(), good.certificate()).files()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("openssl pkcs8");
        assertThatThrownBy(() -> new Certificates(new ClusterTls(good.key(), good.certificate(), good.key()).files()))
                .isInstanceOf(IOException.class);
    }

    private static void assertUnreachable(Node from, Node to) {
        assertThatThrownBy(() -> from.hello(to)).cause().isInstanceOf(PeerUnreachableException.class);
    }

    private static boolean refused(Node from, Node to) {
        try {
            return !from.hello(to).equals(Bytes.utf8("hello"));
        } catch (ExecutionException _) {
            return true;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Member member(int number) {
        return new Member(number, "127.0.0.1", TestCluster.freePort());
    }

    private Path files(int number) {
        return directory.resolve("tls-" + number);
    }

    private ClusterTls tls(int number) {
        return new ClusterTls(
                files(number).resolve("ca.pem"),
                files(number).resolve("node.pem"),
                files(number).resolve("node.key"));
    }

    private final class Node implements AutoCloseable {
        private final Member self;
        private final RatisEngine engine;
        private final Recorder replica = new Recorder();
        private Optional<ReplicatedLog> log = Optional.empty();

        Node(Member self, Optional<ClusterTls> tls) throws IOException {
            this.self = self;
            var failures = new LinkedBlockingQueue<Throwable>();
            engine = new RatisEngine(
                    directory.resolve("node-" + self.node()),
                    self,
                    Optional.of(new ClusterTransport(
                            new InetSocketAddress(self.host(), self.port()), tls, (_, request) -> request)),
                    (_, cause) -> failures.add(cause));
            engine.start();
        }

        void open(List<Member> founders) throws IOException {
            log = Optional.of(engine.open(GroupId.CATALOG, replica, founders));
        }

        ReplicatedLog log() {
            return log.orElseThrow();
        }

        Bytes hello(Node to) throws Exception {
            return engine.peers()
                    .call(
                            to.self.host(),
                            to.self.port(),
                            PeerRequest.HELLO,
                            Bytes.utf8("hello"),
                            Duration.ofSeconds(20))
                    .get(60, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
