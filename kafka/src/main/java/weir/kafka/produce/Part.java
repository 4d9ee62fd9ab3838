package weir.kafka.produce;

import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Outcome;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * What one request has for one partition, and what became of it. Others of the request may fare otherwise.
 *
 * @param command what is to be appended; null if that is refused already
 * @param answer so far: an error, if it is refused
 * @param byId whether the topic was named by its id
 * @param stamped the time that its records got; -1 if they kept their own
 */
record Part(Command.@Nullable Publish command, PartitionProduceResponse answer, boolean byId, long stamped) {
    private static final long NO_OFFSET = -1;

    static Part refused(int index, Errors error, @Nullable String message) {
        PartitionProduceResponse answer = new PartitionProduceResponse()
                .setIndex(index)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setBaseOffset(NO_OFFSET);
        return new Part(null, answer, false, NO_OFFSET);
    }

    void settle(Outcome outcome) {
        switch (outcome) {
            case Outcome.Replied(Reply.Published(var appended)) ->
                answer.setBaseOffset(appended.getFirst().position().offset()).setLogAppendTimeMs(stamped);
            case Outcome.Replied(Reply.Refused(var reason)) -> fail(ProduceErrors.of(reason, byId));
            case Outcome.Replied(Reply other) -> throw new IllegalStateException("a publish was answered by " + other);
            case Outcome.Unknown _ -> fail(ProduceErrors.UNKNOWN);
        }
    }

    private void fail(Errors error) {
        answer.setErrorCode(error.code()).setBaseOffset(NO_OFFSET);
    }

    boolean failed() {
        return answer.errorCode() != Errors.NONE.code();
    }
}
