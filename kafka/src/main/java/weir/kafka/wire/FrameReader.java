package weir.kafka.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Reads requests from a socket: four bytes of length, then as many. Memory is taken as bytes come, not as they are announced, and
 * all that was announced has to come in time. One thread's.
 */
public final class FrameReader {
    private static final int LENGTH_BYTES = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Socket socket;
    private final InputStream in;
    private final Room room;

    /** @param in of the socket, or of TLS over it; the socket's timeout holds for both */
    public FrameReader(Socket socket, InputStream in, Room room) {
        this.socket = socket;
        this.in = in;
        this.room = room;
    }

    /**
     * The next request; empty if the client has closed the connection between two.
     *
     * @throws MalformedFrameException if what comes cannot be one
     * @throws IOException if the client is gone, or too slow
     */
    public Optional<Frame> read() throws IOException, InterruptedException {
        byte[] head = new byte[LENGTH_BYTES];
        socket.setSoTimeout((int) WireLimits.IDLE.toMillis());
        int first = in.read(head, 0, LENGTH_BYTES);
        if (first < 0) {
            return Optional.empty();
        }
        long deadline = System.nanoTime() + WireLimits.FRAME.toNanos();
        fill(head, first, LENGTH_BYTES, deadline);
        int length = ByteBuffer.wrap(head).getInt();
        if (length < WireLimits.REQUEST_BYTES_MIN || length > WireLimits.PRODUCE_BYTES_MAX) {
            throw new MalformedFrameException("a request of " + length + " bytes; allowed is "
                    + WireLimits.REQUEST_BYTES_MIN + " to " + WireLimits.PRODUCE_BYTES_MAX);
        }
        return Optional.of(new Frame(body(length, deadline), room));
    }

    private byte[] body(int length, long deadline) throws IOException, InterruptedException {
        long taken = 0;
        boolean whole = false;
        try {
            byte[] bytes = new byte[0];
            int there = 0;
            while (there < length) {
                int next = (int)
                        Math.min(length, Math.max(WireLimits.FIRST_BYTES, (long) bytes.length * WireLimits.GROWTH));
                if (!room.take(next - bytes.length, WireLimits.ROOM)) {
                    throw new IOException("no room for a request in " + WireLimits.ROOM);
                }
                taken = next;
                bytes = Arrays.copyOf(bytes, next);
                if (there == 0) {
                    fill(bytes, 0, WireLimits.REQUEST_BYTES_MIN, deadline);
                    there = WireLimits.REQUEST_BYTES_MIN;
                    checkLength(ByteBuffer.wrap(bytes).getShort(), length);
                }
                fill(bytes, there, next, deadline);
                there = next;
            }
            whole = true;
            return bytes;
        } finally {
            if (!whole) {
                room.give(taken);
            }
        }
    }

    private static void checkLength(short key, int length) throws MalformedFrameException {
        if (key != ApiKeys.PRODUCE.id && length > WireLimits.REQUEST_BYTES_MAX) {
            throw new MalformedFrameException("a request of " + length + " bytes with key " + key + "; allowed is "
                    + WireLimits.REQUEST_BYTES_MAX);
        }
    }

    private void fill(byte[] bytes, int from, int to, long deadline) throws IOException {
        int there = from;
        while (there < to) {
            long millis = (deadline - System.nanoTime()) / NANOS_PER_MILLI;
            if (millis <= 0) {
                throw new IOException("a request was not there in " + WireLimits.FRAME);
            }
            socket.setSoTimeout((int) millis);
            int read = in.read(bytes, there, to - there);
            if (read < 0) {
                throw new EOFException("the connection ended within a request");
            }
            there += read;
        }
    }
}
