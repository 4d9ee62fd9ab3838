package weir.admin;

import java.util.Map;
import weir.core.broker.OutcomeUnknownException;

/**
 * RabbitMQ's management API as whoever may use this machine may use it: nobody is asked who he is, as nowhere in the admin
 * API. The AMQP front answers; nothing here knows what is asked for.
 */
public interface RabbitApi {
    /** @param json empty if there is nothing to say */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Answer(int status, byte[] json) {}

    /**
     * @param path what follows, as it came: its parts may be encoded
     * @param query of several values of a name the first
     * @param reason what those concerned are told; empty for none
     */
    Answer call(String method, String path, Map<String, String> query, String reason, byte[] body)
            throws OutcomeUnknownException, InterruptedException;
}
