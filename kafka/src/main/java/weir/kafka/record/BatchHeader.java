package weir.kafka.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import weir.core.Bytes;

/**
 * The first 61 bytes of a record batch, in their place: Kafka's format of magic 2. All that a broker needs to know of a batch stands there, so
 * its records are never opened for that. The bytes are of that length at least; see {@link BatchCheck}.
 */
public record BatchHeader(Bytes batch) {
    public static final int BYTES = 61;
    public static final byte MAGIC = 2;

    /** What is not numbered by its producer. */
    public static final long NO_PRODUCER = -1;

    /** What is patched when a batch goes out: base offset, length, leader epoch. None of it is covered by the checksum. */
    public static final int PATCHED_BYTES = 16;

    private static final int LENGTH = 8;
    private static final int LENGTH_COVERS_FROM = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int COUNT = 57;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;

    private static final int UNKNOWN_EPOCH = -1;

    private ByteBuffer at() {
        return ByteBuffer.wrap(batch.array(), batch.offset(), batch.length()).slice();
    }

    /** Of the whole batch, as it says. */
    public long length() {
        return (long) at().getInt(LENGTH) + LENGTH_COVERS_FROM;
    }

    public byte magic() {
        return at().get(MAGIC_AT);
    }

    public int attributes() {
        return at().getShort(ATTRIBUTES);
    }

    /** Kafka's number for it; 0 for none. */
    public int compression() {
        return attributes() & COMPRESSION_MASK;
    }

    /** Whether its records all have the time at which it came, which is its {@link #maxTimestamp}. */
    public boolean hasLogAppendTime() {
        return (attributes() & LOG_APPEND_TIME) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL) != 0;
    }

    public boolean isControl() {
        return (attributes() & CONTROL) != 0;
    }

    public int lastOffsetDelta() {
        return at().getInt(LAST_OFFSET_DELTA);
    }

    public long baseTimestamp() {
        return at().getLong(BASE_TIMESTAMP);
    }

    public long maxTimestamp() {
        return at().getLong(MAX_TIMESTAMP);
    }

    public long producerId() {
        return at().getLong(PRODUCER_ID);
    }

    public int producerEpoch() {
        return at().getShort(PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return at().getInt(BASE_SEQUENCE);
    }

    public int count() {
        return at().getInt(COUNT);
    }

    boolean isSound() {
        return at().getInt(CRC) == checksum();
    }

    private int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(batch.array(), batch.offset() + ATTRIBUTES, batch.length() - ATTRIBUTES);
        return (int) crc.getValue();
    }

    /** Gives all of its records that time. Changes the bytes, so they must be nobody else's yet. */
    void stamp(long millis) {
        ByteBuffer bytes = at();
        bytes.putShort(ATTRIBUTES, (short) (attributes() | LOG_APPEND_TIME));
        bytes.putLong(MAX_TIMESTAMP, millis);
        bytes.putInt(CRC, checksum());
    }

    /** What goes out in the place of its first bytes, now that its offset is known. */
    public Bytes patched(long baseOffset) {
        return Bytes.of(ByteBuffer.allocate(PATCHED_BYTES)
                .putLong(baseOffset)
                .putInt(batch.length() - LENGTH_COVERS_FROM)
                .putInt(UNKNOWN_EPOCH)
                .array());
    }

    /** All that follows the patched bytes. */
    public Bytes rest() {
        return batch.slice(PATCHED_BYTES, batch.length() - PATCHED_BYTES);
    }

    /** The compressed records, or the records. */
    Bytes records() {
        return batch.slice(BYTES, batch.length() - BYTES);
    }
}
