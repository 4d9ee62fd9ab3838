package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static weir.storage.StoreFixture.A;
import static weir.storage.StoreFixture.B;
import static weir.storage.StoreFixture.C;
import static weir.storage.StoreFixture.DIRECTORY;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.codec.Reader;

/** What the disk changed is found out, and neither served nor cleaned up. */
class CorruptionTest {
    private static final Path MANIFEST = DIRECTORY.resolve("manifest-0000000000000000002");
    private static final Path SEGMENT_1 = DIRECTORY.resolve("segment-0000000000000000001");
    private static final Path SEGMENT_2 = DIRECTORY.resolve("segment-0000000000000000002");

    private final SimulatedFileSystem files = new SimulatedFileSystem(1);
    private StoreFixture shard;

    @BeforeEach
    void twoSegments() throws IOException {
        shard = new StoreFixture(files, DIRECTORY, 1);
        for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
            for (int i = 0; i < 4; i++) {
                shard.append(List.of(A, B, C).get(i % 3), 1 + i, 40 * i);
            }
            shard.checkpoint();
        }
        shard.store.close();
        assertThat(files.files()).containsExactly(MANIFEST, SEGMENT_1, SEGMENT_2);
    }

    private CorruptStoreException openFails() {
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            return fail("opened with " + store.checkpoint());
        } catch (CorruptStoreException e) {
            return e;
        } catch (IOException e) {
            return fail(e);
        }
    }

    @Test
    void everyFlippedBitOfTheManifestIsFoundAtTheStart() {
        for (long bit = 0; bit < 8L * files.content(MANIFEST).length; bit++) {
            files.flipBit(MANIFEST, bit);
            assertThat(openFails()).hasMessageContaining(MANIFEST.toString());
            files.flipBit(MANIFEST, bit);
        }
    }

    @Test
    void everyFlippedBitOfASegmentIsFoundAtTheStartOrWhenItIsRead() throws IOException {
        byte[] good = files.content(SEGMENT_1);
        int foundInUse = 0;
        for (long bit = 0; bit < 8L * good.length; bit++) {
            files.flipBit(SEGMENT_1, bit);
            try {
                shard.restart();
                try {
                    shard.verify();
                    fail("bit " + bit + " was flipped, and nobody noticed");
                } catch (CorruptStoreException e) {
                    foundInUse++;
                    assertThat(e.file()).isEqualTo(SEGMENT_1.toString());
                }
                shard.store.close();
            } catch (CorruptStoreException e) {
                assertThat(e.file()).isEqualTo(SEGMENT_1.toString());
            }
            files.flipBit(SEGMENT_1, bit);
        }
        assertThat(foundInUse).isGreaterThan(1000);
        shard.restart();
        shard.verify();
    }

    @Test
    void aTruncatedFileIsFoundAtTheStart() {
        int length = files.content(SEGMENT_1).length;
        for (int size = 0; size < length; size++) {
            SimulatedFileSystem copy = copy();
            copy.truncate(SEGMENT_1, size);
            assertThatThrownBy(() -> ShardStore.open(copy, DIRECTORY)).isInstanceOf(CorruptStoreException.class);
        }
        for (int size = 0; size < files.content(MANIFEST).length; size++) {
            SimulatedFileSystem copy = copy();
            copy.truncate(MANIFEST, size);
            assertThatThrownBy(() -> ShardStore.open(copy, DIRECTORY)).isInstanceOf(CorruptStoreException.class);
        }
    }

    private SimulatedFileSystem copy() {
        SimulatedFileSystem copy = new SimulatedFileSystem(2);
        for (Path file : files.files()) {
            try (FileSystem.Appender out = copy.create(file)) {
                out.write(java.nio.ByteBuffer.wrap(files.content(file)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return copy;
    }

    @Test
    void aMissingSegmentIsNamedAndNothingIsDeleted() throws IOException {
        files.delete(SEGMENT_1);
        assertThat(openFails())
                .hasMessageContaining(SEGMENT_1.toString())
                .hasMessageContaining("missing")
                .hasMessageContaining("rebuilt");
        assertThat(files.files()).containsExactly(MANIFEST, SEGMENT_2);
    }

    @Test
    void aMissingManifestIsNamedAndNothingIsDeleted() throws IOException {
        files.delete(MANIFEST);
        assertThat(openFails())
                .hasMessageContaining("manifest-0000000000000000001")
                .hasMessageContaining("missing");
        assertThat(files.files()).containsExactly(SEGMENT_1, SEGMENT_2);
    }

    @Test
    void aSegmentInAnothersPlaceIsRefused() throws IOException {
        files.rename(SEGMENT_2, SEGMENT_1);
        assertThat(openFails()).hasMessageContaining(SEGMENT_1.toString());
    }

    @Test
    void anOldManifestIsNoSubstituteForADamagedOne() throws IOException {
        Path older = DIRECTORY.resolve("manifest-0000000000000000001");
        try (FileSystem.Appender out = files.create(older)) {
            new Manifest(1, new Checkpoint(1, 1, StoreFixture.STATE), List.of()).write(out);
        }
        files.flipBit(MANIFEST, 300);
        assertThat(openFails()).hasMessageContaining(MANIFEST.toString());
        assertThat(files.files()).hasSize(4);
    }

    @Test
    void aManifestOfANewerProgramIsRefusedByName() {
        files.flipBit(MANIFEST, 8 * 11 + 1); // Version 1 becomes 3.
        assertThat(openFails())
                .hasMessageContaining(MANIFEST.toString())
                .hasMessageContaining("format version 3")
                .hasMessageContaining("Start the newer program");
    }

    @Test
    void aSegmentOfANewerProgramIsRefusedByName() {
        assertThat(new Reader(weir.core.Bytes.of(files.content(SEGMENT_2)).slice(8, 4)).i32())
                .isEqualTo(1);
        files.flipBit(SEGMENT_2, 8 * 11 + 1);
        assertThat(openFails())
                .hasMessageContaining(SEGMENT_2.toString())
                .hasMessageContaining("format version 3")
                .hasMessageContaining("Start the newer program");
    }
}
