package weir.admin;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * {@code /api/v1/queues}: finds out which call is meant. Done here rather than by Helidon's path patterns because those
 * decode before they split, and a queue's name may have a slash in it.
 */
final class QueueApi implements Handler {
    static final String PATH = "/api/v1/queues";

    private final QueueRoutes queues;
    private final MessageRoutes messages;

    QueueApi(QueueRoutes queues, MessageRoutes messages) {
        this.queues = queues;
        this.messages = messages;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        String method = request.prologue().method().text();
        String[] segments = request.path().rawPath().substring(PATH.length()).split("/", -1);
        if (segments.length == 1 || (segments.length == 2 && segments[1].isEmpty())) {
            switch (method) {
                case "GET" -> queues.list(request, response);
                case "POST" -> queues.create(request, response);
                default -> throw wrongMethod(method, "GET to list queues, POST to create one");
            }
            return;
        }
        String name = QueueRoutes.checkedName(decoded(segments[1]));
        switch (segments.length == 2 ? "" : rest(segments)) {
            case "" -> {
                switch (method) {
                    case "GET" -> queues.describe(name, response);
                    case "PATCH" -> queues.update(name, request, response);
                    case "DELETE" -> queues.delete(name, response);
                    default -> throw wrongMethod(method, "GET, PATCH, DELETE");
                }
            }
            case "messages" -> {
                switch (method) {
                    case "GET" -> messages.peek(name, request, response);
                    case "POST" -> messages.send(name, request, response);
                    default -> throw wrongMethod(method, "GET to peek, POST to send");
                }
            }
            case String verb -> {
                Handler call =
                        switch (verb) {
                            case "purge" -> (_, _) -> queues.purge(name, response);
                            case "pause" -> (_, _) -> queues.setPaused(name, request, response, true);
                            case "resume" -> (_, _) -> queues.setPaused(name, request, response, false);
                            case "receive" -> (_, _) -> messages.receive(name, request, response);
                            case "acknowledge" -> (_, _) -> messages.acknowledge(name, request, response);
                            case "release" -> (_, _) -> messages.release(name, request, response);
                            case "reject" -> (_, _) -> messages.reject(name, request, response);
                            case "cancel" -> (_, _) -> messages.cancel(name, request, response);
                            case "extend" -> (_, _) -> messages.extend(name, request, response);
                            default ->
                                throw Failure.notFound("a queue has no \"" + verb + "\"")
                                        .thrown();
                        };
                if (!method.equals("POST")) {
                    throw wrongMethod(method, "POST");
                }
                call.handle(request, response);
            }
        }
    }

    /** A trailing slash is forgiven; more than one step below a queue is nothing. */
    private static String rest(String[] segments) {
        return segments.length == 3 ? segments[2] : String.join("/", segments).substring(segments[1].length() + 2);
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("the queue's name in the address is not encoded properly: " + e.getMessage())
                    .thrown();
        }
    }

    private static Failure.Thrown wrongMethod(String method, String allowed) {
        return new Failure(405, "METHOD_NOT_ALLOWED", "the method is " + method + ", allowed is " + allowed).thrown();
    }
}
