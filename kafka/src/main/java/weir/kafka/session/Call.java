package weir.kafka.session;

import java.net.InetAddress;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One request and who sent it.
 *
 * @param header of the request: its key, version, correlation id and the client's own name
 * @param request as Kafka's classes read it; what it holds of bytes is good until it is answered
 * @param address of the client
 * @param user whom the client has shown to be; {@link #ANONYMOUS}, as in Kafka, where nobody has to
 * @param held the room of the answer, for whom it may be large
 */
public record Call(RequestHeader header, AbstractRequest request, InetAddress address, String user, Held held) {
    public static final String ANONYMOUS = "ANONYMOUS";

    public short version() {
        return header.apiVersion();
    }

    /** What is asked. */
    public <T extends ApiMessage> T data(Class<T> type) {
        return type.cast(request.data());
    }
}
