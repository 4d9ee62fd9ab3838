package weir.cluster.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteOutput;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/**
 * What one entry of Ratis carries: an entry of ours, or a part of one that is too large ({@link
 * RatisSettings#PIECE_BYTES_MAX}). Pieces of one entry follow each other in the log with none of another entry between
 * them; if that is not so, the leader changed in their midst and they are void ({@link Assembly}).
 *
 * <p>As stored: {@code 1} and the entry; or {@code 2}, the entry's length, the piece's offset in it (both as 4 bytes, big
 * endian), and the bytes from there.
 */
record Piece(int total, int offset, Bytes bytes) {
    private static final byte WHOLE = 1;
    private static final byte PART = 2;
    private static final ByteString WHOLE_HEADER = ByteString.copyFrom(new byte[] {WHOLE});

    /** Bytes before a part's own. */
    private static final int PART_HEADER_BYTES = 9;

    static List<Piece> of(Bytes entry) {
        var pieces = new ArrayList<Piece>();
        for (int at = 0; at < entry.length(); at += RatisSettings.PIECE_BYTES_MAX) {
            int length = Math.min(RatisSettings.PIECE_BYTES_MAX, entry.length() - at);
            pieces.add(new Piece(entry.length(), at, entry.slice(at, length)));
        }
        return pieces;
    }

    boolean isWhole() {
        return bytes.length() == total;
    }

    boolean isLast() {
        return offset + bytes.length() == total;
    }

    /** Copies nothing but the header: Ratis writes both parts straight into its buffer. */
    ByteString stored() {
        var header = isWhole()
                ? WHOLE_HEADER
                : UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(PART_HEADER_BYTES)
                        .put(PART)
                        .putInt(total)
                        .putInt(offset)
                        .flip());
        return header.concat(UnsafeByteOperations.unsafeWrap(bytes.array(), bytes.offset(), bytes.length()));
    }

    /** @throws IllegalStateException if the bytes are not what {@link #stored} makes */
    static Piece read(ByteString stored) {
        var bytes = withoutCopy(stored);
        if (bytes.length() > 1 && bytes.array()[bytes.offset()] == WHOLE) {
            var entry = bytes.slice(1, bytes.length() - 1);
            return new Piece(entry.length(), 0, entry);
        }
        if (bytes.length() > PART_HEADER_BYTES && bytes.array()[bytes.offset()] == PART) {
            var header = bytes.buffer();
            int total = header.getInt(1);
            int offset = header.getInt(5);
            var part = bytes.slice(PART_HEADER_BYTES, bytes.length() - PART_HEADER_BYTES);
            if (total <= ReplicatedLog.ENTRY_BYTES_MAX && offset >= 0 && offset <= total - part.length()) {
                return new Piece(total, offset, part);
            }
        }
        throw new IllegalStateException("an entry of " + bytes.length() + " bytes that this version cannot read");
    }

    /** An entry read from a file lies in one array; one still in the proposer's memory in two, which are joined. */
    private static Bytes withoutCopy(ByteString string) {
        var seen = new Seen();
        try {
            UnsafeByteOperations.unsafeWriteTo(string, seen);
        } catch (IOException e) {
            throw new AssertionError("arrays do no input or output", e);
        }
        return seen.arrays.size() == 1 ? seen.arrays.getFirst() : Bytes.of(string.toByteArray());
    }

    /** The message that carries a piece into Ratis, and with it the way back to its proposal. */
    static final class Carrier implements Message {
        final Piece piece;
        final Proposal proposal;

        /** Set when the piece is about to enter the log: from then on a failure leaves the outcome open. */
        volatile boolean logged;

        private final ByteString content;

        Carrier(Piece piece, Proposal proposal) {
            this.piece = piece;
            this.proposal = proposal;
            this.content = piece.stored();
        }

        @Override
        public ByteString getContent() {
            return content;
        }

        @Override
        public int size() {
            return content.size();
        }

        @Override
        public String toString() {
            return "Piece[" + piece.offset() + " of " + piece.total() + "]";
        }
    }

    /** Protobuf's way to let a trusted reader see the arrays behind a string. */
    private static final class Seen extends ByteOutput {
        private final List<Bytes> arrays = new ArrayList<>(2);

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            arrays.add(new Bytes(value, offset, length));
        }

        @Override
        public void write(byte value) {
            arrays.add(Bytes.of(new byte[] {value}));
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            arrays.add(Bytes.of(Arrays.copyOfRange(value, offset, offset + length)));
        }

        @Override
        public void write(ByteBuffer value) {
            var copy = new byte[value.remaining()];
            value.get(copy);
            arrays.add(Bytes.of(copy));
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }
    }
}
