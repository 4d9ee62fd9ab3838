package weir.kafka.session;

import org.apache.kafka.common.protocol.ApiMessage;
import weir.core.broker.OutcomeUnknownException;

/** Answers one kind of request. Called on the connection's own virtual thread, which may wait; from many at a time. */
public interface Handler {
    /** Which, and in which of its versions. Clients are told of these and no others. */
    Served served();

    /**
     * The answer, for the version of the call.
     *
     * @throws OutcomeUnknownException to have Kafka's own answer to that request with REQUEST_TIMED_OUT in it, wherever it has
     *     its errors
     * @throws InterruptedException if the client is gone
     */
    ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException;
}
