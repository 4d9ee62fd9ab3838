package weir.kafka.session;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Knows since when its writer has been waiting for the client to take the next piece. Written by one thread, asked by any. */
final class StallingOutput extends FilterOutputStream {
    /** When a piece was begun that has not been taken; 0 while there is none. */
    private volatile long writingSinceNanos;

    StallingOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int from = offset; from < end; from += SessionLimits.WRITE_BYTES) {
            writingSinceNanos = System.nanoTime() | 1; // Never the 0 that means none.
            out.write(bytes, from, Math.min(SessionLimits.WRITE_BYTES, end - from));
        }
        writingSinceNanos = 0;
    }

    /** How long the client has taken nothing; 0 if it is given nothing. */
    long stalledNanos(long nowNanos) {
        long since = writingSinceNanos;
        return since == 0 ? 0 : nowNanos - since;
    }
}
