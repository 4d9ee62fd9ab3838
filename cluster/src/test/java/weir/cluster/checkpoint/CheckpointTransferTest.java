package weir.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.InstantSource;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import weir.cluster.ClusterLimits;
import weir.cluster.catalog.CatalogReplica;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.core.Bytes;
import weir.core.QueueSettings;
import weir.core.catalog.CatalogCommand;
import weir.core.codec.CatalogCodec;
import weir.core.shard.Command;
import weir.storage.CorruptStoreException;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/** A replica that has fallen behind its leader's log takes over the leader's checkpoint and goes on from there. */
class CheckpointTransferTest {
    private static final int LARGE = 300_000;

    private static TestReplica leader(long seed) throws IOException, InterruptedException {
        TestReplica leader = new TestReplica(seed);
        leader.configure();
        leader.publish(20, 2000);
        leader.checkpoint();
        leader.publish(10, LARGE); // More than a piece.
        leader.checkpoint();
        return leader;
    }

    @Test
    void aNewReplicaTakesOverAndGoesOnWithTheLog() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            assertThat(follower.catchUp(leader.index + 1)).isEqualTo(new LogPosition(3, leader.index));
            follower.assertSameAs(leader);
            assertThat(peers.pieces.get()).isGreaterThan(4);
            for (TestReplica each : new TestReplica[] {leader, follower}) {
                each.publish(3, 100);
                each.apply(new Command.Tick());
                each.checkpoint();
            }
            follower.assertSameAs(leader);
            try (TestReplica again = follower.restarted()) {
                again.assertSameAs(leader);
            }
        }
    }

    @Test
    void onlyMissingSegmentsAreCopiedTheSecondTime() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            follower.catchUp(leader.index + 1);
            leader.publish(1, 100);
            leader.checkpoint();
            peers.pieces.set(0);
            follower.catchUp(leader.index + 1);
            follower.assertSameAs(leader);
            assertThat(peers.pieces).hasValue(2); // The state, and the small new segment.
        }
    }

    @Test
    void aCheckpointThatIsTooOldIsMadeAnew() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            leader.publish(5, 10);
            follower.catchesUpFrom(leader);
            assertThat(follower.catchUp(leader.index + 1).index()).isEqualTo(leader.index);
            follower.assertSameAs(leader);
        }
    }

    @Test
    void callsThatFailAreAskedAgain() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            peers.onPiece = () -> peers.failing.set(ClusterLimits.PIECE_TRIES - 1);
            follower.catchUp(leader.index + 1);
            follower.assertSameAs(leader);
        }
    }

    @Test
    void aCopyThatBreaksOffGoesOnWhereItWas() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            peers.onPiece = () -> {
                if (peers.pieces.get() == 3) { // The state and the first segment have come.
                    peers.failing.set(ClusterLimits.PIECE_TRIES + 1);
                }
            };
            assertThatThrownBy(() -> follower.catchUp(leader.index + 1)).isInstanceOf(IOException.class);
            assertThat(follower.names()).contains("fetched-0000000000000000001");
            assertThat(follower.failures).isEmpty();
            peers.onPiece = () -> {};
            peers.failing.set(0);
            peers.pieces.set(0);
            follower.catchUp(leader.index + 1);
            follower.assertSameAs(leader);
            assertThat(peers.pieces.get())
                    .as("the state and the second segment")
                    .isEqualTo(1 + 3);
        }
    }

    @Test
    void aReplicaThatCouldNotCatchUpMakesItsOwnCheckpointsAgain() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            follower.configure();
            follower.publish(3, 100);
            LocalPeers peers = follower.catchesUpFrom(leader);
            peers.failing.set(ClusterLimits.PIECE_TRIES + 1);
            assertThatThrownBy(() -> follower.catchUp(leader.index + 1)).isInstanceOf(IOException.class);
            follower.checkpoint();
            assertThat(follower.replica.checkpointer().checkpointed().index()).isEqualTo(follower.index);
        }
    }

    @Test
    void aPieceThatWasChangedOnItsWayIsNotTaken() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            peers.garbled = piece -> {
                byte[] other = piece.toArray();
                other[other.length / 2] ^= 1;
                return Bytes.of(other);
            };
            assertThatThrownBy(() -> follower.catchUp(leader.index + 1)).hasMessageContaining("checksum");
            peers.garbled = piece -> piece;
            follower.catchUp(leader.index + 1);
            follower.assertSameAs(leader);
        }
    }

    @Test
    void aDamagedSegmentStopsTheLeadersReplicaAndIsNotSent() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            leader.files.flipBit(TestReplica.DIRECTORY.resolve("segment-0000000000000000002"), 8L * LARGE);
            assertThatThrownBy(() -> follower.catchUp(leader.index + 1))
                    .hasMessageContaining("segment-0000000000000000002 is damaged");
            assertThat(leader.failures).hasOnlyElementsOfType(CorruptStoreException.class);
            assertThat(follower.failures).isEmpty();
            assertThat(follower.replica.status(TestReplica.QUEUE)).isEmpty();
            assertThat(peers.pieces).as("the state and the whole segment").hasValue(2);
        }
    }

    @Test
    void whatIsCopiedStaysAlthoughLaterCheckpointsDropIt() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            LocalPeers peers = follower.catchesUpFrom(leader);
            long then = leader.index;
            peers.onPiece = () -> {
                if (peers.pieces.get() == 1) {
                    leader.apply(new Command.Purge(TestReplica.QUEUE, 0));
                    checkpoint(leader);
                }
            };
            assertThat(follower.catchUp(then + 1).index()).isEqualTo(then);
            assertThat(follower.status().ready()).isEqualTo(30);
            assertThat(follower.messages()).hasSize(30);
            assertThat(leader.names()).as("let go of at the end").containsExactly("manifest-0000000000000000003");
        }
    }

    private static void checkpoint(TestReplica replica) {
        try {
            replica.checkpoint();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoeverIsSilentForLongLosesItsPlaceAndOthersGetIt() throws Exception {
        AtomicLong now = new AtomicLong();
        try (TestReplica leader =
                new TestReplica(new SimulatedFileSystem(1), new TestReplica.Pace(_ -> {}, now::get))) {
            leader.configure();
            Bytes open = CheckpointCall.encode(new CheckpointCall.Open(TestReplica.GROUP, 0));
            long first = Offer.decode(leader.source.answer(open)).reader();
            for (int i = 1; i < ClusterLimits.CHECKPOINT_READERS_MAX; i++) {
                leader.source.answer(open);
            }
            assertThatThrownBy(() -> leader.source.answer(open)).hasMessageContaining("ask again");
            now.addAndGet(ClusterLimits.CHECKPOINT_READER_SILENT_MAX.toNanos());
            Bytes read = CheckpointCall.encode(new CheckpointCall.Read(first, CheckpointCall.STATE, 0, 1));
            leader.source.answer(read);
            now.addAndGet(1);
            leader.source.expire();
            leader.source.answer(read);
            leader.source.answer(open);
            now.addAndGet(ClusterLimits.CHECKPOINT_READER_SILENT_MAX.toNanos() + 1);
            leader.source.expire();
            assertThatThrownBy(() -> leader.source.answer(read)).hasMessageContaining("begin again");
        }
    }

    @Test
    void aLeaderThatIsNotSoFarOrHasNoReplicaSaysSo() throws Exception {
        try (TestReplica leader = leader(1);
                TestReplica follower = new TestReplica(2)) {
            follower.catchesUpFrom(leader);
            assertThatThrownBy(() -> follower.catchUp(leader.index + 100)).hasMessageContaining("is only at");
            leader.source.remove(TestReplica.GROUP);
            assertThatThrownBy(() -> follower.catchUp(1)).hasMessageContaining("no replica of the shard 0");
        }
    }

    @Test
    void theCatalogIsTakenOverInTheSameWay() throws Exception {
        SimulatedFileSystem files = new SimulatedFileSystem(3);
        CatalogReplica leader = catalog(new SimulatedFileSystem(4));
        CatalogReplica follower = catalog(files);
        for (int i = 1; i <= 50; i++) {
            leader.apply(
                    new LogPosition(2, i),
                    CatalogCodec.encode(
                            i,
                            java.util.List.of(new CatalogCommand.CreateQueue(
                                    "queue-" + i, QueueSettings.DEFAULT, new TreeMap<>(), 0))),
                    null);
        }
        try (CheckpointSource source = new CheckpointSource(weir.storage.Pace.NONE)) {
            source.add(GroupId.CATALOG, leader.checkpointer());
            follower.catchUpBy(new CheckpointFetch(new LocalPeers(source)));
            assertThat(follower.catchUp(TestReplica.LEADER, 51)).isEqualTo(new LogPosition(2, 50));
            assertThat(follower.machine().snapshot()).isEqualTo(leader.machine().snapshot());
        }
        assertThat(catalog(files).machine().find("queue-50")).isPresent();
    }

    private static CatalogReplica catalog(SimulatedFileSystem files) throws IOException {
        return new CatalogReplica(
                ShardStore.open(files, java.nio.file.Path.of("catalog")), 4, InstantSource.system(), (_, cause) -> {
                    throw new AssertionError(cause);
                });
    }
}
