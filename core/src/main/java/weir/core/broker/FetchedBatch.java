package weir.core.broker;

import java.util.List;
import weir.core.Bytes;
import weir.core.Envelope;

/**
 * A batch as it was published.
 *
 * @param baseOffset of its first message; the others follow densely
 * @param appendedAtMillis when it came into the topic
 * @param format who can read the payload, see {@link weir.core.Batch#format}
 * @param messages one for each message in the payload, in its order
 */
public record FetchedBatch(long baseOffset, long appendedAtMillis, int format, Bytes payload, List<Envelope> messages) {
    public FetchedBatch {
        messages = Envelope.copyOf(messages);
    }

    /** The offset after its last message. */
    public long endOffset() {
        return baseOffset + messages.size();
    }
}
