package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.LogId;
import weir.core.shard.StoredBatch;

/**
 * A checkpoint that was frozen on the shard's thread and is to be written on another. All that it works on is immutable
 * by then. Written, it goes back to the shard's thread, to {@link ShardStore#install}.
 */
public final class CheckpointJob {
    /** Batches of one log that become neighbours in the new segment: nothing that stays elsewhere lies between them. */
    record Run(LogId log, List<Source> sources) {}

    /** Where live batches are copied from. */
    sealed interface Source {
        record OfSegment(Chunk chunk, LiveRanges live) implements Source {}

        /** @param live for each batch of the tail how many of its messages are live */
        @SuppressWarnings("ArrayRecordComponent") // Never compared.
        record OfTail(TailLog tail, int[] live) implements Source {}
    }

    private final StoreDirectory directory;
    private final long generation;
    private final Checkpoint checkpoint;
    private final List<Run> runs;
    private final List<Segment> kept;
    private final List<Segment> removed;
    private @Nullable SegmentName segment;
    private boolean publishing;
    private @Nullable Segment opened;
    private volatile boolean written;

    CheckpointJob(
            StoreDirectory directory,
            long generation,
            Checkpoint checkpoint,
            List<Run> runs,
            List<Segment> kept,
            List<Segment> removed) {
        this.directory = directory;
        this.generation = generation;
        this.checkpoint = checkpoint;
        this.runs = List.copyOf(runs);
        this.kept = List.copyOf(kept);
        this.removed = List.copyOf(removed);
    }

    /** Index of the checkpoint's entry: when this job is installed, the log is needed only from the next one on. */
    public long index() {
        return checkpoint.index();
    }

    public long term() {
        return checkpoint.term();
    }

    /**
     * Writes the segment, then publishes the manifest; returns when both are durable. One thread at a time.
     *
     * @throws IOException if the disk is full or failing. The store goes on as before, and this may be called again
     * @throws CorruptStoreException if a segment that is to be rewritten is damaged: the replica must stop
     */
    public void write() throws IOException {
        if (written) {
            return;
        }
        Path file = directory.segment(generation);
        Manifest manifest;
        try {
            if (segment == null && !runs.isEmpty()) {
                segment = writeSegment(file);
            }
            if (segment != null && opened == null) {
                opened = Segment.open(directory.files(), file, segment);
            }
            manifest = manifest();
            directory.prepare(manifest);
        } catch (IOException | RuntimeException e) {
            startOver(e, file);
            throw e;
        }
        publishing = true;
        directory.publish(manifest);
        written = true;
        directory.deleteFetched(); // The replica goes by its log again, and needs nobody else's checkpoint.
    }

    /**
     * After a failed fsync nobody knows what is on disk, so a new attempt writes everything anew. Not so once the
     * manifest may have been published: then it may be there after a crash, and what it names must be, too.
     */
    private void startOver(Exception failure, Path file) {
        if (publishing) {
            return;
        }
        close();
        segment = null;
        directory.deleteAfter(failure, file);
    }

    private SegmentName writeSegment(Path file) throws IOException {
        BlockCache blocks = new BlockCache(2 * StorageLimits.BLOCK_BYTES); // A payload may cross into the next block.
        try (FileSystem.Appender out = directory.files().create(file)) {
            SegmentWriter writer = new SegmentWriter(out, generation);
            for (Run run : runs) {
                for (Source source : run.sources()) {
                    switch (source) {
                        case Source.OfSegment(Chunk chunk, LiveRanges live) ->
                            copy(writer, run.log(), chunk, live, blocks);
                        case Source.OfTail(TailLog tail, int[] live) -> copy(writer, run.log(), tail, live);
                    }
                }
                writer.endChunk();
            }
            return writer.finish();
        }
    }

    private static void copy(SegmentWriter to, LogId log, Chunk chunk, LiveRanges ranges, BlockCache blocks)
            throws IOException {
        Segment from = chunk.segment();
        ChunkMeta meta = from.meta(log, chunk);
        for (int i = 0; i < meta.batches().size(); i++) {
            StoredBatch batch = meta.batches().get(i);
            int live = ranges.count(batch.baseOffset(), batch.endOffset());
            if (live == 0) {
                continue;
            }
            PayloadPlace place = meta.places().get(i);
            long position = to.find(from, place.position(), place.length());
            if (position < 0) {
                position = to.payload(from, place.position(), from.payload(place, blocks));
            }
            to.add(log, batch, live, new PayloadPlace(position, place.length(), place.crc()));
        }
    }

    private static void copy(SegmentWriter to, LogId log, TailLog tail, int[] live) throws IOException {
        for (int i = 0; i < tail.size(); i++) {
            if (live[i] == 0) {
                continue;
            }
            Bytes payload = tail.payload(i);
            long position = to.find(payload.array(), payload.offset(), payload.length());
            if (position < 0) {
                position = to.payload(payload.array(), payload.offset(), payload);
            }
            to.add(log, tail.batch(i), live[i], new PayloadPlace(position, payload.length(), Checksum.of(payload)));
        }
    }

    private Manifest manifest() {
        List<SegmentName> names = new ArrayList<>(kept.size() + 1);
        kept.forEach(segment -> names.add(segment.name()));
        if (segment != null) {
            names.add(segment);
        }
        return new Manifest(generation, checkpoint, names);
    }

    boolean isWritten() {
        return written;
    }

    /** The new segment; null if nothing survived. */
    @Nullable
    Segment opened() {
        return opened;
    }

    /** The segments that the new manifest no longer names. */
    List<Segment> removed() {
        return removed;
    }

    List<Segment> kept() {
        return kept;
    }

    /** Lets go of the new segment, if this is never going to be installed. */
    void close() {
        if (opened != null) {
            opened.release();
            opened = null;
        }
    }
}
