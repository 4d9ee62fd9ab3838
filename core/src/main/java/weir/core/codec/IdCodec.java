package weir.core.codec;

import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;

/** The ids that other forms are made of. They carry no version of their own: the form around them has one. */
public final class IdCodec {
    private IdCodec() {}

    public static void write(Writer out, PartitionId id) {
        out.varint(id.queue()).varint(id.partition());
    }

    public static void write(Writer out, Position position) {
        out.varint(position.level()).varint(position.offset());
    }

    public static void write(Writer out, LeaseId lease) {
        write(out, lease.position());
        out.varint(lease.delivery());
    }

    /** @throws CorruptDataException if the bytes cannot be a partition's id */
    public static PartitionId readPartition(Reader in) {
        return Decoding.of("partition id", in, IdCodec::partition);
    }

    /** @throws CorruptDataException if the bytes cannot be a position */
    public static Position readPosition(Reader in) {
        return Decoding.of("position", in, IdCodec::position);
    }

    /** @throws CorruptDataException if the bytes cannot be a lease's id */
    public static LeaseId readLease(Reader in) {
        return Decoding.of("lease id", in, IdCodec::lease);
    }

    static PartitionId partition(Reader in) {
        return new PartitionId(in.varint(), in.count(Integer.MAX_VALUE));
    }

    static Position position(Reader in) {
        return new Position(in.count(Integer.MAX_VALUE), in.varint());
    }

    static LeaseId lease(Reader in) {
        return new LeaseId(position(in), in.count(Integer.MAX_VALUE));
    }
}
