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
import weir.core.Bytes;
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
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            answer = Failure.unavailable("the server is stopping").answer();
        }
        send(answer, request.prologue().method().text().equals("HEAD"), response);
    }

    private Answer answered(ServerRequest request) throws Failure, InterruptedException {
        checkOrigin(request);
        String path = request.path().rawPath();
        if (!path.startsWith(ROOT)) {
            throw Failure.notFound();
        }
        byte[] body = body(request);
        deadlines.requestIsWhole();
        ManagementApi.Request wanted = new ManagementApi.Request(
                request.prologue().method().text(),
                path.substring(ROOT.length()),
                query(request),
                request.headers().first(HeaderNames.create("X-Reason")).orElse(""),
                Bytes.of(body));
        String authorization =
                request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        Answer answer = api.answer(wanted, () -> callers.of(authorization, peer(request)));
        return answer.status() == 401 ? answer.with("www-authenticate", "Basic realm=\"RabbitMQ Management\"") : answer;
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

    private byte[] body(ServerRequest request) throws Failure, InterruptedException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() <= ManagementLimits.SMALL_BODY_BYTES) {
            return request.content().as(byte[].class);
        }
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
