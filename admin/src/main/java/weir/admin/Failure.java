package weir.admin;

import weir.core.catalog.CatalogRefusal;
import weir.core.shard.Refusal;

/**
 * An answer other than success: HTTP status, a stable code for programs, and a sentence for people that says what to do.
 */
public record Failure(int status, String code, String message) {
    /** Carries a failure out of the code that reads a request. Without a stack trace: it is an answer, not a fault. */
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Failure failure;

        Thrown(Failure failure) {
            super(failure.message(), null, false, false);
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    Thrown thrown() {
        return new Thrown(this);
    }

    static Failure invalid(String message) {
        return new Failure(400, "INVALID_REQUEST", message);
    }

    static Failure notFound(String what) {
        return new Failure(404, "NOT_FOUND", what + "; the resources are listed in docs/admin-api.md");
    }

    static Failure noSuchQueue(String name) {
        return new Failure(
                404, "NO_SUCH_QUEUE", "there is no queue \"" + name + "\"; create it with POST /api/v1/queues");
    }

    static Failure unknownOutcome(String detail) {
        return new Failure(
                504,
                "OUTCOME_UNKNOWN",
                "no answer came in time (" + detail + "); the request may or may not have been carried out: look"
                        + " before you repeat it, or send with a deduplicationId");
    }

    /** Has no default branch on purpose: whoever adds a refusal is asked by the compiler for its code. */
    static Failure of(Refusal refusal, String queue) {
        String name = "queue \"" + queue + "\" ";
        return switch (refusal) {
            case NO_SUCH_QUEUE -> noSuchQueue(queue);
            case QUEUE_FULL ->
                new Failure(409, "QUEUE_FULL", name + "is full; receive from it, or raise messagesMax or bytesMax");
            case MESSAGE_TOO_LARGE ->
                new Failure(413, "MESSAGE_TOO_LARGE", name + "takes no message of that size; see messageBytesMax");
            case PUBLISH_PAUSED ->
                new Failure(409, "PUBLISH_PAUSED", name + "is paused for publishing; resume it first");
            case GROUP_MISSING ->
                new Failure(400, "GROUP_MISSING", name + "is ordered by group: every message needs a group");
            case TOO_MANY_IN_FLIGHT ->
                new Failure(
                        429,
                        "TOO_MANY_IN_FLIGHT",
                        name + "has as many leases out as inFlightMax allows; acknowledge some first");
            case PURGED_RECENTLY ->
                new Failure(409, "PURGED_RECENTLY", name + "was purged a moment ago; wait, and purge it again");
            case READ_OTHERWISE ->
                new Failure(
                        409,
                        "READ_OTHERWISE",
                        name
                                + "is a topic, and this is not done to one; or it is none, and this is done to topics only");
            case OFFSET_OUT_OF_RANGE ->
                new Failure(416, "OFFSET_OUT_OF_RANGE", name + "does not reach as far as that offset");
            case OUT_OF_ORDER_SEQUENCE ->
                new Failure(409, "OUT_OF_ORDER_SEQUENCE", name + "does not follow what its producer published before");
            case INVALID_PRODUCER_EPOCH ->
                new Failure(
                        409, "INVALID_PRODUCER_EPOCH", name + "has heard of a newer epoch of the message's producer");
            case DISK_FULL ->
                new Failure(
                        507,
                        "DISK_FULL",
                        "the disk of the server is nearly full or read-only, so it takes no messages; make room on it."
                                + " Receiving and acknowledging work, and make room, too");
        };
    }

    static Failure of(CatalogRefusal refusal, String queue) {
        String name = "queue \"" + queue + "\" ";
        return switch (refusal) {
            case NO_SUCH_QUEUE -> noSuchQueue(queue);
            case CHANGED -> new Failure(409, "CHANGED", name + "was changed in the meantime; read it again and repeat");
            case FIXED_AT_CREATION ->
                new Failure(
                        409,
                        "FIXED_AT_CREATION",
                        name + "keeps its ordering, and its priorityLevels can only grow; create another queue");
            case TOO_MANY_QUEUES ->
                new Failure(409, "TOO_MANY_QUEUES", "there are as many queues as allowed; delete some first");
            case DELETED_RECENTLY ->
                new Failure(409, "DELETED_RECENTLY", name + "was deleted a moment ago; wait, or use another name");
            case DEDUPLICATION_SCOPE_TOO_WIDE ->
                new Failure(
                        409,
                        "DEDUPLICATION_SCOPE_TOO_WIDE",
                        name
                                + "has several partitions and is ordered by group, so its deduplicationScope must be group:"
                                + " an id of the whole queue would have to be known in all partitions");
            case NO_SUCH_DEFINITION, TOO_MANY_DEFINITIONS ->
                throw new IllegalStateException("a queue is no definition of a front's own");
        };
    }
}
