package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static weir.storage.StoreFixture.DIRECTORY;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;

class StateStoreTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem(1);

    private static Checkpoint checkpoint(long index) {
        return new Checkpoint(2, index, Bytes.utf8("state " + index));
    }

    @Test
    void theLastStateSavedIsFoundAgain() throws IOException {
        StateStore store = StateStore.open(files, DIRECTORY);
        assertThat(store.checkpoint()).isEmpty();
        store.save(checkpoint(5));
        store.save(checkpoint(9));
        files.crash();
        assertThat(StateStore.open(files, DIRECTORY).checkpoint()).contains(checkpoint(9));
        assertThat(files.list(DIRECTORY)).containsExactly("manifest-0000000000000000002");
    }

    @Test
    void aCrashAtAnyStepOfASaveLeavesTheOldStateOrTheNew() throws IOException {
        int crashes = 0;
        for (int step = 1; step <= 20; step++) {
            SimulatedFileSystem disk = new SimulatedFileSystem(step);
            StateStore store = StateStore.open(disk, DIRECTORY);
            store.save(checkpoint(1));
            disk.crashAfter(step);
            try {
                store.save(checkpoint(2));
            } catch (SimulatedCrash _) {
                crashes++;
            }
            disk.crash();
            long found = StateStore.open(disk, DIRECTORY)
                    .checkpoint()
                    .map(Checkpoint::index)
                    .orElse(-1L);
            assertThat(found).isIn(1L, 2L);
        }
        assertThat(crashes).isBetween(7, 19);
    }

    @Test
    void aFullDiskLeavesTheOldState() throws IOException {
        StateStore store = StateStore.open(files, DIRECTORY);
        store.save(checkpoint(1));
        files.capacity(files.usedBytes() + 10);
        assertThatThrownBy(() -> store.save(checkpoint(2))).isInstanceOf(IOException.class);
        assertThat(StateStore.open(files, DIRECTORY).checkpoint()).contains(checkpoint(1));
        files.capacity(Long.MAX_VALUE);
        store.save(checkpoint(3));
        assertThat(StateStore.open(files, DIRECTORY).checkpoint()).contains(checkpoint(3));
    }

    @Test
    void theStoreOfAShardIsNotOpenedAsOneOfStateOnly() throws IOException {
        StoreFixture shard = new StoreFixture(files, DIRECTORY, 1);
        shard.append(StoreFixture.A, 1, 10);
        shard.checkpoint();
        assertThatThrownBy(() -> StateStore.open(files, DIRECTORY))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("shard");
        assertThat(files.list(DIRECTORY)).hasSize(2);
    }
}
