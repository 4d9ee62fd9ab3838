package weir.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import weir.core.Bytes;

/**
 * Takes another replica's checkpoint in, file by file, beside the one that this store has, which stays valid until the
 * new manifest is published. {@link ShardStore#adopt} ends it.
 *
 * <p>Segments that are here already are used as they are. Numbers of segments mean nothing to another replica, since each
 * makes checkpoints of its own, so a segment is known by its length and its checksums, and one that comes gets a number
 * above all that this store has used. It is written as {@code fetched-N}, and a complete one waits there for the next try
 * if this one fails. Nobody writes checkpoints of the store's own meanwhile. One thread.
 */
public final class Intake implements AutoCloseable {
    /** A segment that is whole and verified, under the name that it is to have. */
    private record Whole(Segment segment, int bodyCrc) {}

    private final StoreDirectory directory;
    private final long before;
    private final List<Segment> own;
    private final Map<PinnedCheckpoint.Part, List<Whole>> fetched = new HashMap<>();
    private final List<Segment> chosen = new ArrayList<>();
    private long lastId;
    private final List<Segment> installed = new ArrayList<>();
    private final ChunkIndex index = new ChunkIndex();
    private long generation;
    private boolean publishing;
    private boolean published;

    /** On the shard's thread. */
    Intake(StoreDirectory directory, long generation, List<Segment> own) {
        this.directory = directory;
        this.before = generation;
        this.lastId = generation;
        this.own = List.copyOf(own);
        own.forEach(Segment::retain);
    }

    /** Finds what earlier tries fetched, verifies it, and deletes what is of no use. Once, before anything else. */
    public void begin(Pace pace) throws IOException, InterruptedException {
        directory.takeBack(before); // From a try that failed while it published.
        for (long id : directory.fetched()) {
            if (id <= before) {
                directory.deleteFetched(id); // Of a time before this store's newest checkpoint; its number is taken.
                continue;
            }
            try {
                remember(Segment.openUnnamed(directory.files(), directory.fetched(id), id), pace);
                lastId = Math.max(lastId, id);
            } catch (CorruptStoreException | EOFException _) {
                directory.deleteFetched(id); // It is fetched again.
            }
        }
    }

    private void remember(Segment segment, Pace pace) throws IOException, InterruptedException {
        try {
            int crc = SegmentVerifier.verify(segment, pace);
            fetched.computeIfAbsent(partOf(segment), _ -> new ArrayList<>()).add(new Whole(segment, crc));
        } catch (IOException | InterruptedException | RuntimeException e) {
            segment.release();
            throw e;
        }
    }

    private static PinnedCheckpoint.Part partOf(Segment segment) {
        return new PinnedCheckpoint.Part(segment.name().length(), segment.name().footerCrc());
    }

    /**
     * Takes the next segment of the checkpoint from what is here, if it is here: read whole, and the same to the last byte.
     */
    public boolean reuse(PinnedCheckpoint.Part part, int bodyCrc, Pace pace) throws IOException, InterruptedException {
        for (Whole whole : fetched.getOrDefault(part, List.of())) {
            if (whole.bodyCrc() == bodyCrc && !chosen.contains(whole.segment())) {
                chosen.add(whole.segment());
                return true;
            }
        }
        for (Segment segment : own) {
            if (partOf(segment).equals(part) && !chosen.contains(segment) && isIntact(segment, bodyCrc, pace)) {
                chosen.add(segment);
                return true;
            }
        }
        return false;
    }

    private static boolean isIntact(Segment segment, int bodyCrc, Pace pace) throws IOException, InterruptedException {
        try {
            return SegmentVerifier.verify(segment, pace) == bodyCrc;
        } catch (CorruptStoreException _) {
            return false; // Replaced by the one that is fetched.
        }
    }

    /** Begins to write the next segment of the checkpoint. */
    public Arriving fetch(PinnedCheckpoint.Part part, int bodyCrc) throws IOException {
        lastId++;
        return new Arriving(part, bodyCrc, lastId);
    }

    /** A segment that is being fetched. */
    public final class Arriving implements AutoCloseable {
        private final PinnedCheckpoint.Part part;
        private final int bodyCrc;
        private final long id;
        private final Path unfinished;
        private final FileSystem.Appender file;
        private final CRC32C crc = new CRC32C();
        private long bytes;

        private Arriving(PinnedCheckpoint.Part part, int bodyCrc, long id) throws IOException {
            this.part = part;
            this.bodyCrc = bodyCrc;
            this.id = id;
            this.unfinished = directory.fetching(id);
            file = directory.files().create(unfinished);
            try {
                file.write(SegmentFormat.header(id).buffer());
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }

        /** The next piece of the body. */
        public void write(Bytes piece) throws IOException {
            crc.update(piece.array(), piece.offset(), piece.length());
            bytes += piece.length();
            file.write(piece.buffer());
        }

        /**
         * Checks the file, makes it durable, and gives it its name.
         *
         * @throws IOException also if something else came than was promised
         */
        public void finish() throws IOException {
            if (bytes != part.bodyBytes() || (int) crc.getValue() != bodyCrc) {
                throw new IOException("a segment of " + bytes + " bytes arrived whose checksum does not match; "
                        + part.bodyBytes() + " were promised");
            }
            file.force();
            directory.files().rename(unfinished, directory.fetched(id));
            directory.sync();
            SegmentName name = new SegmentName(id, part.length(), part.footerCrc());
            try {
                Segment segment = Segment.open(directory.files(), directory.fetched(id), name);
                fetched.computeIfAbsent(part, _ -> new ArrayList<>()).add(new Whole(segment, bodyCrc));
                chosen.add(segment);
            } catch (CorruptStoreException e) {
                directory.deleteFetched(id);
                throw new IOException("what arrived is no segment: " + e.getMessage(), e);
            }
        }

        /** Ends it; a file that is not finished is deleted at the next start, or written over by the next try. */
        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /**
     * Publishes the checkpoint with the segments taken since {@link #begin}, in that order. When it returns, a restart
     * finds the new checkpoint.
     *
     * <p>First the manifest is made durable under its temporary name, which explains the numbers of the segments, then they
     * get theirs, then the manifest its own. So a crash leaves the old checkpoint or the new one.
     *
     * @throws IOException if the disk fails; see {@link #mayBePublished}
     */
    public void publish(Checkpoint checkpoint) throws IOException {
        if (publishing) {
            throw new IllegalStateException("a checkpoint is published once");
        }
        generation = Math.max(before + 1, lastId);
        Manifest manifest = new Manifest(
                generation, checkpoint, chosen.stream().map(Segment::name).toList());
        directory.prepare(manifest);
        for (Segment segment : chosen) {
            if (own.contains(segment)) {
                segment.retain();
                installed.add(segment);
            } else {
                Path file = directory.segment(segment.name().id());
                directory.files().rename(segment.file(), file);
                installed.add(Segment.open(directory.files(), file, segment.name()));
            }
        }
        index.replace(Set.of(), installed);
        if (index.overlapping() != null) {
            throw new IOException("the segments of the checkpoint that was fetched overlap");
        }
        directory.sync();
        publishing = true;
        directory.publish(manifest);
        published = true;
    }

    /** After a {@link #publish} that failed: whether a restart may find the new checkpoint. Then only a restart knows. */
    public boolean mayBePublished() {
        return publishing;
    }

    boolean isPublished() {
        return published;
    }

    long generation() {
        return generation;
    }

    ChunkIndex index() {
        return index;
    }

    /** What the store consists of from now on, and is to let go of in the end. */
    List<Segment> takeInstalled() {
        List<Segment> taken = List.copyOf(installed);
        installed.clear();
        return taken;
    }

    /** Lets go of the files. What was fetched and is not used by a published checkpoint waits for the next try. */
    @Override
    public void close() {
        own.forEach(Segment::release);
        installed.forEach(Segment::release);
        installed.clear();
        fetched.values()
                .forEach(wholes -> wholes.forEach(whole -> whole.segment().release()));
        fetched.clear();
        if (published) {
            directory.deleteFetched();
        }
    }
}
