package weir.storage;

import java.io.IOException;

/** A segment to be read whole, to find what the disk has changed before a client or another replica needs it. */
public final class SegmentCheck implements AutoCloseable {
    private final Segment segment;

    /** On the shard's thread; holds the file until it is closed. */
    SegmentCheck(Segment segment) {
        this.segment = segment;
        segment.retain();
    }

    /** Of the segment in this store; rises with the segments to come. */
    public long id() {
        return segment.name().id();
    }

    /**
     * On any thread.
     *
     * @throws CorruptStoreException if a byte is not what was written: the replica must stop
     */
    public void run(Pace pace) throws IOException, InterruptedException {
        SegmentVerifier.verify(segment, pace);
    }

    @Override
    public void close() {
        segment.release();
    }
}
