package weir.amqp.management;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import weir.amqp.topology.Login;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.net.http.RequestDeadlines;

/** Takes every request of HTTP, has it carried out, and answers. */
final class Dispatcher {
    private static final String ROOT = "/api/";

    private final ManagementApi api;
    private final Callers callers;
    private final RequestDeadlines deadlines;
    private final Semaphore largeBodies = new Semaphore(ManagementLimits.LARGE_BODIES_AT_ONCE);

    Dispatcher(ManagementApi api, Callers callers, RequestDeadlines deadlines) {
        this.api = api;
        this.callers = callers;
        this.deadlines = deadlines;
    }

    void handle(ServerRequest request, ServerResponse response) {
        Answer answer;
        try {
            answer = answered(request);
        } catch (Failure failure) {
            answer = failure.answer();
        } catch (OutcomeUnknownException e) {
            answer = Failure.of(e).answer();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            answer = Failure.unavailable("the server is stopping").answer();
        }
        send(challenging(answer), request.prologue().method().text().equals("HEAD"), response);
        if (!request.content().consumed()) {
            request.content().consume(); // Of what is of no interest nothing is kept; it has to be over in time, too.
        }
    }

    private static Answer challenging(Answer answer) {
        return answer.status() == 401 ? answer.with("www-authenticate", "Basic realm=\"RabbitMQ Management\"") : answer;
    }

    private Answer answered(ServerRequest request) throws Failure, OutcomeUnknownException, InterruptedException {
        checkOrigin(request);
        String path = request.path().rawPath();
        if (!path.startsWith(ROOT)) {
            throw Failure.notFound();
        }
        String authorization =
                request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        ManagementApi.Caller caller = () -> callers.of(authorization, peer(request));
        boolean small = isSmall(request);
        if (!small) { // There is room for few of them, and none for nobody's.
            Login login = caller.login();
            caller = () -> login;
        }
        byte[] body = small ? smallBody(request) : largeBody(request);
        deadlines.requestIsWhole();
        ManagementApi.Request wanted = new ManagementApi.Request(
                request.prologue().method().text(),
                path.substring(ROOT.length()),
                query(request),
                request.headers().first(HeaderNames.create("X-Reason")).orElse(""),
                Bytes.of(body));
        return api.answer(wanted, caller);
    }

    // ---- Reading

    private static Map<String, String> query(ServerRequest request) {
        Map<String, String> query = new TreeMap<>();
        for (String name : request.query().names()) {
            query.put(name, request.query().first(name).orElse(""));
        }
        return query;
    }

    private static InetAddress peer(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress()
                : InetAddress.ofLiteral("0.0.0.0"); // Nobody who is let in for where he is.
    }

    /** A browser that knows the password would send it along for any page. */
    private static void checkOrigin(ServerRequest request) throws Failure {
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        String own = "http://" + request.headers().first(HeaderNames.HOST).orElse("");
        if (origin.isPresent() && !origin.get().toLowerCase(Locale.ROOT).equals(own.toLowerCase(Locale.ROOT))) {
            throw new Failure(403, "forbidden", "Origin is \"" + origin.get() + "\", a page of another site");
        }
    }

    private static boolean isSmall(ServerRequest request) {
        OptionalLong length = request.headers().contentLength();
        return !request.content().hasEntity()
                || (length.isPresent() && length.getAsLong() <= ManagementLimits.SMALL_BODY_BYTES);
    }

    private static byte[] smallBody(ServerRequest request) {
        return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    }

    private byte[] largeBody(ServerRequest request) throws Failure, InterruptedException {
        if (!largeBodies.tryAcquire(ManagementLimits.LARGE_BODY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw Failure.unavailable("too many large requests at once; repeat it in a moment");
        }
        try {
            return request.content().as(byte[].class);
        } finally {
            largeBodies.release();
        }
    }

    // ---- Answering

    private void send(Answer answer, boolean headersOnly, ServerResponse response) {
        deadlines.answering();
        response.status(answer.status()).header(HeaderNames.CACHE_CONTROL, "no-cache");
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        Object body = answer.body();
        if (body == null) {
            response.send();
            return;
        }
        byte[] json = Json.bytes(body);
        response.header(HeaderValues.CONTENT_TYPE_JSON);
        if (headersOnly) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(json.length));
            response.send();
        } else {
            response.send(json);
        }
    }
}
