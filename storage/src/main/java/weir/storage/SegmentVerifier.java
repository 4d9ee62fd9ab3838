package weir.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import weir.core.Bytes;
import weir.core.LogId;

/**
 * Reads a segment from front to end, once, and holds every byte against its checksum: header, payloads, metas, footer and
 * trailer. A payload that several batches share is checked with the chunk that it was written with.
 *
 * <p>What comes out is the CRC32C of everything behind the header. The header has only the number that the segment bears
 * in one replica's directory; the rest is the same wherever the segment is copied to.
 */
final class SegmentVerifier {
    private final Segment segment;
    private final Path file;
    private final Pace pace;
    private final CRC32C body = new CRC32C();
    private long at = SegmentFormat.HEADER_BYTES;

    private SegmentVerifier(Segment segment, Pace pace) {
        this.segment = segment;
        this.file = segment.file();
        this.pace = pace;
    }

    /** @throws CorruptStoreException if the file is not what was written */
    static int verify(Segment segment, Pace pace) throws IOException, InterruptedException {
        return new SegmentVerifier(segment, pace).verify();
    }

    private int verify() throws IOException, InterruptedException {
        try {
            SegmentFormat.checkHeader(
                    file,
                    segment.read(0, SegmentFormat.HEADER_BYTES),
                    segment.name().id());
            for (Segment.LogChunks log : segment.logs()) {
                for (Chunk chunk : log.chunks()) {
                    check(log.log(), chunk);
                }
            }
            checkEnd();
        } catch (EOFException e) {
            throw CorruptStoreException.of(file, "it has become shorter: " + e.getMessage());
        }
        return (int) body.getValue();
    }

    /** The payloads of a chunk that are its own, and behind them its meta. At most a chunk and one large batch. */
    private void check(LogId log, Chunk chunk) throws IOException, InterruptedException {
        int payloadBytes = Math.toIntExact(chunk.metaPosition() - at);
        Bytes bytes = next(payloadBytes + chunk.metaBytes());
        ChunkMeta meta = ChunkMeta.decode(file, bytes.slice(payloadBytes, chunk.metaBytes()), log, chunk);
        for (PayloadPlace place : meta.places()) {
            if (place.position() < at) {
                continue; // Shared with a chunk before, and checked there.
            }
            long from = place.position() - at;
            if (from > payloadBytes - place.length()
                    || Checksum.of(bytes.slice((int) from, place.length())) != place.crc()) {
                throw CorruptStoreException.of(
                        file, "the checksum of the payload at " + place.position() + " does not match");
            }
        }
        at += bytes.length();
    }

    private void checkEnd() throws IOException, InterruptedException {
        Bytes end = next(Math.toIntExact(segment.name().length() - at));
        int footerBytes = end.length() - SegmentFormat.TRAILER_BYTES;
        SegmentFormat.readTrailer(file, end.slice(footerBytes, SegmentFormat.TRAILER_BYTES));
        if (Checksum.of(end.slice(0, footerBytes)) != segment.name().footerCrc()) {
            throw CorruptStoreException.of(file, "the checksum of its footer does not match");
        }
    }

    private Bytes next(int length) throws IOException, InterruptedException {
        pace.take(length);
        Bytes bytes = segment.read(at, length);
        body.update(bytes.array(), bytes.offset(), bytes.length());
        return bytes;
    }
}
