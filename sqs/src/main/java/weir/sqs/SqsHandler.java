package weir.sqs;

import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Bytes;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;
import weir.net.http.HttpCaller;
import weir.net.http.RequestDeadlines;
import weir.sqs.action.Actions;
import weir.sqs.action.Call;
import weir.sqs.auth.Requester;
import weir.sqs.sns.Sns;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Operation;
import weir.sqs.wire.QueryRequest;
import weir.sqs.wire.ServedOperation;
import weir.sqs.wire.Service;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;
import weir.sqs.wire.SnsOperation;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** Takes one HTTP request through: read whole, decoded, carried out, answered in the protocol it came in. */
final class SqsHandler implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(SqsHandler.class);
    private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");
    private static final HeaderName TRACE_ID = HeaderNames.create("X-Amzn-Trace-Id");
    private static final String TARGET_PREFIX = "AmazonSQS.";

    private final Actions actions;
    private final Sns sns;
    private final Identities identities;
    private final BodyReader bodies;
    private final RequestDeadlines deadlines;
    private final DeveloperEndpoint developers;

    SqsHandler(
            Actions actions,
            Sns sns,
            Identities identities,
            BodyReader bodies,
            RequestDeadlines deadlines,
            DeveloperEndpoint developers) {
        this.actions = actions;
        this.sns = sns;
        this.identities = identities;
        this.bodies = bodies;
        this.deadlines = deadlines;
        this.developers = developers;
    }

    /** A request that could be read. */
    private record Request(ServedOperation operation, Fields input) {}

    @Override
    public void handle(ServerRequest http, ServerResponse response) throws IOException {
        HttpCaller caller = new HttpCaller(deadlines.connection());
        boolean whole;
        try {
            Answer answer = answer(http, caller);
            whole = http.content().consumed();
            if (!whole) {
                response.header(HeaderValues.CONNECTION_CLOSE); // Rather than read on what nobody will look at.
            }
            deadlines.answering();
            boolean withBody = !http.prologue().method().equals(Method.HEAD);
            caller.answer(() -> answer.send(response, withBody));
        } finally {
            deadlines.done();
        }
        if (!whole || http.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("this was the last request"); // Helidon would leave it to the client.
        }
        caller.awaitNextRequest();
    }

    private Answer answer(ServerRequest http, HttpCaller caller) throws IOException {
        boolean look = DeveloperEndpoint.isMeantBy(http.prologue().uriPath().rawPath());
        Answer.Form form = look ? DeveloperEndpoint.formOf(http.headers()) : Answer.Form.of(http.headers());
        Service service = Service.SQS;
        try {
            Request request;
            Requester requester;
            try (BodyReader.Body body = body(http)) {
                deadlines.requestIsWhole();
                if (look) {
                    return look(http, form, body.bytes(), caller);
                }
                QueryRequest query = form == Answer.Form.JSON ? null : form(http, body.bytes());
                service = query == null ? Service.SQS : Addressee.of(query, http.headers());
                requester = identities.of(http, body.bytes());
                request = query == null ? json(http, body.bytes()) : query(service, query, http);
            }
            Call call = new Call(request.input, endpoint(http), requester, trace(http), caller);
            return Answer.result(
                    form,
                    request.operation,
                    Deadline.until(System.nanoTime() + Deadline.OF_A_CALL.toNanos(), () -> run(request, call)));
        } catch (SqsException | SnsException e) {
            return Answer.error(form, service, e);
        } catch (NoActionException _) {
            String certificate = sns.certificateAt(http.prologue().uriPath().rawPath());
            return certificate == null ? Answer.NO_ACTION : Answer.certificate(certificate);
        } catch (OutcomeUnknownException e) {
            LOG.warn("the outcome of a request is unknown: {}", e.getMessage());
            return Answer.error(
                    form,
                    service,
                    SqsError.SERVICE_UNAVAILABLE.because(
                            "No answer came in time. The request may have been carried out, or may be yet."));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Answer.error(form, service, SqsError.SERVICE_UNAVAILABLE.because("The server is stopping."));
        } catch (IllegalStateException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | NullPointerException e) {
            LOG.error("a bug, met by a request to {}", http.prologue().uriPath().rawPath(), e);
            return Answer.error(
                    form,
                    service,
                    SqsError.INTERNAL_FAILURE.because("We encountered an internal error. Please try again."));
        }
    }

    private Answer look(ServerRequest http, Answer.Form form, Bytes body, HttpCaller caller)
            throws OutcomeUnknownException, InterruptedException {
        boolean json = form == Answer.Form.JSON;
        DeveloperEndpoint.Look asked = developers.read(
                http.prologue().uriPath().rawPath(),
                json ? target(http) : null,
                form(http, json ? Bytes.EMPTY : body),
                body);
        Call call = new Call(asked.input(), endpoint(http), identities.of(http, body), trace(http), caller);
        return Answer.result(form, Operation.RECEIVE_MESSAGE, actions.look(call, asked.invisible(), asked.delayed()));
    }

    private Fields run(Request request, Call call) throws OutcomeUnknownException, InterruptedException {
        return switch (request.operation) {
            case Operation operation -> actions.run(operation, call);
            case SnsOperation operation -> sns.actions().run(operation, call);
        };
    }

    private BodyReader.Body body(ServerRequest http) throws IOException {
        try {
            return bodies.read(http.content().inputStream(), contentLength(http.headers()));
        } catch (RequestException e) { // Helidon's word for broken chunks, and for too many of them.
            throw ProtocolErrors.of(e.status());
        } catch (IllegalArgumentException _) { // A chunk whose size is no number.
            throw ProtocolErrors.of(Status.BAD_REQUEST_400);
        } catch (InsufficientDataAvailableException | UncheckedIOException e) {
            throw new CloseConnectionException("the client went before its request was whole", e);
        }
    }

    private static long contentLength(ServerRequestHeaders headers) {
        return headers.contentLength().orElse(-1);
    }

    private static Request json(ServerRequest http, Bytes body) {
        String target = target(http);
        Operation operation =
                target.startsWith(TARGET_PREFIX) ? Operation.of(target.substring(TARGET_PREFIX.length())) : null;
        if (operation == null) {
            throw SqsError.INVALID_ACTION.because(
                    "The action " + (target.isEmpty() ? "(none)" : target) + " is not valid for this endpoint.");
        }
        return new Request(operation, withQueueUrl(JsonRequest.read(operation.input(), body), queuePath(http)));
    }

    private static String target(ServerRequest http) {
        return http.headers().first(Answer.TARGET).orElse("");
    }

    private static QueryRequest form(ServerRequest http, Bytes body) {
        String query = http.prologue().query().rawValue();
        return new QueryRequest(Bytes.of(query.getBytes(StandardCharsets.ISO_8859_1)), body);
    }

    private static Request query(Service service, QueryRequest form, ServerRequest http) throws NoActionException {
        String action = form.action();
        if (action == null) {
            throw new NoActionException();
        }
        return switch (service) {
            case SQS -> sqs(action, form, queuePath(http));
            case SNS -> sns(action, form);
        };
    }

    private static Request sns(String action, QueryRequest form) {
        SnsOperation operation = SnsOperation.of(action);
        if (operation == null) {
            throw SnsError.INVALID_ACTION.because(
                    "Could not find operation " + action + " for version " + Service.SNS.version());
        }
        return new Request(operation, form.read(operation.input()));
    }

    private static Request sqs(String action, QueryRequest form, @Nullable String path) {
        Operation operation = Operation.of(action);
        if (operation == null || (path != null && !isAboutOneQueue(operation))) {
            throw SqsError.INVALID_ACTION.because("The action " + action + " is not valid for this endpoint.");
        }
        return new Request(operation, withQueueUrl(form.read(operation.input()), path));
    }

    private static boolean isAboutOneQueue(Operation operation) {
        return operation != Operation.CREATE_QUEUE && operation != Operation.LIST_QUEUES;
    }

    /** The path as a queue URL, if it can be one. */
    private static @Nullable String queuePath(ServerRequest http) {
        String path = http.prologue().uriPath().rawPath();
        int slash = path.indexOf('/', 1);
        return slash > 0 && slash + 1 < path.length() ? path : null;
    }

    /** A parameter wins over the path. */
    private static Fields withQueueUrl(Fields input, @Nullable String path) {
        return path == null || input.has("QueueUrl") ? input : input.put("QueueUrl", path);
    }

    /** Scheme and host as the client wrote them, so that a queue URL made of them reaches this server again. */
    private static String endpoint(ServerRequest http) {
        boolean secure = http.isSecure()
                || http.headers().first(FORWARDED_PROTO).orElse("").equalsIgnoreCase("https");
        return (secure ? "https://" : "http://")
                + http.headers().first(HeaderNames.HOST).orElse("");
    }

    /** What an instrumented client, or a gateway before this server, says of the whole that a request is a part of. */
    private static @Nullable String trace(ServerRequest http) {
        return http.headers().first(TRACE_ID).orElse(null);
    }

    /** A Query request that names no action. */
    private static final class NoActionException extends Exception {
        private static final long serialVersionUID = 1;

        NoActionException() {
            super("no action", null, false, false);
        }
    }
}
