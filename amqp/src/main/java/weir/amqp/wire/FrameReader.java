package weir.amqp.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Cuts frames out of a stream. One thread reads.
 *
 * <p>Frames are slices of the chunks that were read, so nothing is copied here but what a chunk cut in two. A chunk is
 * never written over; whoever keeps a slice keeps its chunk. Chunks grow with what a connection sends and shrink again,
 * so that idle ones cost little.
 *
 * <p>If the stream throws because of a timeout, nothing is lost: the next call goes on where that one stopped.
 */
public final class FrameReader {
    private static final int HEADER_BYTES = WireLimits.FRAME_OVERHEAD - 1;

    private final InputStream in;
    private int frameMax;
    private byte[] chunk = new byte[WireLimits.CHUNK_BYTES_MIN];
    private int from;
    private int to;
    private int nextChunkBytes = WireLimits.CHUNK_BYTES_MIN;
    /** Whether the last read brought less than there was room for. */
    private boolean drained;

    public FrameReader(InputStream in) {
        this.in = in;
        this.frameMax = WireLimits.FRAME_MAX_BEFORE_TUNING;
    }

    /** @param bytes what was negotiated, overhead included; more than 0 */
    public void frameMax(int bytes) {
        frameMax = bytes;
    }

    /** The first eight bytes of a connection; null if the client went without a word. */
    public @Nullable ProtocolHeader readProtocolHeader() throws IOException {
        if (!fill(ProtocolHeader.BYTES)) {
            return null;
        }
        ProtocolHeader header = ProtocolHeader.of(new Bytes(chunk, from, ProtocolHeader.BYTES));
        from += ProtocolHeader.BYTES;
        return header;
    }

    /**
     * The next frame; null if the client closed its side after the last one.
     *
     * @throws AmqpException if a frame is too large or does not end where it said. Nothing after it can be trusted
     * @throws EOFException if the stream ends within a frame
     */
    public @Nullable Frame read() throws IOException, AmqpException {
        if (!fill(HEADER_BYTES)) {
            return null;
        }
        int type = chunk[from] & 0xFF;
        int channel = BigEndian.u16(chunk, from + 1);
        int size = payloadBytes();
        int payloadMax = frameMax - WireLimits.FRAME_OVERHEAD;
        if (Integer.compareUnsigned(size, payloadMax + WireLimits.FRAME_FUDGE) > 0) {
            throw new Frame(type, channel, Bytes.EMPTY)
                    .broken("{frame_too_large," + Integer.toUnsignedString(size) + "," + payloadMax + "}");
        }
        if (!fill(size + WireLimits.FRAME_OVERHEAD)) {
            throw new EOFException("within a frame");
        }
        Frame frame = new Frame(type, channel, new Bytes(chunk, from + HEADER_BYTES, size));
        int marker = chunk[from + HEADER_BYTES + size] & 0xFF;
        from += size + WireLimits.FRAME_OVERHEAD;
        if (marker != Frame.END) {
            throw frame.broken("{invalid_frame_end_marker," + marker + "}");
        }
        return frame;
    }

    /** Whether reading a frame would ask the stream for bytes of which, as far as is known, it has none yet. */
    public boolean wouldAsk() {
        return drained && !hasBuffered();
    }

    /** Whether a whole frame is here already, so that reading one would not wait. */
    public boolean hasBuffered() {
        if (to - from < WireLimits.FRAME_OVERHEAD) {
            return false;
        }
        int size = payloadBytes();
        return Integer.compareUnsigned(size, to - from - WireLimits.FRAME_OVERHEAD) <= 0;
    }

    /** As the header at hand says; to be read as unsigned. */
    private int payloadBytes() {
        return BigEndian.i32(chunk, from + 3);
    }

    /** Reads until {@code bytes} lie in one piece; false if the stream ended before the first. */
    private boolean fill(int bytes) throws IOException {
        if (to - from >= bytes) {
            return true;
        }
        int room = chunk.length - from;
        if (room < bytes || chunk.length - to < WireLimits.READ_BYTES_MIN) {
            byte[] next = new byte[Math.max(nextChunkBytes, bytes)];
            System.arraycopy(chunk, from, next, 0, to - from);
            to -= from;
            from = 0;
            chunk = next;
        }
        while (to - from < bytes) {
            int wanted = chunk.length - to;
            int got = in.read(chunk, to, wanted);
            if (got < 0) {
                if (to == from) {
                    return false;
                }
                throw new EOFException("within a frame");
            }
            to += got;
            drained = got < wanted;
            resize(got, wanted);
        }
        return true;
    }

    private void resize(int got, int wanted) {
        if (got == wanted) {
            nextChunkBytes = Math.min(nextChunkBytes * 2, WireLimits.CHUNK_BYTES_MAX);
        } else if (got < nextChunkBytes / 8) {
            nextChunkBytes = Math.max(nextChunkBytes / 2, WireLimits.CHUNK_BYTES_MIN);
        }
    }
}
