package weir.storage;

/**
 * Consecutive batches of one log in one segment. Sixty-four bytes, and all that the memory holds of them: 10 million
 * small messages are some 15 000 of these. Owned by the shard's thread.
 */
final class Chunk {
    private final Segment segment;
    private final long first;
    private final long end;
    private final long metaPosition;
    private final int metaBytes;
    private final int payloadBytes;
    private final int liveAtWrite;
    private int live;

    Chunk(Segment segment, SegmentFormat.ChunkEntry entry) {
        this.segment = segment;
        first = entry.first();
        end = entry.end();
        metaPosition = entry.metaPosition();
        metaBytes = entry.metaBytes();
        payloadBytes = entry.payloadBytes();
        liveAtWrite = entry.liveAtWrite();
        live = liveAtWrite;
    }

    Segment segment() {
        return segment;
    }

    long first() {
        return first;
    }

    /** The offset after its last message. */
    long end() {
        return end;
    }

    long metaPosition() {
        return metaPosition;
    }

    int metaBytes() {
        return metaBytes;
    }

    long bytes() {
        return (long) payloadBytes + metaBytes;
    }

    /** Messages that were live when last counted: at the restart or the last checkpoint. Never rises. */
    int live() {
        return live;
    }

    void live(long count) {
        live = (int) Math.min(live, count);
    }

    /**
     * The share of its bytes that is still needed, as far as counting messages can tell. Measured by what was live when
     * it was written, not by what is in it: a large batch with one live message stays whole however often it is
     * rewritten, and must not be rewritten again and again.
     */
    long liveBytes() {
        return liveAtWrite == 0 ? 0 : bytes() * live / liveAtWrite;
    }

    /** Whether so much is live that asking for each message would cost more than it saves. */
    boolean mostlyLive() {
        return 4L * live >= 3L * liveAtWrite;
    }
}
