package weir.sqs.action;

import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Fields;

/**
 * One request.
 *
 * @param input has every member that the shape requires, but for QueueUrl
 * @param endpoint scheme, host and port as the client wrote them, for queue URLs
 * @param trace the trace that the request came under, for messages that name none; null for none
 */
public record Call(Fields input, String endpoint, @Nullable String trace, Caller caller) {}
