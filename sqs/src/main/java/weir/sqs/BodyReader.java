package weir.sqs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import weir.core.Bytes;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * Reads request bodies into memory, all of them together within a budget. Memory is taken for what has come, not for what a
 * client says will come: a header costs nothing to write.
 */
final class BodyReader {
    private final AtomicLong used = new AtomicLong();
    private final long bytesMax;

    /** @param bytesMax for all bodies that are being read, beyond the free beginning of each */
    BodyReader(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A body, which has its share of the budget until it is closed. */
    final class Body implements AutoCloseable {
        private byte[] buffer;
        private int size;
        private long share;

        private Body(int capacity) {
            buffer = new byte[capacity];
        }

        Bytes bytes() {
            return new Bytes(buffer, 0, size);
        }

        private void read(InputStream in) throws IOException {
            for (int count = 0; count >= 0; count = in.read(buffer, size, buffer.length - size)) {
                size += count;
                if (size == buffer.length) {
                    grow();
                }
            }
        }

        private void grow() {
            // One byte more than the largest body, in which its end is found.
            int capacity = Math.min(buffer.length * 2, SqsLimits.REQUEST_BYTES + 1);
            take(capacity - buffer.length);
            buffer = Arrays.copyOf(buffer, capacity);
        }

        private void take(int bytes) {
            if (used.addAndGet(bytes) > bytesMax) {
                used.addAndGet(-bytes);
                throw SqsError.SERVICE_UNAVAILABLE.because("Too many large requests are being read at the same time.");
            }
            share += bytes;
        }

        @Override
        public void close() {
            used.addAndGet(-share);
            share = 0;
        }
    }

    /**
     * Reads to the end.
     *
     * @param announced bytes that the client said would come; negative if it did not say
     * @throws SqsException if all bodies together would become too large
     */
    Body read(InputStream in, long announced) throws IOException {
        boolean small = announced >= 0 && announced < SqsLimits.BODY_BYTES_FREE;
        Body body = new Body(small ? (int) announced + 1 : SqsLimits.BODY_BYTES_FREE);
        boolean whole = false;
        try {
            body.read(in);
            whole = true;
            return body;
        } finally {
            if (!whole) {
                body.close();
            }
        }
    }
}
