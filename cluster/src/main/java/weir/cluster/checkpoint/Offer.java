package weir.cluster.checkpoint;

import java.util.ArrayList;
import java.util.List;
import weir.cluster.replication.LogPosition;
import weir.core.Bytes;
import weir.core.codec.Reader;
import weir.core.codec.Writer;
import weir.storage.PinnedCheckpoint;

/**
 * A checkpoint that is kept for a reader.
 *
 * @param reader names the keeping in further calls
 * @param position it holds every entry up to here
 * @param stateBytes length of the machine's state
 * @param stateCrc CRC32C of it
 * @param parts its segments, in order
 */
record Offer(long reader, LogPosition position, int stateBytes, int stateCrc, List<PinnedCheckpoint.Part> parts) {
    private static final int VERSION = 1;

    Offer {
        parts = List.copyOf(parts);
    }

    Bytes encode() {
        Writer out = new Writer(64 + 16 * parts.size()).u8(VERSION).i64(reader);
        out.varint(position.term()).varint(position.index());
        out.varint(stateBytes).i32(stateCrc);
        out.varint(parts.size());
        for (PinnedCheckpoint.Part part : parts) {
            out.varint(part.length()).i32(part.footerCrc());
        }
        return out.bytes();
    }

    /** @throws RuntimeException if it is no offer that this version knows */
    static Offer decode(Bytes bytes) {
        Reader in = new Reader(bytes);
        int version = in.u8();
        if (version != VERSION) {
            throw new IllegalArgumentException("the leader offers checkpoints of version " + version
                    + ", and this program knows " + VERSION + "; start the newer program here, too");
        }
        long reader = in.i64();
        LogPosition position = new LogPosition(in.varint(), in.varint());
        int stateBytes = in.count(Integer.MAX_VALUE);
        int stateCrc = in.i32();
        int count = in.count(in.remaining());
        List<PinnedCheckpoint.Part> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            parts.add(new PinnedCheckpoint.Part(in.varint(), in.i32()));
        }
        return new Offer(reader, position, stateBytes, stateCrc, parts);
    }
}
