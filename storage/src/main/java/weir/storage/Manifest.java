package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * What a checkpoint consists of: the machine's state, and the segments that hold the messages it counts as live.
 *
 * @param generation rises by one with each manifest of a store
 * @param segments by rising id; each may hold messages that are settled, too
 */
record Manifest(long generation, Checkpoint checkpoint, List<SegmentName> segments) {
    static final int VERSION = 1;

    private static final long MAGIC = 0x57454952_4D414E49L; // "WEIRMANI"

    /** Magic, version and CRC32C: less is no manifest. */
    private static final int BYTES_MIN = 8 + 4 + 4;

    Manifest {
        Check.atLeast("generation", generation, 1);
        segments = List.copyOf(segments);
    }

    /** Reads a manifest that was renamed to its place, so that it was once complete and synced. */
    static Manifest read(Path file, Bytes content) {
        if (content.length() < BYTES_MIN) {
            throw CorruptStoreException.of(file, "it has only " + content.length() + " bytes");
        }
        Reader in = new Reader(content.slice(0, content.length() - Integer.BYTES));
        if (in.i64() != MAGIC) {
            throw CorruptStoreException.of(file, "it does not begin as a manifest does");
        }
        int version = in.i32();
        if (version > VERSION) {
            throw CorruptStoreException.newer(file, version, VERSION);
        }
        if (version != VERSION || !SegmentFormat.isSealed(content)) {
            throw CorruptStoreException.of(file, "its checksum does not match");
        }
        try {
            return body(in);
        } catch (CorruptDataException | IllegalArgumentException e) {
            throw CorruptStoreException.of(file, "its content cannot be read: " + e.getMessage());
        }
    }

    private static Manifest body(Reader in) {
        long generation = in.varint();
        long term = in.varint();
        long index = in.varint();
        int count = in.count(in.remaining());
        List<SegmentName> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            segments.add(new SegmentName(in.varint(), in.varint(), in.i32()));
        }
        Bytes state = in.bytes();
        if (in.hasMore()) {
            throw new CorruptDataException(in.remaining() + " bytes follow the state");
        }
        return new Manifest(generation, new Checkpoint(term, index, state), segments);
    }

    void write(FileSystem.Appender file) throws IOException {
        Writer head = new Writer(64 + 24 * segments.size()).i64(MAGIC).i32(VERSION);
        head.varint(generation).varint(checkpoint.term()).varint(checkpoint.index());
        head.varint(segments.size());
        for (SegmentName segment : segments) {
            head.varint(segment.id()).varint(segment.length()).i32(segment.footerCrc());
        }
        Bytes state = checkpoint.state();
        Bytes front = head.varint(state.length()).bytes();
        CRC32C crc = new CRC32C();
        crc.update(front.buffer());
        crc.update(state.buffer());
        file.write(front.buffer());
        file.write(state.buffer()); // It may be large, so it is not copied.
        file.write(new Writer(Integer.BYTES).i32((int) crc.getValue()).bytes().buffer());
    }
}
