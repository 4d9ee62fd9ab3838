package weir.core.shard;

import java.util.List;
import weir.core.Check;
import weir.core.Envelope;

/**
 * What a log knows of a batch without its payload.
 *
 * @param baseOffset of its first message; the others follow densely
 * @param appendedAtMillis the machine's clock at the append
 * @param payloadBytes size of the payload
 */
public record StoredBatch(
        long baseOffset, long appendedAtMillis, int format, int payloadBytes, List<Envelope> messages) {
    public StoredBatch {
        messages = Envelope.copyOf(messages);
        Check.atLeast("baseOffset", baseOffset, 0);
    }

    /** The offset after its last message. */
    public long endOffset() {
        return baseOffset + messages.size();
    }

    /** The share of the payload that is accounted to each of its messages. */
    public int bytesPerMessage() {
        return payloadBytes / messages.size();
    }
}
