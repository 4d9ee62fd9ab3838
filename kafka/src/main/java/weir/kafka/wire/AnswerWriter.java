package weir.kafka.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.utils.ByteUtils;
import weir.core.Bytes;

/** One answer as bytes: fields are written into memory of its own, records stay where they are. One thread's. */
public final class AnswerWriter implements Writable {
    private static final int LENGTH_BYTES = 4;
    private static final int FIRST_BYTES = 512;
    private static final int VARINT_BYTES_MAX = 5;
    private static final int VARLONG_BYTES_MAX = 10;

    private final List<Bytes> pieces = new ArrayList<>();
    private ByteBuffer fields;
    /** Where in {@link #fields} the piece begins that is being written. */
    private int begun;

    private long length;

    private AnswerWriter(int bytes) {
        fields = ByteBuffer.allocate(bytes);
    }

    /** With its length before it, as it goes to the socket. */
    public static List<Bytes> pieces(int correlationId, short headerVersion, ApiMessage answer, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        header.size(cache, headerVersion);
        answer.size(cache, version); // What the cache learns by it, write reads.
        AnswerWriter writer = new AnswerWriter(FIRST_BYTES);
        writer.writeInt(0);
        header.write(writer, cache, headerVersion);
        answer.write(writer, cache, version);
        writer.end();
        Bytes start = writer.pieces.getFirst();
        ByteBuffer.wrap(start.array()).putInt(start.offset(), Math.toIntExact(writer.length - LENGTH_BYTES));
        return writer.pieces;
    }

    public static void write(List<Bytes> pieces, OutputStream out) throws IOException {
        for (Bytes piece : pieces) {
            out.write(piece.array(), piece.offset(), piece.length());
        }
    }

    private ByteBuffer room(int bytes) {
        if (fields.remaining() < bytes) {
            int size = fields.position() - begun;
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * fields.capacity(), size + bytes));
            larger.put(fields.array(), begun, size);
            fields = larger;
            begun = 0;
        }
        return fields;
    }

    /** What follows is another piece. */
    private void end() {
        int size = fields.position() - begun;
        if (size > 0) {
            pieces.add(new Bytes(fields.array(), begun, size));
            length += size;
            begun = fields.position();
        }
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof Pieces(List<Bytes> stored, int size)) {
            end();
            pieces.addAll(stored);
            length += size;
        } else {
            Writable.super.writeRecords(records);
        }
    }

    @Override
    public void writeByte(byte value) {
        room(Byte.BYTES).put(value);
    }

    @Override
    public void writeShort(short value) {
        room(Short.BYTES).putShort(value);
    }

    @Override
    public void writeInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    @Override
    public void writeLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    @Override
    public void writeDouble(double value) {
        room(Double.BYTES).putDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        room(bytes.length).put(bytes);
    }

    @Override
    public void writeByteBuffer(ByteBuffer buffer) {
        room(buffer.remaining()).put(buffer.duplicate());
    }

    @Override
    public void writeUnsignedVarint(int value) {
        ByteUtils.writeUnsignedVarint(value, room(VARINT_BYTES_MAX));
    }

    @Override
    public void writeVarint(int value) {
        ByteUtils.writeVarint(value, room(VARINT_BYTES_MAX));
    }

    @Override
    public void writeVarlong(long value) {
        ByteUtils.writeVarlong(value, room(VARLONG_BYTES_MAX));
    }
}
