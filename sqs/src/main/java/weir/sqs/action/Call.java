package weir.sqs.action;

import weir.sqs.wire.Fields;

/**
 * One request.
 *
 * @param input has every member that the shape requires, but for QueueUrl
 * @param endpoint scheme, host and port as the client wrote them, for queue URLs
 */
public record Call(Fields input, String endpoint, Caller caller) {}
