package weir.sqs;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** Words in SQS's way what Helidon refuses before a request reaches the handler: broken HTTP, and too much of it. */
final class ProtocolErrors implements DirectHandler {
    static DirectHandlers handlers() {
        var builder = DirectHandlers.builder();
        var errors = new ProtocolErrors();
        for (EventType type : EventType.values()) {
            builder.addHandler(type, errors);
        }
        return builder.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        Answer answer = Answer.error(Answer.Form.of(request.headers()), of(status));
        headers.set(answer.contentType());
        headers.set(HeaderValues.create(Answer.REQUEST_ID, answer.requestId()));
        if (answer.queryError() != null) {
            headers.set(HeaderValues.create(Answer.QUERY_ERROR, answer.queryError()));
        }
        return TransportResponse.builder()
                .status(status)
                .headers(headers)
                .keepAlive(false)
                .entity(answer.body())
                .build();
    }

    static SqsException of(Status status) {
        int code = status.code();
        if (code == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
            return SqsError.REQUEST_TOO_LARGE.because(
                    "The request is larger than " + SqsLimits.REQUEST_BYTES + " bytes.");
        }
        if (code == Status.SERVICE_UNAVAILABLE_503.code()) {
            return SqsError.SERVICE_UNAVAILABLE.because("Too many requests at the same time.");
        }
        return code < 500
                ? SqsError.MALFORMED_INPUT.because("The request is not valid HTTP/1.1.")
                : SqsError.INTERNAL_FAILURE.because("We encountered an internal error. Please try again.");
    }
}
