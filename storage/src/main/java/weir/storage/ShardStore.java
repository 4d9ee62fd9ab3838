package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.LogId;
import weir.core.shard.MessageLog;
import weir.core.shard.StoredBatch;

/**
 * The logs of one shard: segments below, a tail above, and while a checkpoint is being written a frozen tail between.
 *
 * <p>Opened, then {@link #attach attached} when the machine was restored from {@link #checkpoint}; from then on owned by
 * the shard's thread. Two things run elsewhere: {@link CheckpointJob#write} and {@link Payload#read}.
 */
public final class ShardStore implements MessageLog, AutoCloseable {
    private final StoreDirectory directory;
    private ChunkIndex index = new ChunkIndex();
    private final MetaCache metas = new MetaCache(StorageLimits.META_CACHE_BYTES);
    private final BlockCache blocks = new BlockCache(StorageLimits.BLOCK_CACHE_BYTES);
    private List<Segment> segments;
    private long generation;
    private @Nullable Checkpoint recovered;
    private boolean attached;
    private Tail tail = new Tail();
    private Tail frozen = new Tail();
    private @Nullable CheckpointJob pending;

    private ShardStore(StoreDirectory directory, @Nullable Manifest manifest, List<Segment> segments) {
        this.directory = directory;
        this.segments = List.copyOf(segments);
        generation = manifest == null ? 0 : manifest.generation();
        recovered = manifest == null ? null : manifest.checkpoint();
        index.replace(Set.of(), segments);
        Chunk overlapping = index.overlapping();
        if (overlapping != null) {
            throw CorruptStoreException.of(
                    overlapping.segment().file(),
                    "the offsets from " + overlapping.first() + " on lie in another segment, too");
        }
    }

    /**
     * Finds the newest checkpoint, verifies it, and deletes what unfinished and superseded ones left.
     *
     * @throws CorruptStoreException if it is damaged, or was written by a newer program; nothing is deleted then
     */
    public static ShardStore open(FileSystem files, Path path) throws IOException {
        StoreDirectory directory = StoreDirectory.open(files, path);
        Manifest manifest = directory.newest();
        List<Segment> segments = new ArrayList<>();
        try {
            for (SegmentName name : manifest == null ? List.<SegmentName>of() : manifest.segments()) {
                segments.add(Segment.open(files, directory.segment(name.id()), name));
            }
            ShardStore store = new ShardStore(directory, manifest, segments);
            directory.sync(); // Its writer may have been killed before; then only the page cache knows the newest name.
            directory.deleteAllBut(manifest);
            return store;
        } catch (IOException | RuntimeException e) {
            segments.forEach(Segment::release);
            throw e;
        }
    }

    /** What the manifest that was found holds. Empty in a new store, and once attached, so that the memory is free. */
    public Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(recovered);
    }

    /** Begins the work, when the machine stands where {@link #checkpoint} does: asks it what of the segments is live. */
    public void attach(Liveness liveness) {
        countLive(liveness);
        recovered = null;
        attached = true;
    }

    @Override
    public void append(LogId log, StoredBatch batch, Bytes payload) {
        Check.inRange("payloadBytes", batch.payloadBytes(), payload.length(), payload.length());
        Check.atLeast("baseOffset of an append", batch.baseOffset(), endOffset(log));
        tail.append(log, batch, payload);
    }

    /** The offset after the last message that is here of a log. */
    private long endOffset(LogId log) {
        TailLog newest = tail.log(log);
        TailLog older = newest == null ? frozen.log(log) : newest;
        if (older != null) {
            return older.endOffset();
        }
        Chunk[] chunks = index.of(log);
        return chunks.length == 0 ? 0 : chunks[chunks.length - 1].end();
    }

    /**
     * {@inheritDoc} Reads from disk at most the metas of the chunks that hold the answer; those read last are kept.
     *
     * @throws java.io.UncheckedIOException if the disk fails
     * @throws CorruptStoreException if a meta is damaged: the replica must stop
     */
    @Override
    public List<StoredBatch> read(LogId log, long from, int maxMessages) {
        BatchList list = new BatchList(maxMessages);
        Chunk[] chunks = index.of(log);
        for (int c = ChunkIndex.indexOf(chunks, from); c < chunks.length && list.hasRoom(); c++) {
            if (chunks[c].live() == 0) {
                continue; // All settled, so there is nothing to read it for.
            }
            List<StoredBatch> batches = metas.get(log, chunks[c]).batches();
            for (int i = ChunkMeta.indexOf(batches, from); i < batches.size() && list.hasRoom(); i++) {
                list.offer(batches.get(i));
            }
        }
        addTail(frozen.log(log), from, list);
        addTail(tail.log(log), from, list);
        return list.batches();
    }

    private static void addTail(@Nullable TailLog log, long from, BatchList list) {
        if (log != null) {
            for (int i = log.indexOf(from); i < log.size() && list.hasRoom(); i++) {
                list.offer(log.batch(i));
            }
        }
    }

    /**
     * Finds the payload of the batch that begins at {@code baseOffset}, or holds it. To be read or closed by the caller.
     *
     * @throws IllegalArgumentException if there is no such batch: nothing in it is live, so nobody should ask
     * @throws java.io.UncheckedIOException if the disk fails
     * @throws CorruptStoreException if a meta is damaged: the replica must stop
     */
    public Payload locate(LogId log, long baseOffset) {
        for (TailLog memory : new @Nullable TailLog[] {tail.log(log), frozen.log(log)}) {
            if (memory != null) {
                int i = memory.indexOf(baseOffset);
                if (i < memory.size() && memory.batch(i).baseOffset() <= baseOffset) {
                    return new Payload.InMemory(memory.batch(i).format(), memory.payload(i));
                }
            }
        }
        Chunk[] chunks = index.of(log);
        int c = ChunkIndex.indexOf(chunks, baseOffset);
        if (c < chunks.length && chunks[c].first() <= baseOffset) {
            ChunkMeta meta = metas.get(log, chunks[c]);
            int i = ChunkMeta.indexOf(meta.batches(), baseOffset);
            if (i < meta.batches().size() && meta.batches().get(i).baseOffset() <= baseOffset) {
                int format = meta.batches().get(i).format();
                return new Payload.OnDisk(
                        format, chunks[c].segment(), meta.places().get(i), blocks);
            }
        }
        throw new IllegalArgumentException("no batch of " + log + " holds offset " + baseOffset);
    }

    /** Memory taken by what no segment holds yet: appended since the last freeze, or frozen and not yet installed. */
    public long tailBytes() {
        return tail.bytes() + frozen.bytes();
    }

    /** The part of {@link #tailBytes} that is frozen; 0 unless a checkpoint is under way. */
    public long frozenBytes() {
        return frozen.bytes();
    }

    /** Segment files of the newest installed checkpoint. */
    public int segmentCount() {
        return segments.size();
    }

    /** Their bytes. */
    public long segmentBytes() {
        return segments.stream().mapToLong(segment -> segment.name().length()).sum();
    }

    /** Whether a checkpoint was frozen and is not yet installed; the next one has to wait. */
    public boolean isCheckpointing() {
        return pending != null;
    }

    /**
     * Begins a checkpoint: what is live in the tail now, and {@code state}, as of the entry at {@code index}. Costs a
     * question to the machine for each batch in the tail and each chunk, and for chunks that are rewritten a few for
     * each live message. Reads nothing from disk.
     *
     * @throws IllegalStateException if one is under way
     */
    public CheckpointJob freeze(long term, long index, Bytes state, Liveness liveness) {
        if (!attached) {
            throw new IllegalStateException("the store is not attached");
        }
        if (pending != null) {
            throw new IllegalStateException("the checkpoint at " + pending.index() + " is not installed yet");
        }
        Checkpoint checkpoint = new Checkpoint(term, index, state);
        countLive(liveness);
        Reclaim reclaim = Reclaim.choose(segments);
        List<Segment> removed = new ArrayList<>(reclaim.dropped());
        removed.addAll(reclaim.rewritten());
        List<Segment> kept = new ArrayList<>(segments);
        kept.removeAll(new HashSet<>(removed));
        List<CheckpointJob.Run> runs = new RunPlanner(this.index, removed, tail, liveness).runs();
        frozen = tail;
        tail = new Tail();
        pending = new CheckpointJob(directory, generation + 1, checkpoint, runs, kept, removed);
        return pending;
    }

    private void countLive(Liveness liveness) {
        for (Segment segment : segments) {
            for (Segment.LogChunks log : segment.logs()) {
                for (Chunk chunk : log.chunks()) {
                    if (chunk.live() > 0) {
                        chunk.live(liveness.countLive(log.log(), chunk.first(), chunk.end()));
                    }
                }
            }
        }
    }

    /**
     * Ends a checkpoint that was written: its segment takes the place of the frozen tail and of the segments that it
     * replaces, whose files are deleted as soon as nobody reads from them.
     */
    public void install(CheckpointJob done) {
        if (done != pending || !done.isWritten()) {
            throw new IllegalStateException("this checkpoint was not frozen last, or is not written");
        }
        List<Segment> now = new ArrayList<>(done.kept());
        Segment added = done.opened();
        if (added != null) {
            now.add(added);
        }
        index.replace(new HashSet<>(done.removed()), added == null ? List.of() : List.of(added));
        segments = List.copyOf(now);
        for (Segment segment : done.removed()) {
            segment.logs().forEach(log -> log.chunks().forEach(metas::remove));
            segment.drop();
        }
        directory.deleteManifest(generation);
        generation++;
        frozen = new Tail();
        pending = null;
    }

    // ---- Checkpoints that go from one replica to another

    /** Holds the newest checkpoint's files for a reader; none in a store that has had no checkpoint yet. */
    public Optional<PinnedCheckpoint> pin() {
        return generation == 0 ? Optional.empty() : Optional.of(new PinnedCheckpoint(directory, generation, segments));
    }

    /**
     * Begins to take in another replica's checkpoint. Until it is {@link #adopt adopted} or given up, the store goes on as
     * it is, except that no checkpoint of its own may be made.
     *
     * @throws IllegalStateException if a checkpoint is under way
     */
    public Intake intake() {
        if (pending != null) {
            throw new IllegalStateException("the checkpoint at " + pending.index() + " is not installed yet");
        }
        return new Intake(directory, generation, segments);
    }

    /**
     * Stands where a published checkpoint does from now on: what was here is forgotten, tail and all. To be {@link #attach
     * attached} anew, with the machine that was restored from it.
     */
    public void adopt(Intake intake) {
        if (pending != null || !intake.isPublished()) {
            throw new IllegalStateException("a checkpoint is under way, or none was published");
        }
        List<Segment> now = intake.takeInstalled();
        for (Segment segment : segments) {
            segment.logs().forEach(log -> log.chunks().forEach(metas::remove));
            if (now.contains(segment)) {
                segment.release(); // The intake's hold is the store's from now on.
            } else {
                segment.drop();
            }
        }
        index = intake.index();
        segments = now;
        if (generation > 0) {
            directory.deleteManifest(generation);
        }
        generation = intake.generation();
        tail = new Tail();
        frozen = new Tail();
        recovered = null;
        attached = false;
    }

    /** The next segment to be verified in the background, by rising number; held until it is closed. */
    public Optional<SegmentCheck> check(long after) {
        return segments.stream()
                .filter(segment -> segment.name().id() > after)
                .min(Comparator.comparingLong(segment -> segment.name().id()))
                .map(SegmentCheck::new);
    }

    /** Lets go of the files. A checkpoint that is being written must have ended; payloads that are out stay readable. */
    @Override
    public void close() {
        segments.forEach(Segment::release);
        if (pending != null) {
            pending.close();
        }
        segments = List.of();
    }
}
