package weir.kafka.group;

import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * One of the coordinator's records.
 *
 * @param offset its own, rising
 * @param producerId of the transaction that wrote it; {@link #NO_PRODUCER} if none did, or it was committed
 * @param value null if the record says that there is nothing under the key any more
 */
record KeptRecord(
        long offset,
        long producerId,
        short producerEpoch,
        Bytes key,
        @Nullable Bytes value) {
    static final long NO_PRODUCER = -1;

    boolean isTransactional() {
        return producerId != NO_PRODUCER;
    }

    /** The same once its transaction is committed. */
    KeptRecord committed() {
        return new KeptRecord(offset, NO_PRODUCER, (short) -1, key, value);
    }

    int bytes() {
        return 24 + key.length() + (value == null ? 0 : value.length());
    }

    void write(Writer out) {
        out.varint(offset).varint(producerId).i32(producerEpoch).bytes(key).bool(value != null);
        if (value != null) {
            out.bytes(value);
        }
    }

    static KeptRecord read(Reader in) {
        long offset = in.varint();
        long producerId = in.varint();
        short producerEpoch = (short) in.i32();
        Bytes key = in.bytes();
        return new KeptRecord(offset, producerId, producerEpoch, key, in.bool() ? in.bytes() : null);
    }
}
