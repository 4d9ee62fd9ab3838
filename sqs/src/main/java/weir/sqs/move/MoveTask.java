package weir.sqs.move;

import org.jspecify.annotations.Nullable;

/**
 * The order to move a queue's messages, and how far it has come.
 *
 * @param id unique, given at its start
 * @param destination the queue that all messages go to; null if each goes to the queue that it was dead-lettered from
 * @param messagesPerSecond the most that are moved in a second; null for as many as the engine takes
 * @param progress what was moved so far, as it was last written down
 * @param toMove messages in the queue when the task was started; it moves no more than so many, lest messages that fail again
 *     at once go round and round
 * @param failure why it failed, in SQS's words; null if it did not
 */
public record MoveTask(
        String id,
        Status status,
        @Nullable String destination,
        @Nullable Integer messagesPerSecond,
        Moved progress,
        long toMove,
        long startedAtMillis,
        @Nullable String failure) {
    /** The destination is gone, or the queue that a message came from is. */
    public static final String NO_DESTINATION = "AWS.SimpleQueueService.NonExistentQueue";

    /** A message was not dead-lettered here, so that there is no queue to bring it back to. */
    public static final String NO_SOURCE = "CouldNotDetermineMessageSource";

    /** Its names are what clients see. */
    public enum Status {
        RUNNING,
        CANCELLING,
        COMPLETED,
        CANCELLED,
        FAILED
    }

    public boolean isActive() {
        return switch (status) {
            case RUNNING, CANCELLING -> true;
            case COMPLETED, CANCELLED, FAILED -> false;
        };
    }

    /** A task that begins. */
    public static MoveTask started(
            String id,
            @Nullable String destination,
            @Nullable Integer messagesPerSecond,
            long toMove,
            long startedAtMillis) {
        return new MoveTask(
                id, Status.RUNNING, destination, messagesPerSecond, Moved.NONE, toMove, startedAtMillis, null);
    }

    /** @param moved what the run has moved in all */
    MoveTask counted(String run, long moved) {
        return new MoveTask(
                id, status, destination, messagesPerSecond, progress.by(run, moved), toMove, startedAtMillis, failure);
    }

    /** Changes nothing if it has ended. */
    MoveTask cancelling() {
        return isActive() ? with(Status.CANCELLING, null) : this;
    }

    /** A task that was being cancelled ends as cancelled, whatever else it came to. */
    MoveTask ended(@Nullable String newFailure) {
        return switch (status) {
            case RUNNING -> with(newFailure == null ? Status.COMPLETED : Status.FAILED, newFailure);
            case CANCELLING -> with(Status.CANCELLED, null);
            case COMPLETED, CANCELLED, FAILED -> this;
        };
    }

    private MoveTask with(Status newStatus, @Nullable String newFailure) {
        return new MoveTask(
                id, newStatus, destination, messagesPerSecond, progress, toMove, startedAtMillis, newFailure);
    }
}
