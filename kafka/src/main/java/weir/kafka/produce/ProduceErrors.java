package weir.kafka.produce;

import org.apache.kafka.common.protocol.Errors;
import weir.core.shard.Refusal;

/** What a producer is told of each reason for which a batch was not appended. */
final class ProduceErrors {
    /** The outcome is unknown: the client sends it again, and a numbered batch is known for a repeat then. */
    static final Errors UNKNOWN = Errors.REQUEST_TIMED_OUT;

    private ProduceErrors() {}

    /** Has no default branch on purpose: whoever adds a reason is asked by the compiler for its code. */
    static Errors of(Refusal reason, boolean byId) {
        return switch (reason) {
            case NO_SUCH_QUEUE, READ_OTHERWISE -> missing(byId);
            case MESSAGE_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case DISK_FULL -> Errors.KAFKA_STORAGE_ERROR; // Clients come again: another node may lead by then.
            case QUEUE_FULL, PUBLISH_PAUSED ->
                Errors.NOT_ENOUGH_REPLICAS; // Kafka's for "not now": nothing was appended.
            case GROUP_MISSING, TOO_MANY_IN_FLIGHT, PURGED_RECENTLY, OFFSET_OUT_OF_RANGE -> Errors.INVALID_REQUEST;
        };
    }

    static Errors missing(boolean byId) {
        return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
}
