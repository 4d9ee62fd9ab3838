package weir.core;

/**
 * Where messages go that could not be handled.
 *
 * @param queue the name of the dead-letter queue, looked up when a message leaves, so a queue created anew is found
 * @param maxAttempts deliveries before a message leaves; at least 1
 * @param onExpiry whether expired messages go there too, rather than being dropped
 */
public record DeadLetterPolicy(String queue, int maxAttempts, boolean onExpiry) {
    public DeadLetterPolicy {
        Check.inRange("dead-letter queue name length", queue.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
        Check.atLeast("maxAttempts", maxAttempts, 1);
    }
}
