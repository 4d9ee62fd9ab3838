package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.LogPosition;

final class CheckpointTest {
    private static final String FILLER = "x".repeat(1000);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void theLogBeforeACheckpointIsDeletedAndReplayBeginsBehindIt() throws Exception {
        LogPosition checkpoint;
        try (var engine = TestEngine.start(directory)) {
            write(engine, 0, 100);
            checkpoint = engine.replica.applied().get(89).position();
            assertThat(closedFiles()).hasSizeGreaterThan(3);
            engine.log.checkpointed(checkpoint);
            write(engine, 100, 101); // The deletion is done by the thread that writes, in its turn.
            assertThat(closedFiles()).allSatisfy(file -> assertThat(last(file)).isGreaterThan(checkpoint.index()));
            assertThat(closedFiles().size()).isLessThan(3);
            engine.log.checkpointed(engine.replica.applied().getFirst().position());
            write(engine, 101, 102);
        }
        try (var engine = TestEngine.start(directory, new Recorder(Optional.of(checkpoint)))) {
            assertThat(engine.replica.texts()).hasSize(12).first().isEqualTo("e90" + FILLER);
            write(engine, 102, 103);
            assertThat(engine.replica.texts().getLast()).startsWith("e102x");
        }
    }

    @Test
    void aCheckpointOfEverythingLeavesALogThatGoesOn() throws Exception {
        for (int round = 0; round < 5; round++) {
            var checkpoint = checkpoint();
            try (var engine = TestEngine.start(directory, new Recorder(checkpoint))) {
                assertThat(engine.replica.texts()).isEmpty();
                write(engine, 0, 40);
                var position = engine.replica.applied().getLast().position();
                engine.log.checkpointed(position);
                Files.writeString(checkpointFile(), position.term() + " " + position.index());
            }
            assertThat(closedFiles()).hasSizeLessThan(8);
        }
    }

    @Test
    void aDeletionThatACrashInterruptedIsFinished() throws Exception {
        LogPosition checkpoint;
        try (var engine = TestEngine.start(directory)) {
            write(engine, 0, 100);
            checkpoint = engine.replica.applied().get(89).position();
        }
        Files.delete(closedFiles().get(2)); // Ratis deletes the newest first, which leaves a gap.
        try (var engine = TestEngine.start(directory, new Recorder(Optional.of(checkpoint)))) {
            assertThat(engine.replica.texts()).hasSize(10);
        }
    }

    @Test
    void aMissingFileBehindTheCheckpointStopsTheStart() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            write(engine, 0, 100);
        }
        Files.delete(closedFiles().get(2));
        assertThatThrownBy(() -> TestEngine.start(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("the log of shard 0 lacks the entries from");
    }

    @Test
    void aCheckpointWithoutItsLogStopsTheStart() {
        var replica = new Recorder(Optional.of(new LogPosition(1, 7)));
        assertThatThrownBy(() -> TestEngine.start(directory, replica))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("its log is missing");
    }

    @Test
    void aGroupThatWasMadeButNeverUsedIsMadeAnew() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            engine.propose("a");
        }
        Files.delete(TestEngine.files(directory)
                .resolve("raft-meta.conf")); // As after a kill in the midst of the first start.
        Files.delete(TestEngine.files(directory).resolve("log_inprogress_0"));
        Files.delete(TestEngine.files(directory).resolveSibling("reached"));
        try (var engine = TestEngine.start(directory)) {
            engine.propose("b");
            assertThat(engine.replica.texts()).containsExactly("b");
        }
    }

    private Path checkpointFile() {
        return directory.resolveSibling(directory.getFileName() + ".checkpoint");
    }

    private Optional<LogPosition> checkpoint() throws IOException {
        if (!Files.exists(checkpointFile())) {
            return Optional.empty();
        }
        var words = Files.readString(checkpointFile()).split(" ", -1);
        return Optional.of(new LogPosition(Long.parseLong(words[0]), Long.parseLong(words[1])));
    }

    private static void write(TestEngine engine, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            engine.propose("e" + i + FILLER);
        }
    }

    /** Oldest first. */
    private List<Path> closedFiles() throws IOException {
        var files = new ArrayList<Path>();
        try (var all = Files.list(TestEngine.files(directory))) {
            all.filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                    .sorted((a, b) -> Long.compare(last(a), last(b)))
                    .forEach(files::add);
        }
        return files;
    }

    private static long last(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }
}
