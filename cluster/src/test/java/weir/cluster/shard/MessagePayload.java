package weir.cluster.shard;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import weir.core.Bytes;

/** Payloads that follow from an id, which they begin with. */
final class MessagePayload {
    private MessagePayload() {}

    static Bytes of(long id, int moreBytes) {
        byte[] filler = new byte[moreBytes];
        new SplittableRandom(id).nextBytes(filler);
        return Bytes.of(ByteBuffer.allocate(Long.BYTES + moreBytes)
                .putLong(id)
                .put(filler)
                .array());
    }

    static long idOf(Bytes payload) {
        return payload.buffer().getLong();
    }
}
