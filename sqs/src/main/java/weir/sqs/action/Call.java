package weir.sqs.action;

import org.jspecify.annotations.Nullable;
import weir.net.http.Caller;
import weir.sqs.auth.Requester;
import weir.sqs.wire.Fields;

/**
 * One request.
 *
 * @param input has every member that the shape requires, but for QueueUrl
 * @param endpoint scheme, host and port as the client wrote them, for queue URLs
 * @param requester who makes it
 * @param trace the trace that it came under, for messages that name none; null for none
 * @param caller the connection it came by
 */
public record Call(
        Fields input,
        String endpoint,
        Requester requester,
        @Nullable String trace,
        Caller caller) {}
