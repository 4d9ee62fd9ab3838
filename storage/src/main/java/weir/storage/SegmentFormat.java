package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.Limits;
import weir.core.LogId;
import weir.core.codec.CorruptDataException;
import weir.core.codec.IdCodec;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * The fixed parts of a segment file: header, chunks (payloads, then their meta), footer, trailer.
 *
 * <p>A reader starts at the trailer, whose place is known by the file's length; it says where the footer is, and the
 * footer where every chunk is. Nothing before the footer is read to open a segment.
 */
final class SegmentFormat {
    static final int VERSION = 1;

    /** Magic, version, id, CRC32C of these. */
    static final int HEADER_BYTES = 8 + 4 + 8 + 4;

    /** Footer's position, length and CRC32C, magic, CRC32C of these. */
    static final int TRAILER_BYTES = 8 + 4 + 4 + 8 + 4;

    private static final long HEADER_MAGIC = 0x57454952_5345474DL; // "WEIRSEGM"
    private static final long TRAILER_MAGIC = 0x57454952_53454E44L; // "WEIRSEND"

    private SegmentFormat() {}

    /**
     * A chunk as the footer lists it.
     *
     * @param first offset of its first message
     * @param end the offset after its last; between the two, dead messages may be missing
     * @param messages that are in it
     * @param liveAtWrite how many of them were live when it was written
     * @param metaPosition where its meta block begins; the payloads that are its own end there
     * @param metaBytes size of the meta block, with its CRC32C
     * @param payloadBytes of its batches, also of payloads that lie with another chunk
     */
    record ChunkEntry(
            long first, long end, int messages, int liveAtWrite, long metaPosition, int metaBytes, int payloadBytes) {}

    /** The chunks of one log in a segment, by rising offset. */
    record LogEntry(LogId log, List<ChunkEntry> chunks) {}

    record Trailer(long footerPosition, int footerBytes, int footerCrc) {}

    static Bytes header(long id) {
        return sealed(new Writer(HEADER_BYTES).i64(HEADER_MAGIC).i32(VERSION).i64(id));
    }

    static void checkHeader(Path file, Bytes header, long id) {
        Reader in = new Reader(header);
        if (in.i64() != HEADER_MAGIC) {
            throw CorruptStoreException.of(file, "it does not begin as a segment does");
        }
        int version = in.i32();
        if (version > VERSION) {
            throw CorruptStoreException.newer(file, version, VERSION);
        }
        if (version != VERSION || in.i64() != id || !isSealed(header)) {
            throw CorruptStoreException.of(file, "its header is not that of segment " + id);
        }
    }

    static Bytes trailer(Trailer trailer) {
        return sealed(new Writer(TRAILER_BYTES)
                .i64(trailer.footerPosition())
                .i32(trailer.footerBytes())
                .i32(trailer.footerCrc())
                .i64(TRAILER_MAGIC));
    }

    static Trailer readTrailer(Path file, Bytes bytes) {
        Reader in = new Reader(bytes);
        Trailer trailer = new Trailer(in.i64(), in.i32(), in.i32());
        if (in.i64() != TRAILER_MAGIC || !isSealed(bytes)) {
            throw CorruptStoreException.of(file, "it does not end as a segment does");
        }
        return trailer;
    }

    static Bytes footer(List<LogEntry> logs) {
        Writer out = new Writer(1024);
        long metaEnd = HEADER_BYTES;
        for (LogEntry entry : logs) {
            IdCodec.write(out, entry.log().partition());
            out.varint(entry.log().level()).varint(entry.chunks().size());
            long end = 0;
            for (ChunkEntry chunk : entry.chunks()) {
                out.varint(chunk.first() - end).varint(chunk.end() - chunk.first());
                out.varint(chunk.messages()).varint(chunk.liveAtWrite());
                out.varint(chunk.metaPosition() - metaEnd).varint(chunk.metaBytes());
                out.varint(chunk.payloadBytes());
                end = chunk.end();
                metaEnd = chunk.metaPosition() + chunk.metaBytes();
            }
        }
        return out.bytes();
    }

    /** @throws CorruptStoreException if the logs or the offsets in them do not rise, or a chunk lies outside the file */
    static List<LogEntry> readFooter(Path file, Bytes footer, long footerPosition) {
        try {
            List<LogEntry> logs = new ArrayList<>();
            Reader in = new Reader(footer);
            long metaEnd = HEADER_BYTES;
            while (in.hasMore()) {
                LogId log = readLog(in);
                require(logs.isEmpty() || logs.getLast().log().compareTo(log) < 0, "the logs do not rise");
                int count = in.count(in.remaining());
                List<ChunkEntry> chunks = new ArrayList<>(count);
                long end = 0;
                for (int i = 0; i < count; i++) {
                    long first = end + in.varint();
                    long length = in.varint();
                    require(first >= end && length > 0 && first + length > first, "the offsets do not rise");
                    end = first + length;
                    int messages = in.count(Integer.MAX_VALUE);
                    int live = in.count(messages);
                    long skipped = in.varint();
                    int metaBytes = in.count(Integer.MAX_VALUE);
                    require(skipped >= 0 && skipped <= footerPosition - metaEnd - metaBytes, "a chunk is outside");
                    chunks.add(new ChunkEntry(
                            first, end, messages, live, metaEnd + skipped, metaBytes, in.count(Integer.MAX_VALUE)));
                    metaEnd += skipped + metaBytes;
                }
                logs.add(new LogEntry(log, chunks));
            }
            return logs;
        } catch (CorruptDataException | IllegalArgumentException e) {
            throw CorruptStoreException.of(file, "in its footer, " + e.getMessage());
        }
    }

    static LogId readLog(Reader in) {
        return new LogId(IdCodec.readPartition(in), in.count(Limits.PRIORITY_LEVELS_MAX - 1));
    }

    /** Closes a block with the CRC32C of what is in it. */
    static Bytes sealed(Writer out) {
        int crc = Checksum.of(out.bytes());
        return out.i32(crc).bytes();
    }

    static boolean isSealed(Bytes block) {
        int length = block.length() - Integer.BYTES;
        return length >= 0
                && new Reader(block.slice(length, Integer.BYTES)).i32() == Checksum.of(block.slice(0, length));
    }

    static Bytes read(FileSystem.RandomReader from, long position, int length) throws IOException {
        byte[] array = new byte[length];
        from.read(position, java.nio.ByteBuffer.wrap(array));
        return Bytes.of(array);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new CorruptDataException(otherwise);
        }
    }
}
