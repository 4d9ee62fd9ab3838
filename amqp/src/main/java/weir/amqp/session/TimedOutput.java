package weir.amqp.session;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Knows since when its writer has been waiting for the client to take the next piece: one that reads slowly takes one after
 * the other, however long the whole of a large message lasts. Counts what was taken.
 */
final class TimedOutput extends FilterOutputStream {
    /** When a piece was begun that has not been taken; 0 while there is none. */
    private volatile long writingSinceNanos;

    private volatile long lastWriteNanos = System.nanoTime();

    private final Traffic<Traffic.Carried> carried;

    TimedOutput(OutputStream out, Traffic<Traffic.Carried> carried) {
        super(out);
        this.carried = carried;
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
            carried.add(Traffic.Carried.SEND_CNT, 1);
        }
        carried.add(Traffic.Carried.SEND_OCT, length);
        taken();
    }

    @Override
    public void flush() throws IOException {
        writingSinceNanos = System.nanoTime() | 1;
        out.flush();
        taken();
    }

    private void taken() {
        lastWriteNanos = System.nanoTime();
        writingSinceNanos = 0;
    }

    /** How long the client has taken nothing; 0 if it is given nothing. */
    long stalledNanos(long nowNanos) {
        long since = writingSinceNanos;
        return since == 0 ? 0 : nowNanos - since;
    }

    long lastWriteNanos() {
        return lastWriteNanos;
    }
}
