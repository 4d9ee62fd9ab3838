package weir.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the shard needs to know of one message without opening its body.
 *
 * @param group the message group: in an ordered queue its messages are handled in order, in any other it is the tenant
 *     among which deliveries are shared fairly; null for none
 * @param deduplicationId remembered for the queue's window, a repeat gets the first answer; null for none
 * @param deliverAtMillis not delivered before this instant; {@link #QUEUE_DELAY} to wait as the queue says, {@link
 *     #AT_ONCE} not to wait
 * @param expiresAtMillis not delivered from this instant on; {@link #NEVER} for the queue's retention alone
 * @param origin where it came from if it was moved here; null for a message that was published here
 * @param variant 0 if the payload is the message; else which of the forms that a shared payload holds is shown here, a
 *     number that the front which wrote it gave. The core only carries it, also when the message moves
 */
public record Envelope(
        @Nullable String group,
        @Nullable String deduplicationId,
        long deliverAtMillis,
        long expiresAtMillis,
        @Nullable Origin origin,
        int variant) {
    public static final long NEVER = Long.MAX_VALUE;
    public static final long QUEUE_DELAY = 0;

    /** An instant long past. */
    public static final long AT_ONCE = 1;

    public static final Envelope PLAIN = new Envelope(null, null, QUEUE_DELAY, NEVER, null);

    private static final List<Envelope> ONE_PLAIN = new PlainEnvelopes(1);

    /** So many plain ones, which cost a count. */
    public static List<Envelope> plain(int count) {
        return count == 1 ? ONE_PLAIN : new PlainEnvelopes(count);
    }

    /** An unmodifiable list of these; of plain ones alone as {@link #plain}, however they were given. */
    public static List<Envelope> copyOf(List<Envelope> envelopes) {
        return areAllPlain(envelopes) ? plain(envelopes.size()) : List.copyOf(envelopes);
    }

    /** Whether each is {@link #PLAIN}. Of what {@link #copyOf} or {@link #plain} gave, found without looking at each. */
    public static boolean areAllPlain(List<Envelope> envelopes) {
        if (envelopes instanceof PlainEnvelopes) {
            return true;
        }
        for (Envelope envelope : envelopes) {
            if (!envelope.equals(PLAIN)) {
                return false;
            }
        }
        return true;
    }

    public Envelope {
        Check.atLeast("deliverAtMillis", deliverAtMillis, 0);
        Check.atLeast("expiresAtMillis", expiresAtMillis, 0);
        Check.atLeast("variant", variant, 0);
    }

    /** One whose payload is the message. */
    public Envelope(
            @Nullable String group,
            @Nullable String deduplicationId,
            long deliverAtMillis,
            long expiresAtMillis,
            @Nullable Origin origin) {
        this(group, deduplicationId, deliverAtMillis, expiresAtMillis, origin, 0);
    }
}
