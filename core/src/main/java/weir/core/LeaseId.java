package weir.core;

/**
 * Names one handing-over of one message. It goes stale when the lease ends or the message is handed over again.
 *
 * @param delivery which handing-over of this message it is, from 1; {@link #LATEST} for whichever was the last, so that
 *     the name does not go stale by another
 */
public record LeaseId(Position position, int delivery) {
    public static final int LATEST = 0;

    public LeaseId {
        Check.atLeast("delivery", delivery, LATEST);
    }
}
