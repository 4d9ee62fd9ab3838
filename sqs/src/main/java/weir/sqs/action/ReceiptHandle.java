package weir.sqs.action;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.catalog.Queue;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * Names a lease to the client that holds it. The checksum tells a handle of this cluster from anything else, also from one of
 * another cluster, or of this one before its data directory was emptied, whose queues had the same numbers.
 */
record ReceiptHandle(PartitionId partition, LeaseId lease) {
    private static final byte VERSION = 1;
    private static final int PAYLOAD_BYTES = 1 + 8 + 4 + 1 + 8 + 4;
    private static final int BYTES = PAYLOAD_BYTES + 4;
    private static final int CHARS = BYTES * 4 / 3;

    /** What a cluster puts into its checksums. */
    static int salt(UUID cluster) {
        return Long.hashCode(cluster.getMostSignificantBits()) * 31 + Long.hashCode(cluster.getLeastSignificantBits());
    }

    String encode(int salt) {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(partition.queue())
                .putInt(partition.partition())
                .put((byte) lease.position().level())
                .putLong(lease.position().offset())
                .putInt(lease.delivery());
        buffer.putInt(checksum(buffer.array()) ^ salt);
        return Base64.getUrlEncoder().encodeToString(buffer.array());
    }

    /** @throws SqsException if it is not a handle that was given for this queue */
    static ReceiptHandle decode(String handle, Queue queue, int salt) {
        if (handle.length() != CHARS) {
            throw invalid(handle);
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(handle);
        } catch (IllegalArgumentException _) {
            throw invalid(handle);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length != BYTES
                || buffer.get() != VERSION
                || buffer.getInt(PAYLOAD_BYTES) != (checksum(bytes) ^ salt)
                || buffer.getLong() != queue.id()) {
            throw invalid(handle);
        }
        int partition = buffer.getInt();
        int level = buffer.get();
        long offset = buffer.getLong();
        int delivery = buffer.getInt();
        // Whoever can compute a checksum can still write nonsense.
        if (partition < 0 || level < 0 || level >= Limits.PRIORITY_LEVELS_MAX || offset < 0 || delivery < 1) {
            throw invalid(handle);
        }
        return new ReceiptHandle(
                new PartitionId(queue.id(), partition), new LeaseId(new Position(level, offset), delivery));
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, PAYLOAD_BYTES);
        return (int) crc.getValue();
    }

    private static SqsException invalid(String handle) {
        return SqsError.RECEIPT_HANDLE_IS_INVALID.because(
                "The input receipt handle \"" + handle + "\" is not a valid receipt handle.");
    }
}
