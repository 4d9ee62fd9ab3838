package weir.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import weir.core.Bytes;
import weir.core.LogId;

/**
 * An immutable segment file that is open. Read by any thread; the chunks in it belong to the shard's.
 *
 * <p>Held by the store while a manifest names it and by every payload that is still to be read from it. The last one to
 * let go closes it and, if it was dropped, deletes the file.
 */
final class Segment {
    /** The chunks of one log, by rising offset. */
    record LogChunks(LogId log, List<Chunk> chunks) {}

    private final FileSystem files;
    private final Path file;
    private final SegmentName name;
    private final FileSystem.RandomReader reader;
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile boolean dropped;
    private List<LogChunks> logs = List.of();

    private Segment(FileSystem files, Path file, SegmentName name, FileSystem.RandomReader reader) {
        this.files = files;
        this.file = file;
        this.name = name;
        this.reader = reader;
    }

    /**
     * Opens a segment and checks header, footer and trailer. Chunks are checked when they are read.
     *
     * @throws CorruptStoreException if it is missing, or not the one that is named
     */
    static Segment open(FileSystem files, Path file, SegmentName name) throws IOException {
        FileSystem.RandomReader reader;
        try {
            reader = files.open(file);
        } catch (NoSuchFileException _) {
            throw CorruptStoreException.of(file, "it is missing, and the manifest names it");
        }
        Segment segment = new Segment(files, file, name, reader);
        try {
            segment.logs = segment.readFooter();
            return segment;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Opens a file that no manifest names yet; what it is says only the file itself.
     *
     * @throws CorruptStoreException if it is no whole segment with that id
     */
    static Segment openUnnamed(FileSystem files, Path file, long id) throws IOException {
        SegmentName name;
        try (FileSystem.RandomReader reader = files.open(file)) {
            long size = reader.size();
            if (size < SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES) {
                throw CorruptStoreException.of(file, "it has only " + size + " bytes");
            }
            SegmentFormat.Trailer trailer = SegmentFormat.readTrailer(
                    file, SegmentFormat.read(reader, size - SegmentFormat.TRAILER_BYTES, SegmentFormat.TRAILER_BYTES));
            name = new SegmentName(id, size, trailer.footerCrc());
        }
        return open(files, file, name);
    }

    private List<LogChunks> readFooter() throws IOException {
        if (reader.size() != name.length()) {
            throw CorruptStoreException.of(
                    file, "it has " + reader.size() + " bytes, and the manifest tells " + name.length());
        }
        SegmentFormat.checkHeader(file, SegmentFormat.read(reader, 0, SegmentFormat.HEADER_BYTES), name.id());
        long trailerPosition = name.length() - SegmentFormat.TRAILER_BYTES;
        SegmentFormat.Trailer trailer = SegmentFormat.readTrailer(
                file, SegmentFormat.read(reader, trailerPosition, SegmentFormat.TRAILER_BYTES));
        if (trailer.footerCrc() != name.footerCrc()
                || trailer.footerPosition() < SegmentFormat.HEADER_BYTES
                || trailer.footerPosition() + trailer.footerBytes() != trailerPosition) {
            throw CorruptStoreException.of(file, "its trailer is not that of the segment in the manifest");
        }
        Bytes footer = SegmentFormat.read(reader, trailer.footerPosition(), trailer.footerBytes());
        if (Checksum.of(footer) != trailer.footerCrc()) {
            throw CorruptStoreException.of(file, "the checksum of its footer does not match");
        }
        List<LogChunks> found = new ArrayList<>();
        for (SegmentFormat.LogEntry entry : SegmentFormat.readFooter(file, footer, trailer.footerPosition())) {
            List<Chunk> chunks = new ArrayList<>(entry.chunks().size());
            for (SegmentFormat.ChunkEntry chunk : entry.chunks()) {
                chunks.add(new Chunk(this, chunk));
            }
            found.add(new LogChunks(entry.log(), List.copyOf(chunks)));
        }
        return List.copyOf(found);
    }

    SegmentName name() {
        return name;
    }

    Path file() {
        return file;
    }

    /** By rising log. */
    List<LogChunks> logs() {
        return logs;
    }

    /** @throws CorruptStoreException if the chunk's meta is not what was written */
    ChunkMeta meta(LogId log, Chunk chunk) throws IOException {
        return ChunkMeta.decode(file, SegmentFormat.read(reader, chunk.metaPosition(), chunk.metaBytes()), log, chunk);
    }

    /** @throws CorruptStoreException if the payload is not what was written */
    Bytes payload(PayloadPlace place, BlockCache cache) throws IOException {
        if (place.position() < 0 || place.position() > name.length() - place.length()) {
            throw CorruptStoreException.of(file, "the payload at " + place.position() + " lies outside of it");
        }
        Bytes payload = place.length() > StorageLimits.CACHED_PAYLOAD_BYTES_MAX
                ? SegmentFormat.read(reader, place.position(), place.length())
                : cache.read(this, place.position(), place.length());
        if (Checksum.of(payload) != place.crc()) {
            throw CorruptStoreException.of(
                    file, "the checksum of the payload at " + place.position() + " does not match");
        }
        return payload;
    }

    /** Bytes as they are in the file, unchecked. */
    Bytes read(long position, int length) throws IOException {
        return SegmentFormat.read(reader, position, length);
    }

    /** The block with that number: {@link StorageLimits#BLOCK_BYTES}, less at the file's end. */
    byte[] block(long number) throws IOException {
        long position = number * StorageLimits.BLOCK_BYTES;
        int length = (int) Math.min(StorageLimits.BLOCK_BYTES, name.length() - position);
        return SegmentFormat.read(reader, position, length).array();
    }

    void retain() {
        int before = holders.getAndUpdate(n -> n == 0 ? 0 : n + 1);
        if (before == 0) {
            throw new IllegalStateException(file + " is closed");
        }
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            quietly(reader::close);
            if (dropped) {
                quietly(() -> files.delete(file));
            }
        }
    }

    /** Lets go of a segment that no manifest names any more. */
    void drop() {
        dropped = true;
        release();
    }

    private static void quietly(FileAction action) {
        try {
            action.run();
        } catch (IOException _) {
            // Nothing is lost by it, and what is left over is deleted at the next start: no manifest names it.
        }
    }

    private interface FileAction {
        void run() throws IOException;
    }
}
