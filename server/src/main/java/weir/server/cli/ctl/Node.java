package weir.server.cli.ctl;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import weir.server.http.HttpConnection;

/** The node that is asked: RabbitMQ's management API behind its admin port. */
final class Node implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private static final String BASE = "/api/v1/rabbitmq/";
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(70);
    private static final int NOT_FOUND = 404;
    private static final int REFUSED = 300;
    private static final int NO_ANSWER = 503;
    private static final int NO_ANSWER_OF_A_PEER = 504;

    private final URI server;
    private final HttpConnection connection;

    /** @param body none for an answer that has none */
    record Answer(int status, JsonNode body) {
        boolean isMissing() {
            return status == NOT_FOUND;
        }
    }

    Node(String server) {
        URI address;
        try {
            address = URI.create(server);
        } catch (IllegalArgumentException _) {
            throw CtlFailure.usage("the server's address is \"" + server + "\", which is none");
        }
        if (address.getHost() == null) {
            throw CtlFailure.usage("the server's address is \"" + server + "\", allowed is http://HOST:PORT");
        }
        this.server = address;
        this.connection = new HttpConnection(address, READ_TIMEOUT);
    }

    /** As RabbitMQ's texts name a node. */
    String name() {
        return "rabbit@" + server.getHost();
    }

    /** An address, each of its parts encoded. */
    static String path(String... parts) {
        return Arrays.stream(parts)
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    JsonNode get(String path) {
        return done(ask("GET", path, null, null)).body();
    }

    /** Whatever it comes to, unless there is no answer. */
    Answer look(String path) {
        return ask("GET", path, null, null);
    }

    void put(String path, ObjectNode body) {
        done(ask("PUT", path, body, null));
    }

    Answer tryPut(String path, ObjectNode body) {
        return ask("PUT", path, body, null);
    }

    Answer delete(String path) {
        return ask("DELETE", path, null, null);
    }

    /** @param reason what whoever is concerned is told */
    Answer delete(String path, String reason) {
        return ask("DELETE", path, null, reason);
    }

    JsonNode post(String path, ObjectNode body) {
        return done(ask("POST", path, body, null)).body();
    }

    /** Throws what the node refused. */
    static Answer done(Answer answer) {
        if (answer.status() < REFUSED) {
            return answer;
        }
        String reason = answer.body()
                .path("reason")
                .asString(answer.body().path("message").asString(""));
        throw new CtlFailure(
                answer.isMissing() ? CtlFailure.DATA : CtlFailure.SOFTWARE,
                reason.isEmpty() ? "the node answered with status " + answer.status() : reason);
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    private Answer ask(String method, String path, @Nullable ObjectNode body, @Nullable String reason) {
        HttpConnection.Response response;
        String headers = "Content-Type: application/json\r\n"
                + (reason == null ? "" : "X-Reason: " + reason.replaceAll("\\p{Cntrl}", " ") + "\r\n");
        try {
            response = connection.send(
                    method, BASE + path, headers, body == null ? new byte[0] : JSON.writeValueAsBytes(body));
        } catch (IOException e) {
            throw new CtlFailure(
                    CtlFailure.UNAVAILABLE,
                    "unable to perform an operation on node '" + name() + "': no answer from " + server + " ("
                            + e.getMessage() + "). Start one with: weir server (or name another with WEIR_ADMIN_URL)");
        }
        JsonNode answer;
        try {
            answer = response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
        } catch (JacksonException _) {
            throw new CtlFailure(CtlFailure.UNAVAILABLE, "what answers at " + server + " is not Weir's admin API");
        }
        if (response.status() == NO_ANSWER || response.status() == NO_ANSWER_OF_A_PEER) {
            throw new CtlFailure(CtlFailure.TEMPORARY, answer.path("reason").asString("the node has no answer"));
        }
        return new Answer(response.status(), answer);
    }

    @Override
    public void close() {
        connection.close();
    }
}
