package weir.storage;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import weir.core.Bytes;
import weir.core.Check;

/**
 * A published checkpoint whose files stay until this is closed, whatever checkpoints follow: for a reader that copies them
 * to another replica. One thread at a time reads; {@link #close} may come from any.
 */
public final class PinnedCheckpoint implements AutoCloseable {
    /**
     * A segment as two replicas speak of it; its number means something in one directory only.
     *
     * @param length of the file in bytes
     * @param footerCrc CRC32C of its footer
     */
    public record Part(long length, int footerCrc) {
        public Part {
            Check.atLeast("segment length", length, SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES);
        }

        /** What is copied: all but the header, which each replica writes for itself. */
        public long bodyBytes() {
            return length - SegmentFormat.HEADER_BYTES;
        }
    }

    private final StoreDirectory directory;
    private final long generation;
    private final List<Segment> segments;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** On the shard's thread. */
    PinnedCheckpoint(StoreDirectory directory, long generation, List<Segment> segments) {
        this.directory = directory;
        this.generation = generation;
        this.segments = List.copyOf(segments);
        directory.hold(generation);
        segments.forEach(Segment::retain);
    }

    /**
     * Reads it from its manifest.
     *
     * @throws CorruptStoreException if that is damaged: the replica must stop
     */
    public Checkpoint load() throws IOException {
        return directory.read(generation).checkpoint();
    }

    public List<Part> parts() {
        return segments.stream()
                .map(segment -> new Part(segment.name().length(), segment.name().footerCrc()))
                .toList();
    }

    /**
     * Holds every byte of a segment against its checksums, before any of it is given away.
     *
     * @return CRC32C of its body, to compare copies by
     * @throws CorruptStoreException if it is damaged: the replica must stop
     */
    public int verify(int part, Pace pace) throws IOException, InterruptedException {
        return SegmentVerifier.verify(segments.get(part), pace);
    }

    /** @param position in the body */
    public Bytes read(int part, long position, int length) throws IOException {
        Segment segment = segments.get(part);
        long bodyBytes = segment.name().length() - SegmentFormat.HEADER_BYTES;
        Check.inRange("position", position, 0, bodyBytes);
        Check.inRange("length", length, 0, bodyBytes - position);
        return segment.read(SegmentFormat.HEADER_BYTES + position, length);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            segments.forEach(Segment::release);
            directory.release(generation);
        }
    }
}
