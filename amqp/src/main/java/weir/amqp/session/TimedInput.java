package weir.amqp.session;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Knows since when its reader has been waiting for the client; a reader that waits for something else is not meant. Counts what
 * it has read.
 */
final class TimedInput extends FilterInputStream {
    private volatile long readingSinceNanos;

    private final Traffic<Traffic.Carried> carried;

    TimedInput(InputStream in, Traffic<Traffic.Carried> carried) {
        super(in);
        this.carried = carried;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        readingSinceNanos = System.nanoTime() | 1; // Never the 0 that means no reading.
        try {
            int octets = super.read(bytes, offset, length);
            carried.add(Traffic.Carried.RECV_OCT, octets); // The end is none.
            carried.add(Traffic.Carried.RECV_CNT, 1);
            return octets;
        } finally {
            readingSinceNanos = 0;
        }
    }

    /** How long the client has been silent while somebody listened; 0 if nobody does. */
    long silentNanos(long nowNanos) {
        long since = readingSinceNanos;
        return since == 0 ? 0 : nowNanos - since;
    }
}
