package weir.amqp.management;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import weir.amqp.topology.Login;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.core.Bytes;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;
import weir.net.http.RequestDeadlines;

/**
 * Takes every request: finds out what is meant, who asks and whether he may, has it carried out, and answers.
 *
 * <p>Addresses are taken apart here rather than by Helidon's patterns because those decode before they split, and the first
 * virtual host is called {@code /}.
 */
final class Dispatcher {
    private static final String ROOT = "/api";

    private final Routes routes;
    private final Callers callers;
    private final Topology topology;
    private final RequestDeadlines deadlines;
    private final Semaphore largeBodies = new Semaphore(ManagementLimits.LARGE_BODIES_AT_ONCE);

    Dispatcher(Routes routes, Callers callers, Topology topology, RequestDeadlines deadlines) {
        this.routes = routes;
        this.callers = callers;
        this.topology = topology;
        this.deadlines = deadlines;
    }

    void handle(ServerRequest request, ServerResponse response) {
        Answer answer;
        try {
            answer = answered(request);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            answer = Failure.unavailable("the server is stopping").answer();
        }
        send(answer, request.prologue().method().text().equals("HEAD"), response);
    }

    private Answer answered(ServerRequest request) throws InterruptedException {
        try {
            String method = request.prologue().method().text();
            Routes.Found found = routes.find(segments(request)).orElseThrow(Failure::notFound);
            if (method.equals("OPTIONS")) {
                return Answer.nothing().with("allow", allowed(found));
            }
            Routes.Target target = found.methods().get(method.equals("HEAD") ? "GET" : method);
            if (target == null) {
                return new Failure(405, "Method Not Allowed", "\"Method Not Allowed\"\n")
                        .answer()
                        .with("allow", allowed(found));
            }
            checkOrigin(request);
            byte[] body = body(request);
            deadlines.requestIsWhole();
            return Deadline.until(
                    System.nanoTime() + target.patience().toNanos(),
                    () -> carriedOut(request, found.path(), target, body));
        } catch (Failure failure) {
            return failure.answer();
        } catch (OutcomeUnknownException e) {
            return Failure.of(e).answer();
        }
    }

    private static String allowed(Routes.Found found) {
        return "HEAD, OPTIONS, " + String.join(", ", found.methods().keySet());
    }

    private Answer carriedOut(ServerRequest request, Map<String, String> path, Routes.Target target, byte[] body)
            throws OutcomeUnknownException, InterruptedException {
        try {
            Login login = callers.of(
                    request.headers().first(HeaderNames.AUTHORIZATION).orElse(""), peer(request));
            Optional<VirtualHost> named = path.containsKey(Call.HOST)
                    ? topology.virtualHosts().find(path.get(Call.HOST))
                    : Optional.empty();
            Call call = new Call(
                    topology,
                    login,
                    path,
                    query(request),
                    request.headers().first(HeaderNames.create("X-Reason")).orElse(""),
                    named,
                    Bytes.of(body));
            target.access().check(call);
            return target.handler().answer(call);
        } catch (Failure failure) {
            Answer answer = failure.answer();
            return answer.status() == 401
                    ? answer.with("www-authenticate", "Basic realm=\"RabbitMQ Management\"")
                    : answer;
        } catch (AmqpException e) {
            return Failure.of(e).answer();
        } catch (RefusedException e) {
            return Failure.of(e).answer();
        }
    }

    // ---- Reading

    /** What follows {@code /api/}, each part decoded; a slash at the end is forgiven. */
    private static List<String> segments(ServerRequest request) throws Failure {
        String path = request.path().rawPath();
        if (!path.startsWith(ROOT + "/")) {
            throw Failure.notFound();
        }
        String rest = path.substring(ROOT.length() + 1);
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        List<String> segments = new ArrayList<>();
        for (String segment : rest.split("/", -1)) {
            try {
                segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw Failure.badRequest("the address is not encoded properly: " + e.getMessage());
            }
        }
        return segments;
    }

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
        if (origin.isPresent()
                && !origin.get().toLowerCase(Locale.ROOT).equals(own.toLowerCase(Locale.ROOT))) {
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
