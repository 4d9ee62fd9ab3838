package weir.chaos.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.chaos.lab.DataFiles.Item;
import weir.chaos.lab.DataFiles.Kind;

class DataFilesTest {
    private static final String LOG = "raft/77656972-0000-0000-0000-000000000002";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private DataFiles files;

    @BeforeEach
    void aNodesData() throws IOException {
        files = new DataFiles(data);
        for (String name : List.of(
                "weir.format",
                "catalog/manifest-0000000000000000001",
                "shard-1/segment-0000000000000000003",
                LOG + "/reached",
                LOG + "/current/raft-meta",
                LOG + "/current/log_0-41",
                LOG + "/current/log_inprogress_42",
                "damaged/1-1/shard-0/segment-0000000000000000001")) {
            Files.createDirectories(data.resolve(name).getParent());
            Files.write(data.resolve(name), Arrays.copyOf(new byte[] {1, 2, 3}, 5_000));
        }
    }

    private List<String> names(Kind kind) throws IOException {
        return files.list(kind).stream().map(Item::name).toList();
    }

    @Test
    void whatBelongsToReplicasIsFoundAndNothingElse() throws IOException {
        assertThat(names(Kind.STORE_FILE))
                .containsExactly("catalog/manifest-0000000000000000001", "shard-1/segment-0000000000000000003");
        assertThat(names(Kind.LOG_FILE)).containsExactly(LOG + "/current/log_0-41", LOG + "/current/log_inprogress_42");
        assertThat(names(Kind.OPEN_LOG_FILE)).containsExactly(LOG + "/current/log_inprogress_42");
        assertThat(names(Kind.LOG_DIRECTORY)).containsExactly(LOG);
        assertThat(names(Kind.STORE_DIRECTORY)).containsExactly("catalog", "shard-1");
        assertThat(files.list(Kind.LOG_DIRECTORY).getFirst().group()).isEqualTo(2);
        assertThat(files.list(Kind.STORE_FILE)).extracting(Item::group).containsExactly(0, 2);
        assertThat(files.setAside()).containsExactly("1-1");
    }

    @Test
    void damageIsDoneToWhatIsThere() throws IOException {
        Item log = files.list(Kind.OPEN_LOG_FILE).getFirst();
        assertThat(files.bytes(log)).as("without zeros at the end").isEqualTo(3);
        assertThat(files.flip(log, 8 + 2)).isTrue();
        assertThat(Files.readAllBytes(data.resolve(log.name()))).startsWith(1, 6, 3);
        files.cut(log, 2);
        assertThat(Files.readAllBytes(data.resolve(log.name()))).containsExactly(1, 6);
        String identity = files.identity(log);
        files.delete(log);
        assertThat(files.identity(log)).isNotEqualTo(identity).isEmpty();
        assertThat(files.bytes(log)).isZero();
        assertThat(files.flip(log, 0)).isFalse();
        assertThat(data.resolve(log.name())).doesNotExist();
        files.delete(files.list(Kind.LOG_DIRECTORY).getFirst());
        assertThat(data.resolve(LOG)).doesNotExist();
    }
}
