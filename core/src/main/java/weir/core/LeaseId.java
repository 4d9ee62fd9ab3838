package weir.core;

/**
 * Names one handing-over of one message. It goes stale when the lease ends or the message is handed over again.
 *
 * @param delivery which handing-over of this message it is, from 1
 */
public record LeaseId(Position position, int delivery) {
    public LeaseId {
        Check.atLeast("delivery", delivery, 1);
    }
}
