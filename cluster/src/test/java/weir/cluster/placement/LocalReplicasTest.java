package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weir.cluster.placement.PlacementRequest.Drop;
import weir.cluster.placement.PlacementRequest.Open;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;

/** Orders that take long, and orders that fail. */
final class LocalReplicasTest {
    private static final GroupId GROUP = GroupId.shard(0);

    /** Puts its replica away when it is let, or fails to. */
    private static final class Slow implements ReplicaHost {
        final CountDownLatch let = new CountDownLatch(1);
        volatile boolean there = true;

        @Nullable
        volatile String failure;

        @Override
        public int node() {
            return 1;
        }

        @Override
        public List<ReplicaState> replicas() {
            return there
                    ? List.of(new ReplicaState(
                            GROUP, false, OptionalInt.empty(), 0, 0, 0, 0, 0, List.of(), List.of(), null))
                    : List.of();
        }

        @Override
        public List<ShardLoad> loads() {
            return List.of();
        }

        @Override
        public boolean isShortOfRoom() {
            return false;
        }

        @Override
        public void open(GroupId group) throws IOException {
            throw new IOException("no room");
        }

        @Override
        public void drop(GroupId group) throws IOException, InterruptedException {
            let.await();
            String why = failure;
            if (why != null) {
                throw new IOException(why);
            }
            there = false;
        }

        @Override
        public CompletableFuture<Void> changeMembers(GroupId group, List<Member> members, int preferred) {
            throw new IllegalArgumentException("node " + preferred + " has no vote");
        }

        @Override
        public CompletableFuture<Void> transferLeadership(GroupId group, int node) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private final Slow host = new Slow();
    private final LocalReplicas replicas =
            new LocalReplicas(host, 1, work -> Thread.ofVirtual().start(work));

    private ReplicaReport report() {
        return replicas.report().of(GROUP).orElseThrow();
    }

    @Test
    void whoAskedMayGoAwayAndFindsOutLater() throws Exception {
        Thread asking = Thread.currentThread();
        asking.interrupt(); // As if the call had been cancelled.
        replicas.carryOut(new Drop(GROUP, 1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report().changing()).isTrue();
        assertThat(report().trouble()).isNull();
        assertThatThrownBy(() -> replicas.carryOut(new Drop(GROUP, 2))).hasMessageContaining("is under way");
        host.let.countDown();
        replicas.close();
        assertThat(replicas.report().replicas()).isEmpty();
        assertThatThrownBy(() -> replicas.carryOut(new Drop(GROUP, 2))).hasMessageContaining("is stopping");
    }

    @Test
    void whatFailsLaterIsInTheNextReport() throws Exception {
        host.failure = "the disk is read-only";
        Thread.currentThread().interrupt();
        replicas.carryOut(new Drop(GROUP, 1));
        assertThat(Thread.interrupted()).isTrue();
        host.let.countDown();
        replicas.close();
        assertThat(report().changing()).isFalse();
        assertThat(report().trouble()).isEqualTo("the disk is read-only");
    }

    @Test
    void whatFailsAtOnceIsTheAnswer() {
        assertThatThrownBy(() -> replicas.carryOut(new Open(GROUP, 7)))
                .isInstanceOf(IOException.class)
                .hasMessage("no room");
        assertThat(report().openedFor()).isZero();
    }

    @Test
    void whatCannotBeBegunIsNotUnderWayForEver() {
        assertThatThrownBy(() -> replicas.carryOut(new PlacementRequest.ChangeMembers(GROUP, 1, List.of(), 3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(report().changing()).isFalse();
    }
}
