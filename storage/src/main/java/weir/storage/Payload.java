package weir.storage;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import weir.core.Bytes;

/**
 * The place of a batch's payload, found on the shard's thread; any thread may then read it, once.
 *
 * <p>A payload on disk holds its segment: the file stays until it was read or closed, although a checkpoint may have
 * dropped the segment meanwhile. So as many dropped segments can stay on disk as payloads are out, which whoever asks
 * for them bounds by what it delivers at a time. One that was never read nor closed costs its file's space until the
 * restart.
 */
public sealed interface Payload extends AutoCloseable {
    /** The encoding of the batch, see {@link weir.core.Batch#format}. */
    int format();

    /**
     * The payload's bytes.
     *
     * @throws CorruptStoreException if they are not what was written
     */
    Bytes read() throws IOException;

    /** Gives up a payload that is not going to be read; does nothing after {@link #read}. */
    @Override
    void close();

    /** One that is still in memory. */
    record InMemory(int format, Bytes bytes) implements Payload {
        @Override
        public Bytes read() {
            return bytes;
        }

        @Override
        public void close() {} // Holds nothing.
    }

    /** One in a segment. */
    final class OnDisk implements Payload {
        private final int format;
        private final Segment segment;
        private final PayloadPlace place;
        private final BlockCache cache;
        private final AtomicBoolean released = new AtomicBoolean();

        /** On the shard's thread, while the store still holds the segment. */
        OnDisk(int format, Segment segment, PayloadPlace place, BlockCache cache) {
            this.format = format;
            this.segment = segment;
            this.place = place;
            this.cache = cache;
            segment.retain();
        }

        @Override
        public int format() {
            return format;
        }

        @Override
        public Bytes read() throws IOException {
            if (released.get()) {
                throw new IllegalStateException("a payload is read once");
            }
            try {
                return segment.payload(place, cache);
            } finally {
                close();
            }
        }

        @Override
        public void close() {
            if (released.compareAndSet(false, true)) {
                segment.release();
            }
        }
    }
}
