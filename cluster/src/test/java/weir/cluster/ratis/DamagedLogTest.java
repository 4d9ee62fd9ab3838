package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.cluster.replication.DamagedLogException;

/** What a crash leaves is repaired; what no crash explains stops the start. */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class DamagedLogTest {
    /** Small enough that all lie in one file, large enough to span sectors. */
    private static final int ENTRY_BYTES = 700;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void anEntryCutShortByTheEndOfTheFileIsDropped() throws Exception {
        write(10);
        try (var channel = FileChannel.open(openFile(), StandardOpenOption.WRITE)) {
            channel.truncate(startOf(9) + 300);
        }
        assertRecovered(9);
    }

    @Test
    void anEntryThatGoesOnInZerosIsDropped() throws Exception {
        write(10);
        overwrite(startOf(9) + 100, new byte[4096]);
        assertRecovered(9);
    }

    @Test
    void aHoleAmongTheLastEntriesIsAPowerCut() throws Exception {
        write(30);
        zeroSectorIn(startOf(24));
        assertRecovered(24);
    }

    @Test
    void aHoleThatAnFsyncMustHaveFilledIsDamage() throws Exception {
        write(30);
        zeroSectorIn(startOf(3));
        assertDamaged();
    }

    @Test
    void aFlippedBitInTheMidstIsDamage() throws Exception {
        write(10);
        flip(openFile(), startOf(4) + 200);
        assertDamaged();
    }

    @Test
    void aFlippedBitInTheLastEntryIsDamage() throws Exception {
        write(10);
        flip(openFile(), startOf(9) + 200);
        assertDamaged();
    }

    @Test
    void aFlippedBitInALengthInTheMidstIsDamage() throws Exception {
        write(30);
        flip(openFile(), frameOf(4));
        assertDamaged();
    }

    @Test
    void aFlippedBitInAClosedFileIsDamage() throws Exception {
        write(60);
        Path closed;
        try (var all = Files.list(TestEngine.files(directory))) {
            closed = all.filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
        flip(closed, closed.toFile().length() / 2);
        assertDamaged();
    }

    @Test
    void aClosedFileThatLostItsEndIsDamage() throws Exception {
        write(60);
        Path closed;
        try (var all = Files.list(TestEngine.files(directory))) {
            closed = all.filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
        try (var channel = FileChannel.open(closed, StandardOpenOption.WRITE)) {
            channel.truncate(closed.toFile().length() - 1000);
        }
        assertDamaged();
    }

    @Test
    void aFlippedBitInTheConfigurationIsDamage() throws Exception {
        write(1);
        var file = TestEngine.files(directory).resolve("raft-meta.conf");
        flip(file, Files.size(file) / 2);
        assertThatThrownBy(() -> TestEngine.start(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aLogThatLostItsFilesDoesNotStartAsAnEmptyOne() throws Exception {
        write(10);
        Path current = TestEngine.files(directory);
        try (var all = Files.list(current)) {
            for (var file : all.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .toList()) {
                Files.delete(file);
            }
        }
        assertThatThrownBy(() -> TestEngine.start(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("had come to entry 0 at least, and now ends before its first");
        LogFiles.delete(current);
        assertThatThrownBy(() -> TestEngine.start(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("files of it are missing");
    }

    private void write(int entries) throws Exception {
        try (var engine = TestEngine.start(directory)) {
            for (int i = 0; i < entries; i++) {
                engine.propose(text(i));
            }
        }
    }

    /** Recognizable, and without zeros or a repetition that could be taken for another entry. */
    private static String text(int i) {
        return ("<" + i + ">").repeat(ENTRY_BYTES).substring(0, ENTRY_BYTES);
    }

    private void assertRecovered(int entries) throws Exception {
        try (var engine = TestEngine.start(directory)) {
            assertThat(engine.replica.texts()).hasSize(entries);
            engine.propose("goes on");
        }
        try (var engine = TestEngine.start(directory)) {
            assertThat(engine.replica.texts()).hasSize(entries + 1);
            assertThat(engine.replica.texts().getLast()).isEqualTo("goes on");
        }
    }

    private void assertDamaged() {
        assertThatThrownBy(() -> TestEngine.start(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("the log of shard 0 is damaged: in ")
                .hasMessageContaining("Restore the directory");
    }

    private Path openFile() throws IOException {
        try (var all = Files.list(TestEngine.files(directory))) {
            List<Path> open = all.filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
                    .toList();
            assertThat(open).hasSize(1);
            return open.getFirst();
        }
    }

    /** The offset in the open file at which the text of entry {@code i} begins. */
    private long startOf(int i) throws IOException {
        var file = new String(Files.readAllBytes(openFile()), StandardCharsets.ISO_8859_1);
        int at = file.indexOf(text(i));
        assertThat(at).as("entry " + i + " is in the open file").isPositive();
        return at;
    }

    /** The offset of the length that stands before entry {@code i}. */
    private long frameOf(int i) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(openFile()));
        int at = "RaftLog1".length();
        for (int end = at; end < startOf(i); ) {
            at = end;
            int length = (bytes.get(at) & 0x7F) | (bytes.get(at) < 0 ? bytes.get(at + 1) << 7 : 0); // Less than 16 KiB.
            end = at + (bytes.get(at) < 0 ? 2 : 1) + length + 4;
        }
        return at;
    }

    /** Zeros the first whole sector behind {@code from}, where the text of an entry begins. */
    private void zeroSectorIn(long from) throws IOException {
        overwrite((from + 511) / 512 * 512, new byte[512]);
        assertThat((from + 511) / 512 * 512 + 512).isLessThan(from + 2L * ENTRY_BYTES);
    }

    private void overwrite(long at, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(openFile(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 4)}), at);
        }
    }
}
