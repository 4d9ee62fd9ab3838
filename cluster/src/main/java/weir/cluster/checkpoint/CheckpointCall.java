package weir.cluster.checkpoint;

import weir.cluster.replication.GroupId;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** What one node asks of another to copy its checkpoint. Each travels under a number that is never given a new meaning. */
sealed interface CheckpointCall {
    /** In place of a segment: the machine's state. */
    int STATE = -1;

    /** Show me a checkpoint that ends at {@code atLeast} or later, and keep it for me. Answered by an {@link Offer}. */
    record Open(GroupId group, long atLeast) implements CheckpointCall {}

    /** Verify a segment. Answered by the CRC32C of its body, if it is whole. */
    record Verify(long reader, int part) implements CheckpointCall {}

    /** Answered by so many bytes from that place on, of a segment's body or of the {@link #STATE}. */
    record Read(long reader, int part, long position, int length) implements CheckpointCall {
        public Read {
            Check.atLeast("position", position, 0);
            Check.inRange("length", length, 1, weir.cluster.ClusterLimits.CHECKPOINT_PIECE_BYTES);
        }
    }

    /** I am done, or give up. Answered by nothing. */
    record Close(long reader) implements CheckpointCall {}

    static Bytes encode(CheckpointCall call) {
        Writer out = new Writer(32);
        switch (call) {
            case Open open -> out.u8(1).varint(open.group().number()).varint(open.atLeast());
            case Verify verify -> out.u8(2).i64(verify.reader()).i32(verify.part());
            case Read read ->
                out.u8(3)
                        .i64(read.reader())
                        .i32(read.part())
                        .varint(read.position())
                        .varint(read.length());
            case Close close -> out.u8(4).i64(close.reader());
        }
        return out.bytes();
    }

    /** @throws CorruptDataException if it is nothing that this version knows */
    static CheckpointCall decode(Bytes bytes) {
        Reader in = new Reader(bytes);
        int kind = in.u8();
        return switch (kind) {
            case 1 -> new Open(new GroupId(in.count(GroupId.NUMBER_MAX)), in.varint());
            case 2 -> new Verify(in.i64(), in.i32());
            case 3 -> new Read(in.i64(), in.i32(), in.varint(), in.count(Integer.MAX_VALUE));
            case 4 -> new Close(in.i64());
            default -> throw new CorruptDataException("a call for a checkpoint of kind " + kind + ", unknown here");
        };
    }
}
