package weir.core;

/**
 * Where a message first was, and how it came to be moved. It keeps its identity, its age and its attempts when it is
 * dead-lettered or redriven.
 *
 * @param partition the partition that it was first published to
 * @param position its place there; with the partition it names the message for ever
 * @param from the queue that it was moved out of last
 * @param reason why it was moved out
 * @param attempts deliveries before the move; the count goes on from there
 * @param publishedAtMillis when it was first published
 */
public record Origin(
        PartitionId partition,
        Position position,
        PartitionId from,
        DeadLetterReason reason,
        int attempts,
        long publishedAtMillis) {
    public Origin {
        Check.atLeast("attempts", attempts, 0);
    }
}
