package weir.kafka.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;

/**
 * The records of a batch, for readers who do not speak Kafka, and to find one by its time. Decompressed into bounded memory, and read by lengths that are held
 * against what is there: what a producer compressed, nobody has looked at before.
 *
 * @param bytes that it takes
 */
record OpenedBatch(List<Opened> records, long bytes) {
    /**
     * @param key null for none
     * @param value null for none, which Kafka calls a tombstone
     */
    record Opened(
            long timestamp, @Nullable Bytes key, @Nullable Bytes value, List<OpenedHeader> headers) {}

    record OpenedHeader(String name, @Nullable Bytes value) {}

    /** @throws CorruptDataException if it is not what a producer writes, or becomes too large */
    static OpenedBatch of(Bytes batch) {
        if (batch.length() < BatchHeader.BYTES) {
            throw new CorruptDataException("a record batch of " + batch.length() + " bytes");
        }
        BatchHeader header = new BatchHeader(batch);
        try {
            Bytes plain = decompressed(header);
            ByteBuffer in = ByteBuffer.wrap(plain.array(), plain.offset(), plain.length());
            List<Opened> records = new ArrayList<>();
            for (int i = 0; i < header.count(); i++) {
                records.add(record(header, plain.array(), in));
            }
            return new OpenedBatch(records, plain.length());
        } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptDataException("a record batch cannot be opened: " + e, e);
        }
    }

    private static Bytes decompressed(BatchHeader header) throws IOException {
        Bytes records = header.records();
        if (header.compression() == 0) {
            return records;
        }
        Compression compression =
                Compression.of(CompressionType.forId(header.compression())).build();
        try (InputStream in =
                compression.wrapForInput(records.buffer(), BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            byte[] plain = in.readNBytes(RecordLimits.OPENED_BYTES_MAX + 1);
            if (plain.length > RecordLimits.OPENED_BYTES_MAX) {
                throw new CorruptDataException(
                        "a record batch becomes more than " + RecordLimits.OPENED_BYTES_MAX + " bytes");
            }
            return Bytes.of(plain);
        } catch (CorruptDataException e) {
            throw e;
        } catch (RuntimeException e) { // Kafka's own for what it cannot decompress.
            throw new IOException(e);
        }
    }

    private static Opened record(BatchHeader header, byte[] array, ByteBuffer in) {
        int length = ByteUtils.readVarint(in);
        int end = in.position() + length;
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a record of " + length + " bytes, where there are " + in.remaining());
        }
        in.get(); // Attributes, of which there are none.
        long delta = ByteUtils.readVarlong(in);
        long timestamp = header.hasLogAppendTime() ? header.maxTimestamp() : header.baseTimestamp() + delta;
        ByteUtils.readVarint(in); // Its offset is its place.
        Bytes key = bytes(array, in);
        Bytes value = bytes(array, in);
        int headers = ByteUtils.readVarint(in);
        if (headers < 0 || headers > RecordLimits.HEADERS_MAX) {
            throw new IllegalArgumentException("a record of " + headers + " headers");
        }
        List<OpenedHeader> read = new ArrayList<>(Math.min(headers, in.remaining()));
        for (int i = 0; i < headers; i++) {
            Bytes name = bytes(array, in);
            if (name == null) {
                throw new IllegalArgumentException("a header without a name");
            }
            read.add(new OpenedHeader(name.utf8(), bytes(array, in)));
        }
        if (in.position() != end) {
            throw new IllegalArgumentException("a record of another length than it says");
        }
        return new Opened(timestamp, key, value, read);
    }

    private static @Nullable Bytes bytes(byte[] array, ByteBuffer in) {
        int length = ByteUtils.readVarint(in);
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field of " + length + " bytes, where there are " + in.remaining());
        }
        Bytes bytes = new Bytes(array, in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }
}
