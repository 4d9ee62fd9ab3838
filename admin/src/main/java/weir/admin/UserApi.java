package weir.admin;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** {@code /api/v1/users}: finds out which call is meant. */
final class UserApi implements Handler {
    static final String PATH = "/api/v1/users";
    private static final String KEYS = "keys";

    private final UserRoutes users;

    UserApi(UserRoutes users) {
        this.users = users;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        String method = request.prologue().method().text();
        String[] segments = request.path()
                .rawPath()
                .substring(PATH.length())
                .replaceAll("/+$", "")
                .split("/", -1);
        switch (segments.length) {
            case 1 -> {
                switch (method) {
                    case "GET" -> users.list(request, response);
                    case "POST" -> users.create(request, response);
                    default -> throw wrongMethod(method, "GET to list users, POST to create one");
                }
            }
            case 2 -> {
                String name = decoded(segments[1]);
                switch (method) {
                    case "GET" -> users.describe(name, response);
                    case "DELETE" -> users.delete(name, response);
                    default -> throw wrongMethod(method, "GET, DELETE");
                }
            }
            case 3 -> {
                checkKeys(segments[2]);
                String name = decoded(segments[1]);
                switch (method) {
                    case "GET" -> users.listKeys(name, response);
                    case "POST" -> users.createKey(name, request, response);
                    default -> throw wrongMethod(method, "GET to list keys, POST to create one");
                }
            }
            case 4 -> {
                checkKeys(segments[2]);
                String name = decoded(segments[1]);
                String id = decoded(segments[3]);
                switch (method) {
                    case "PATCH" -> users.updateKey(name, id, request, response);
                    case "DELETE" -> users.deleteKey(name, id, response);
                    default -> throw wrongMethod(method, "PATCH, DELETE");
                }
            }
            default -> throw nothing();
        }
    }

    private static void checkKeys(String segment) {
        if (!segment.equals(KEYS)) {
            throw nothing();
        }
    }

    private static Failure.Thrown nothing() {
        return Failure.notFound("a user has keys, and nothing else").thrown();
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("the name in the address is not encoded properly: " + e.getMessage())
                    .thrown();
        }
    }

    private static Failure.Thrown wrongMethod(String method, String allowed) {
        return new Failure(405, "METHOD_NOT_ALLOWED", "the method is " + method + ", allowed is " + allowed).thrown();
    }
}
