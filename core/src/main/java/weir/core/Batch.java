package weir.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unit of publishing and storage: one or more messages in the publisher's own encoding, kept together as they came.
 *
 * @param level the priority level that all of its messages go to, 0 the highest
 * @param format who can read the payload: a code that the front which wrote it owns, see {@link Message#FORMAT}
 * @param payload opaque here
 * @param messages one for each message in the payload, in its order; at least one. {@link Envelope#plain} costs a count
 * @param numbering by which a repeat of the whole batch is known; null if its producer does not number. Not kept with it
 */
public record Batch(
        int level,
        int format,
        Bytes payload,
        List<Envelope> messages,
        @Nullable Numbering numbering) {
    public Batch {
        Check.inRange("level", level, 0, Limits.PRIORITY_LEVELS_MAX - 1);
        Check.inRange("format", format, 0, 255);
        messages = Envelope.copyOf(messages);
        Check.inRange("messages in a batch", messages.size(), 1, Limits.BATCH_MESSAGES_MAX);
    }

    public Batch(int level, int format, Bytes payload, List<Envelope> messages) {
        this(level, format, payload, messages, null);
    }

    public static Batch of(Envelope envelope, Bytes payload) {
        return new Batch(0, Message.FORMAT, payload, List.of(envelope));
    }

    public int count() {
        return messages.size();
    }
}
