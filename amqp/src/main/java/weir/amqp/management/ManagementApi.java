package weir.amqp.management;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import weir.amqp.topology.Login;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.core.Bytes;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;

/** The API without HTTP: a request goes to the resource that its address means, if its caller may. Safe for use by any number of threads. */
public final class ManagementApi {
    private final Routes routes = new Routes();
    private final Topology topology;

    ManagementApi(Topology topology, List<ApiResource> resources) {
        this.topology = topology;
        resources.forEach(resource -> resource.register(routes));
    }

    /**
     * What somebody wants.
     *
     * @param path what follows {@code /api/} as it came: its parts may be encoded
     * @param query of several values of a name the first
     * @param reason what those concerned are told; empty for none
     */
    public record Request(String method, String path, Map<String, String> query, String reason, Bytes body) {}

    /** @param json empty if there is nothing to say */
    public record Told(int status, Bytes json) {}

    /** Finds out who asks, once it is known that there is something to ask for. */
    interface Caller {
        Login login() throws Failure, OutcomeUnknownException, InterruptedException;
    }

    /** Does what an operator wants who need not say who he is, and may do everything. */
    public Told call(Request request) throws InterruptedException {
        Answer answer = answer(request, () -> Login.SYSTEM);
        Object body = answer.body();
        return new Told(answer.status(), body == null ? Bytes.EMPTY : Bytes.of(Json.bytes(body)));
    }

    Answer answer(Request request, Caller caller) throws InterruptedException {
        try {
            Routes.Found found = routes.find(segments(request.path())).orElseThrow(Failure::notFound);
            if (request.method().equals("OPTIONS")) {
                return Answer.nothing().with("allow", allowed(found));
            }
            Routes.Target target = found.methods().get(request.method().equals("HEAD") ? "GET" : request.method());
            if (target == null) {
                return new Failure(405, "Method Not Allowed", request.method() + " is not allowed here")
                        .answer()
                        .with("allow", allowed(found));
            }
            return Deadline.until(
                    System.nanoTime() + target.patience().toNanos(),
                    () -> carriedOut(request, found.path(), target, caller));
        } catch (Failure failure) {
            return failure.answer();
        } catch (OutcomeUnknownException e) {
            return Failure.of(e).answer();
        }
    }

    private static String allowed(Routes.Found found) {
        return "HEAD, OPTIONS, " + String.join(", ", found.methods().keySet());
    }

    private Answer carriedOut(Request request, Map<String, String> path, Routes.Target target, Caller caller)
            throws OutcomeUnknownException, InterruptedException {
        try {
            Login login = caller.login();
            Optional<VirtualHost> named = path.containsKey(Call.HOST)
                    ? topology.virtualHosts().find(path.getOrDefault(Call.HOST, ""))
                    : Optional.empty();
            Call call = new Call(topology, login, path, request.query(), request.reason(), named, request.body());
            target.access().check(call);
            return target.handler().answer(call);
        } catch (Failure failure) {
            return failure.answer();
        } catch (AmqpException e) {
            return Failure.of(e).answer();
        } catch (RefusedException e) {
            return Failure.of(e).answer();
        }
    }

    /**
     * Each part decoded; a slash at the end is forgiven. Taken apart here rather than by Helidon's patterns because those decode
     * before they split, and the first virtual host is called {@code /}.
     */
    private static List<String> segments(String path) throws Failure {
        String rest = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
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
}
