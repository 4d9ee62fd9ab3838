package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.GroupId;

final class LogFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** As ext4 left it when its power went: the size was that of the newer note, the digits had not come to the disk. */
    @Test
    void aNoteThatPowerWasLostOverSaysWhatIsLeftOfIt() throws Exception {
        assertThatThrownBy(() -> prepare("12\0\0")).hasMessageContaining("had come to entry 12");
        assertThatCode(() -> prepare("\0\0\0")).doesNotThrowAnyException();
        assertThatCode(() -> prepare("")).doesNotThrowAnyException();
        assertThatThrownBy(() -> prepare("1x")).hasMessageContaining("holds no number");
    }

    private void prepare(String note) throws Exception {
        Path root = Files.createDirectories(directory.resolve("log"));
        Files.writeString(root.resolve("reached"), note);
        new LogFiles(GroupId.shard(0), Peers.idOf(1), root, false).prepare(-1);
    }
}
