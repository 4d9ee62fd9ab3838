package weir.sqs;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;
import weir.sqs.wire.QueryJsonAnswer;
import weir.sqs.wire.ServedOperation;
import weir.sqs.wire.Service;
import weir.sqs.wire.ServiceException;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.XmlAnswer;
import weir.sqs.wire.XmlAsJsonAnswer;

/**
 * An HTTP answer in one of the two protocols.
 *
 * @param queryError what old SDKs are to take for the error's code; null for a success, and in XML, which says it itself
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Answer(
        Status status,
        Header contentType,
        String requestId,
        @Nullable String queryError,
        byte[] body) {
    static final HeaderName TARGET = HeaderNames.create("X-Amz-Target");
    static final HeaderName REQUEST_ID = HeaderNames.create("x-amzn-RequestId");
    static final HeaderName QUERY_ERROR = HeaderNames.create("x-amzn-query-error");
    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, JsonAnswer.CONTENT_TYPE);
    private static final Header QUERY_JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, QueryJsonAnswer.CONTENT_TYPE);
    private static final Header XML = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, XmlAnswer.CONTENT_TYPE);

    private static final Header PEM = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/x-pem-file");

    /** What AWS says to a Query request that names no action. */
    static final Answer NO_ACTION = new Answer(
            Status.NOT_FOUND_404,
            XML,
            newRequestId(),
            null,
            "<UnknownOperationException/>\n".getBytes(StandardCharsets.UTF_8));

    /** How a request wants to be answered. */
    enum Form {
        /** The JSON protocol. */
        JSON,
        /** The Query protocol. */
        XML,
        /** The Query protocol, to a client that accepts JSON. */
        QUERY_JSON,
        /** The Query protocol, to a developer's tool that accepts JSON. */
        XML_AS_JSON;

        static Form of(ServerRequestHeaders headers) {
            if (headers.contains(TARGET)
                    || headers.first(HeaderNames.CONTENT_TYPE).orElse("").startsWith("application/x-amz-json")) {
                return JSON;
            }
            return headers.first(HeaderNames.ACCEPT).orElse("").startsWith(QueryJsonAnswer.CONTENT_TYPE)
                    ? QUERY_JSON
                    : XML;
        }
    }

    static Answer result(Form form, ServedOperation operation, Fields result) {
        String requestId = newRequestId();
        return switch (form) {
            case JSON -> new Answer(Status.OK_200, JSON, requestId, null, JsonAnswer.result(result));
            case XML -> new Answer(Status.OK_200, XML, requestId, null, XmlAnswer.result(operation, result, requestId));
            case QUERY_JSON ->
                new Answer(
                        Status.OK_200,
                        QUERY_JSON,
                        requestId,
                        null,
                        QueryJsonAnswer.result(operation, result, requestId));
            case XML_AS_JSON ->
                new Answer(
                        Status.OK_200,
                        QUERY_JSON,
                        requestId,
                        null,
                        XmlAsJsonAnswer.result(operation, result, requestId));
        };
    }

    static Answer error(Form form, Service service, ServiceException error) {
        String requestId = newRequestId();
        Status status = Status.create(error.status());
        return switch (form) {
            case JSON -> {
                if (!(error instanceof SqsException sqs)) {
                    throw new IllegalStateException("only SQS speaks the JSON protocol");
                }
                yield new Answer(status, JSON, requestId, sqs.error().queryError(), JsonAnswer.error(sqs));
            }
            case XML -> new Answer(status, XML, requestId, null, XmlAnswer.error(service, error, requestId));
            case QUERY_JSON -> new Answer(status, QUERY_JSON, requestId, null, QueryJsonAnswer.error(error, requestId));
            case XML_AS_JSON ->
                new Answer(status, QUERY_JSON, requestId, null, XmlAsJsonAnswer.error(error, requestId));
        };
    }

    /** What SNS's signatures are checked with. */
    static Answer certificate(String pem) {
        return new Answer(Status.OK_200, PEM, newRequestId(), null, pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param withBody false in answer to HEAD, whose client takes a body for the next answer */
    void send(ServerResponse response, boolean withBody) {
        response.status(status).header(contentType).header(HeaderValues.create(REQUEST_ID, requestId));
        if (queryError != null) {
            response.header(HeaderValues.create(QUERY_ERROR, queryError));
        }
        if (withBody) {
            response.send(body);
        } else {
            response.send();
        }
    }

    /** Unlike others; nobody needs it to be unguessable. */
    private static String newRequestId() {
        var random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63))
                .toString();
    }
}
