package weir.server.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import weir.server.http.HttpConnection;

/** Calls a server's admin API. Every failure ends the command, with the right exit code and the next step. */
final class AdminClient implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    /** Above the longest wait that the API allows for messages. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(70);

    private final URI server;
    private final HttpConnection connection;

    AdminClient(URI server) {
        if (server.getHost() == null || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--server is \"" + server + "\", allowed is an address such as http://127.0.0.1:9325");
        }
        this.server = server;
        connection = new HttpConnection(server, READ_TIMEOUT);
    }

    JsonNode get(String path) {
        return call("GET", path, new byte[0]);
    }

    JsonNode delete(String path) {
        return call("DELETE", path, new byte[0]);
    }

    JsonNode post(String path, ObjectNode body) {
        return call("POST", path, JSON.writeValueAsBytes(body));
    }

    JsonNode put(String path, ObjectNode body) {
        return call("PUT", path, JSON.writeValueAsBytes(body));
    }

    /** There need be nothing. */
    void deleteIfThere(String path) {
        try {
            delete(path);
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.REFUSED) {
                throw e;
            }
        }
    }

    JsonNode patch(String path, ObjectNode body) {
        return call("PATCH", path, JSON.writeValueAsBytes(body));
    }

    static String queue(String name) {
        return "/api/v1/queues/" + encoded(name);
    }

    static String user(String name) {
        return "/api/v1/users/" + encoded(name);
    }

    /** One of RabbitMQ's resources. */
    static String rabbit(String... parts) {
        return "/api/v1/rabbitmq/"
                + Arrays.stream(parts).map(AdminClient::encoded).collect(Collectors.joining("/"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        connection.close();
    }

    private JsonNode call(String method, String path, byte[] body) {
        HttpConnection.Response response;
        try {
            response = connection.send(method, path, "Content-Type: application/json\r\n", body);
        } catch (ConnectException e) {
            throw new CommandFailure(
                    ExitCode.NO_ANSWER,
                    "no server answers at " + server + " (" + e.getMessage() + "); start one with: weir server"
                            + " (or name another with --server or WEIR_ADMIN_URL)");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.NO_ANSWER,
                    "no answer from " + server + " (" + e.getMessage()
                            + "); what was asked may or may not have been done");
        }
        JsonNode answer;
        try {
            answer = response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
        } catch (JacksonException _) {
            throw new CommandFailure(
                    ExitCode.NO_ANSWER,
                    "what answers at " + server + " is not Weir's admin API (status " + response.status()
                            + "); give its address with --server");
        }
        if (response.status() >= 300) {
            throw new CommandFailure(
                    response.status() == 504 ? ExitCode.NO_ANSWER : ExitCode.REFUSED,
                    answer.path("message").asString(answer.path("reason").asString("status " + response.status())));
        }
        return answer;
    }
}
