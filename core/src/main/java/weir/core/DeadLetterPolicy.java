package weir.core;

/**
 * Where messages go that could not be handled. Those that left after too many attempts always do.
 *
 * @param queue the name of the dead-letter queue, looked up when a message leaves, so a queue created anew is found
 * @param maxAttempts deliveries before a message leaves; at least 1
 * @param onExpiry whether expired messages go there too, rather than being dropped
 * @param onOverflow whether messages do that made room for newer ones
 * @param onRejection whether messages do that a consumer refused for good
 */
public record DeadLetterPolicy(
        String queue, int maxAttempts, boolean onExpiry, boolean onOverflow, boolean onRejection) {
    public DeadLetterPolicy {
        Check.inRange("dead-letter queue name length", queue.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
        Check.atLeast("maxAttempts", maxAttempts, 1);
    }

    /** What made room, and what was refused, goes there. */
    public DeadLetterPolicy(String queue, int maxAttempts, boolean onExpiry) {
        this(queue, maxAttempts, onExpiry, true, true);
    }

    /** Whether a message that leaves for that reason goes there. */
    public boolean takes(DeadLetterReason reason) {
        return switch (reason) {
            case TOO_MANY_ATTEMPTS -> true;
            case REJECTED -> onRejection;
            case EXPIRED -> onExpiry;
            case OVERFLOW -> onOverflow;
        };
    }
}
