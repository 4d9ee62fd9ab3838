package weir.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TemporaryDirectoryTest {
    @Test
    void whatUsesItIsStoppedBeforeItIsDeletedWhenTheProgramEnds() throws Exception {
        List<Boolean> there = new ArrayList<>();
        TemporaryDirectory directory = TemporaryDirectory.create();
        Path file = Files.createFile(directory.path().resolve("file"));
        directory.usedBy(() -> there.add(Files.exists(file)));
        directory.end();
        assertThat(there).containsExactly(true);
        assertThat(directory.path()).doesNotExist();
        directory.close(); // There is nothing left to do.
    }
}
