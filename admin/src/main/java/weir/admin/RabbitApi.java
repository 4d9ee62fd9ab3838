package weir.admin;

import java.util.Map;
import weir.core.Bytes;

/**
 * RabbitMQ's management API as whoever may use this machine may use it: nobody is asked who he is, as nowhere in the admin
 * API. The AMQP front answers; nothing here knows what is asked for.
 */
public interface RabbitApi {
    /**
     * @param path what follows, as it came: its parts may be encoded
     * @param query of several values of a name the first
     * @param reason what those concerned are told; empty for none
     */
    record Request(String method, String path, Map<String, String> query, String reason, Bytes body) {}

    /** @param json empty if there is nothing to say */
    record Answer(int status, Bytes json) {}

    Answer call(Request request) throws InterruptedException;
}
