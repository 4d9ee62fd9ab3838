package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static weir.storage.StoreFixture.A;
import static weir.storage.StoreFixture.B;
import static weir.storage.StoreFixture.C;
import static weir.storage.StoreFixture.DIRECTORY;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A replica takes over another's checkpoint, and whatever happens it has the old one or the new one. */
class IntakeTest {
    private static final int PIECE = 1000;

    private final SimulatedFileSystem leaderFiles = new SimulatedFileSystem(1);
    private final StoreFixture leader;
    private final List<Integer> fetched = new ArrayList<>();

    IntakeTest() throws IOException {
        leader = new StoreFixture(leaderFiles, DIRECTORY, 1);
    }

    @BeforeEach
    void aLeaderWithThreeSegments() throws IOException {
        for (int i = 0; i < 3; i++) {
            fill(leader, 6);
        }
    }

    private static void fill(StoreFixture store, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            store.append(List.of(A, B, C).get(i % 3), 1 + i, 400 * i);
        }
        store.checkpoint();
    }

    /** What the helper in the cluster does over the network. */
    private void fetch(Intake intake, PinnedCheckpoint from) throws IOException {
        try {
            intake.begin(Pace.NONE);
            List<PinnedCheckpoint.Part> parts = from.parts();
            for (int i = 0; i < parts.size(); i++) {
                int crc = from.verify(i, Pace.NONE);
                if (!intake.reuse(parts.get(i), crc, Pace.NONE)) {
                    fetched.add(i);
                    try (Intake.Arriving arriving = intake.fetch(parts.get(i), crc)) {
                        for (long at = 0; at < parts.get(i).bodyBytes(); at += PIECE) {
                            int length = (int) Math.min(PIECE, parts.get(i).bodyBytes() - at);
                            arriving.write(from.read(i, at, length));
                        }
                        arriving.finish();
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The follower becomes what the leader was when it remembered; or fails, and stays what it is. */
    private StoreFixture takeOver(StoreFixture follower, StoreFixture.Memory of) throws IOException {
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow();
                Intake intake = follower.store.intake()) {
            fetch(intake, pinned);
            intake.publish(pinned.load());
            follower.store.adopt(intake);
        }
        return follower.become(of);
    }

    @Test
    void anEmptyReplicaTakesOverEverything() throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(2);
        StoreFixture follower = takeOver(new StoreFixture(files, DIRECTORY, 2), leader.remember());
        follower.verify();
        assertThat(fetched).containsExactly(0, 1, 2);
        assertThat(names(files))
                .containsExactly(
                        "manifest-0000000000000000003",
                        "segment-0000000000000000001",
                        "segment-0000000000000000002",
                        "segment-0000000000000000003");
        follower.restart();
        follower.verify();
        fill(follower, 4);
        follower.verify();
        follower.restart();
        follower.verify();
    }

    /** Both went on by themselves, so their segments with the same number differ; what they have in common stays. */
    @Test
    void onlyWhatIsMissingIsFetched() throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(2);
        StoreFixture follower = takeOver(new StoreFixture(files, DIRECTORY, 2), leader.remember());
        fill(follower, 2);
        fill(follower, 1);
        fill(leader, 5);
        fetched.clear();
        follower = takeOver(follower, leader.remember());
        assertThat(fetched).containsExactly(3);
        follower.verify();
        follower.restart();
        follower.verify();
        assertThat(names(files))
                .containsExactly(
                        "manifest-0000000000000000006",
                        "segment-0000000000000000001",
                        "segment-0000000000000000002",
                        "segment-0000000000000000003",
                        "segment-0000000000000000006");
    }

    @Test
    void aSegmentThatIsDamagedHereIsFetchedAnew() throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(2);
        StoreFixture follower = takeOver(new StoreFixture(files, DIRECTORY, 2), leader.remember());
        files.flipBit(DIRECTORY.resolve("segment-0000000000000000002"), 8 * 100);
        fill(leader, 2);
        fetched.clear();
        follower = takeOver(follower, leader.remember());
        assertThat(fetched).containsExactly(1, 3);
        follower.verify();
    }

    @Test
    void whatAnEarlierTryFetchedIsUsedByTheNextUnlessItWasDamaged() throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(2);
        StoreFixture follower = new StoreFixture(files, DIRECTORY, 2);
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow();
                Intake intake = follower.store.intake()) {
            fetch(intake, pinned); // And then the connection, or the process, ends.
        }
        follower.restart();
        assertThat(names(files)).hasSize(3).allMatch(name -> name.startsWith("fetched-"));
        files.flipBit(DIRECTORY.resolve("fetched-0000000000000000002"), 8 * 50);
        fetched.clear();
        follower = takeOver(follower, leader.remember());
        assertThat(fetched).containsExactly(1);
        follower.verify();
        follower.restart();
        follower.verify();
        assertThat(names(files)).noneMatch(name -> name.startsWith("fetched-"));
    }

    @Test
    void aReplicaThatGoesOnByItsLogForgetsWhatItFetched() throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(2);
        StoreFixture follower = new StoreFixture(files, DIRECTORY, 2);
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow();
                Intake intake = follower.store.intake()) {
            fetch(intake, pinned);
        }
        fill(follower, 3);
        assertThat(names(files)).containsExactly("manifest-0000000000000000001", "segment-0000000000000000001");
        follower.verify();
    }

    @Test
    void aPinnedCheckpointStaysWhateverFollows() throws IOException {
        StoreFixture.Memory then = leader.remember();
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow()) {
            leader.live.settleAll();
            fill(leader, 3);
            assertThat(names(leaderFiles)).hasSize(6);
            StoreFixture follower = new StoreFixture(new SimulatedFileSystem(2), DIRECTORY, 2);
            try (Intake intake = follower.store.intake()) {
                fetch(intake, pinned);
                intake.publish(pinned.load());
                follower.store.adopt(intake);
            }
            follower.become(then).verify();
        }
        assertThat(names(leaderFiles)).containsExactly("manifest-0000000000000000004", "segment-0000000000000000004");
    }

    @Test
    void everyFlippedBitOfASegmentIsFoundBeforeItIsGivenAway() throws IOException {
        Path file = DIRECTORY.resolve("segment-0000000000000000002");
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow()) {
            for (long bit = 0; bit < 8L * leaderFiles.content(file).length; bit++) {
                leaderFiles.flipBit(file, bit);
                assertThatThrownBy(() -> pinned.verify(1, Pace.NONE))
                        .as("bit %s", bit)
                        .isInstanceOf(CorruptStoreException.class)
                        .hasMessageContaining(file.toString());
                leaderFiles.flipBit(file, bit);
            }
            leaderFiles.truncate(file, leaderFiles.content(file).length - 1);
            assertThatThrownBy(() -> pinned.verify(1, Pace.NONE)).isInstanceOf(CorruptStoreException.class);
        }
    }

    @Test
    void whatDoesNotArriveAsItWasSentIsNotTaken() throws IOException, InterruptedException {
        StoreFixture follower = new StoreFixture(new SimulatedFileSystem(2), DIRECTORY, 2);
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow();
                Intake intake = follower.store.intake()) {
            intake.begin(Pace.NONE);
            PinnedCheckpoint.Part part = pinned.parts().getFirst();
            try (Intake.Arriving arriving = intake.fetch(part, pinned.verify(0, Pace.NONE))) {
                arriving.write(pinned.read(0, 0, (int) part.bodyBytes() - 1));
                arriving.write(weir.core.Bytes.of(new byte[1]));
                assertThatThrownBy(arriving::finish).hasMessageContaining("checksum does not match");
            }
        }
    }

    /** The old state is a checkpoint of the follower's own; power is lost at each change of its disk in turn. */
    @Test
    void aCrashAtAnyStepLeavesTheOldCheckpointOrTheNewOne() throws IOException {
        int step = 0;
        boolean crashed = true;
        boolean old = false;
        boolean took = false;
        while (crashed) {
            step++;
            assertThat(step).isLessThan(1000);
            SimulatedFileSystem files = new SimulatedFileSystem(step);
            StoreFixture follower = new StoreFixture(files, DIRECTORY, 3);
            if (step % 2 == 0) {
                fill(follower, 2); // Else it is new.
            }
            StoreFixture.Memory before = step % 2 == 0 ? follower.remember() : StoreFixture.Memory.EMPTY;
            files.crashAfter(step);
            try {
                takeOver(follower, leader.remember());
                crashed = false;
            } catch (SimulatedCrash _) {
                crashed = true;
            }
            files.crash();
            boolean isNew = isAt(files, leader.index);
            old |= !isNew;
            took |= isNew;
            StoreFixture found = StoreFixture.reopen(files, DIRECTORY, isNew ? leader.remember() : before, step);
            found.verify();
            takeOver(found, leader.remember()).verify(); // And the next try succeeds.
        }
        assertThat(step).isGreaterThan(30);
        assertThat(old).isTrue();
        assertThat(took).isTrue();
    }

    private static boolean isAt(SimulatedFileSystem files, long index) throws IOException {
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            return store.checkpoint().map(Checkpoint::index).orElse(-1L) == index;
        }
    }

    static IntStream steps() {
        return IntStream.range(1, 49);
    }

    /** The disk fails once, at each step in turn; then the power goes at a random step of the next try. */
    @ParameterizedTest(name = "fails at {0}")
    @MethodSource("steps")
    void aFailedTryIsRepeated(int step) throws IOException {
        SimulatedFileSystem files = new SimulatedFileSystem(step);
        StoreFixture follower = new StoreFixture(files, DIRECTORY, 3);
        fill(follower, 2);
        StoreFixture.Memory before = follower.remember();
        files.failAfter(step);
        boolean restart = false;
        try (PinnedCheckpoint pinned = leader.store.pin().orElseThrow();
                Intake intake = follower.store.intake()) {
            try {
                fetch(intake, pinned);
                intake.publish(pinned.load());
            } catch (IOException _) {
                restart = intake.mayBePublished(); // Then the replica stops.
            }
        }
        if (!restart) {
            follower.verify();
            files.crashAfter(1 + follower.random().nextInt(40));
            try {
                takeOver(follower, leader.remember());
            } catch (SimulatedCrash _) {
                restart = true;
            }
        }
        files.crash();
        StoreFixture found =
                StoreFixture.reopen(files, DIRECTORY, isAt(files, leader.index) ? leader.remember() : before, step);
        found.verify();
        takeOver(found, leader.remember()).verify();
    }

    private static List<String> names(SimulatedFileSystem files) {
        return files.files().stream()
                .map(file -> String.valueOf(file.getFileName()))
                .toList();
    }
}
