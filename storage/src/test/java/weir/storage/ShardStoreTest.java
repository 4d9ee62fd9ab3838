package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static weir.storage.StoreFixture.A;
import static weir.storage.StoreFixture.B;
import static weir.storage.StoreFixture.C;
import static weir.storage.StoreFixture.DIRECTORY;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.shard.StoredBatch;

class ShardStoreTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem(1);
    private StoreFixture shard;

    @BeforeEach
    void open() throws IOException {
        shard = new StoreFixture(files, DIRECTORY, 1);
    }

    private List<String> names() {
        return files.list(DIRECTORY);
    }

    @Test
    void aNewStoreHasNoCheckpointAndNoFiles() {
        assertThat(shard.store.checkpoint()).isEmpty();
        assertThat(shard.store.read(A, 0, 10)).isEmpty();
        assertThat(names()).isEmpty();
    }

    @Test
    void whatWasAppendedIsReadFromTheTail() throws IOException {
        shard.append(A, 1, 100);
        shard.append(A, 3, 50);
        shard.append(B, 1, 0);
        shard.verify();
    }

    @Test
    void theFirstBatchIsReadEvenIfItExceedsTheNumberAskedFor() {
        shard.append(A, 5, 10);
        StoredBatch second = shard.append(A, 2, 10);
        assertThat(shard.store.read(A, 3, 1)).hasSize(1);
        assertThat(shard.store.read(A, 0, 6)).hasSize(1);
        assertThat(shard.store.read(A, 0, 7)).hasSize(2);
        assertThat(shard.store.read(A, 5, 1)).containsExactly(second);
        assertThat(shard.store.read(A, 7, 1)).isEmpty();
    }

    @Test
    void messagesSettledBeforeTheCheckpointAreNeverWritten() throws IOException {
        shard.append(A, 1, 10_000);
        shard.settle(A, 0, 1);
        shard.checkpoint();
        assertThat(names()).containsExactly("manifest-0000000000000000001");
        assertThat(files.usedBytes()).isLessThan(100);
        assertThat(shard.store.read(A, 0, 10)).isEmpty();
    }

    @Test
    void aCheckpointIsOneSegmentForAllLogsAndIsReadBackAfterARestart() throws IOException {
        for (int i = 0; i < 300; i++) {
            shard.append(List.of(A, B, C).get(i % 3), 1 + i % 4, 700);
        }
        shard.settle(B, 0, 50);
        shard.checkpoint();
        assertThat(names()).containsExactly("manifest-0000000000000000001", "segment-0000000000000000001");
        shard.verify();
        shard.store.close();
        ShardStore store = ShardStore.open(files, DIRECTORY);
        assertThat(store.checkpoint()).contains(new Checkpoint(3, shard.index, StoreFixture.STATE));
        store.attach(shard.live);
        shard.store = store;
        shard.verify();
    }

    @Test
    void readingGoesOnFromSegmentsThroughTheFrozenTailIntoTheTail() throws IOException {
        shard.append(A, 10, 10);
        shard.checkpoint();
        shard.append(A, 10, 10);
        CheckpointJob job = shard.freeze();
        shard.append(A, 10, 10);
        assertThat(shard.store.read(A, 0, 100))
                .extracting(StoredBatch::baseOffset)
                .containsExactly(0L, 10L, 20L);
        shard.verify();
        job.write();
        shard.verify();
        shard.store.install(job);
        shard.verify();
    }

    @Test
    void tailBytesFallOnlyWhenTheCheckpointIsInstalled() throws IOException {
        shard.append(A, 1, 1000);
        long before = shard.store.tailBytes();
        assertThat(before).isGreaterThan(1000);
        CheckpointJob job = shard.freeze();
        assertThat(shard.store.tailBytes()).isEqualTo(before);
        assertThat(shard.store.frozenBytes()).isEqualTo(before);
        job.write();
        shard.store.install(job);
        assertThat(shard.store.tailBytes()).isZero();
    }

    @Test
    void aSegmentIsDroppedWhenNothingInItLives() throws IOException {
        shard.append(A, 1, 1000);
        shard.checkpoint();
        shard.append(B, 1, 1000);
        shard.settle(A, 0, 1);
        shard.checkpoint();
        assertThat(names()).containsExactly("manifest-0000000000000000002", "segment-0000000000000000002");
        shard.verify();
        shard.restart();
        shard.verify();
    }

    @Test
    void aSegmentIsRewrittenWhenHalfOfItIsDead() throws IOException {
        for (int i = 0; i < 100; i++) {
            shard.append(A, 1, 2000);
        }
        shard.checkpoint();
        shard.settle(A, 0, 40);
        shard.checkpoint();
        assertThat(names()).contains("segment-0000000000000000001").doesNotContain("segment-0000000000000000002");
        shard.settle(A, 40, 99);
        shard.checkpoint();
        assertThat(names()).containsExactly("manifest-0000000000000000003", "segment-0000000000000000003");
        assertThat(files.usedBytes()).isLessThan(3000);
        shard.verify();
        shard.restart();
        shard.verify();
    }

    @Test
    void oneLiveMessageInALargeBatchDoesNotHaveTheBatchRewrittenAgainAndAgain() throws IOException {
        shard.append(A, 1000, 50_000);
        shard.settle(A, 0, 999);
        shard.checkpoint();
        for (int i = 0; i < 3; i++) {
            shard.checkpoint();
        }
        assertThat(names()).containsExactly("manifest-0000000000000000004", "segment-0000000000000000001");
        shard.restart();
        shard.checkpoint();
        assertThat(names()).contains("segment-0000000000000000001");
    }

    @Test
    void smallSegmentsAreMergedSoThatTheirNumberStaysBounded() throws IOException {
        for (int i = 0; i < 500; i++) {
            shard.append(List.of(A, B, C).get(i % 3), 1, 3000);
            shard.checkpoint();
            assertThat(shard.store.segmentCount()).isLessThan(2 * StorageLimits.MERGE_SEGMENTS_MIN);
        }
        shard.verify();
        shard.restart();
        shard.verify();
    }

    @Test
    void chunksAreMergedOnlyWithTheirNeighbours() throws IOException {
        // Segments 1 and 3 are rewritten, segment 2 stays: what survives of 1 and 3 may not become one chunk across it.
        for (int segment = 0; segment < 3; segment++) {
            for (int i = 0; i < 20; i++) {
                shard.append(A, 1, 2000);
            }
            shard.checkpoint();
        }
        shard.settle(A, 1, 20);
        shard.settle(A, 40, 59);
        shard.append(A, 1, 10);
        shard.checkpoint();
        assertThat(names())
                .containsExactly(
                        "manifest-0000000000000000004", "segment-0000000000000000002", "segment-0000000000000000004");
        shard.verify();
        shard.restart();
        shard.verify();
    }

    @Test
    void aPayloadIsReadableAlthoughItsSegmentWasDroppedMeanwhile() throws IOException {
        shard.append(A, 1, Bytes.utf8("still wanted"));
        shard.checkpoint();
        Payload read = shard.store.locate(A, 0);
        Payload unread = shard.store.locate(A, 0);
        shard.settle(A, 0, 1);
        shard.checkpoint();
        assertThat(names()).contains("segment-0000000000000000001");
        assertThat(read.read().utf8()).isEqualTo("still wanted");
        assertThat(names()).contains("segment-0000000000000000001");
        unread.close();
        unread.close();
        assertThat(names()).doesNotContain("segment-0000000000000000001");
        assertThatThrownBy(unread::read).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPayloadThatSeveralLogsShareIsStoredOnceAlsoWhenRewritten() throws IOException {
        byte[] entry = new byte[100_000];
        shard.random().nextBytes(entry);
        Bytes payload = new Bytes(entry, 500, 90_000);
        for (int queue = 1; queue <= 20; queue++) {
            shard.append(new LogId(new PartitionId(queue, 0), 0), 1, payload);
            shard.append(new LogId(new PartitionId(queue, 0), 0), 1, 400_000);
        }
        shard.checkpoint();
        assertThat(files.usedBytes()).isLessThan(8_000_000 + 110_000);
        shard.verify();
        for (int queue = 1; queue <= 20; queue++) {
            shard.settle(new LogId(new PartitionId(queue, 0), 0), 1, 2);
        }
        shard.checkpoint();
        assertThat(names()).containsExactly("manifest-0000000000000000002", "segment-0000000000000000002");
        assertThat(files.usedBytes()).isLessThan(100_000);
        shard.restart();
        shard.verify();
    }

    @Test
    void payloadsOfEverySizeComeBack() throws IOException {
        int[] sizes = {0, 1, 511, 512, 65_535, 65_536, 65_537, 200_000, 3_000_000, 16_384, 16_385, 7};
        for (int size : sizes) {
            shard.append(A, 1, size);
        }
        shard.checkpoint();
        shard.restart();
        shard.verify();
    }

    @Test
    void aLogOfEmptyMessagesIsCutIntoChunksToo() throws IOException {
        for (int i = 0; i < 20_000; i++) {
            shard.append(A, 1, 0);
        }
        shard.checkpoint();
        assertThat(shard.store.read(A, 19_999, 1)).hasSize(1);
        shard.verify();
    }

    @Test
    void anOffsetThatDoesNotRiseIsRefused() throws IOException {
        shard.append(A, 5, 10);
        StoredBatch again = new StoredBatch(4, 0, 1, 0, List.of(Envelope.PLAIN));
        assertThatThrownBy(() -> shard.store.append(A, again, Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        CheckpointJob job = shard.freeze();
        assertThatThrownBy(() -> shard.store.append(A, again, Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        job.write();
        shard.store.install(job);
        assertThatThrownBy(() -> shard.store.append(A, again, Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBatchThatIsNotThereIsNotLocated() throws IOException {
        shard.append(A, 1, 10);
        shard.checkpoint();
        assertThatThrownBy(() -> shard.store.locate(A, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("offset 1");
        assertThatThrownBy(() -> shard.store.locate(B, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyOneCheckpointIsUnderWayAtATime() {
        shard.append(A, 1, 10);
        shard.freeze();
        assertThatThrownBy(shard::freeze).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCheckpointThatIsNotWrittenIsNotInstalled() {
        CheckpointJob job = shard.freeze();
        assertThatThrownBy(() -> shard.store.install(job)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFullDiskLeavesTheOldStateAndTheCheckpointCanBeRetried() throws IOException {
        shard.append(A, 1, 10_000);
        shard.checkpoint();
        shard.append(A, 1, 300_000);
        List<String> before = names();
        CheckpointJob job = shard.freeze();
        for (long room = 0; room < 301_000; room += 10_000) {
            files.capacity(files.usedBytes() + room);
            assertThatThrownBy(job::write).isInstanceOf(IOException.class).hasMessageContaining("no space");
            assertThat(names()).isEqualTo(before);
            shard.verify();
        }
        shard.append(A, 1, 500);
        files.capacity(Long.MAX_VALUE);
        job.write();
        job.write();
        shard.store.install(job);
        shard.verify();
        shard.checkpoint();
        shard.restart();
        shard.verify();
    }

    @Test
    void filesOfOthersInTheDirectoryAreLeftAlone() throws IOException {
        Path other = DIRECTORY.resolve("segment-notes.txt");
        files.create(other).close();
        files.create(DIRECTORY.resolve("manifest-0000000000000000009.tmp")).close();
        shard.restart();
        assertThat(names()).containsExactly("segment-notes.txt");
    }

    @Test
    void tenThousandLogsAreOneFileAndAFixedNumberOfSyncs() throws IOException {
        for (int queue = 1; queue <= 10_000; queue++) {
            shard.append(new LogId(new PartitionId(queue, 0), 0), 1, 20);
        }
        long steps = files.steps();
        shard.checkpoint();
        assertThat(names()).hasSize(2);
        assertThat(files.steps() - steps).isLessThan(30);
        shard.restart();
        shard.verify();
    }

    @Test
    void freezingReadsNothingFromDisk() throws IOException {
        for (int i = 0; i < 100; i++) {
            shard.append(A, 1, 2000);
        }
        shard.checkpoint();
        shard.restart();
        shard.settle(A, 0, 90);
        Path segment = DIRECTORY.resolve("segment-0000000000000000001");
        files.flipBit(segment, 8L * (files.content(segment).length - 20_000));
        CheckpointJob job = shard.freeze(); // Rewrites the segment, and would meet the flipped bit.
        assertThatThrownBy(job::write).isInstanceOf(CorruptStoreException.class);
        assertThat(names()).contains("segment-0000000000000000001", "manifest-0000000000000000001");
    }
}
