package weir.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the management API as one user. */
record ManagementClient(int port, String user, String password) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** @param body null node if there was none */
    record Answer(int status, JsonNode body, HttpResponse<String> response) {}

    static ManagementClient guest(WeirServer server) {
        return new ManagementClient(server.managementPort(), "guest", "guest");
    }

    ManagementClient as(String otherUser, String otherPassword) {
        return new ManagementClient(port, otherUser, otherPassword);
    }

    Answer send(String method, String path, String body) throws Exception {
        return send(method, path, body, "Content-Type", "application/json");
    }

    Answer send(String method, String path, String body, String... headers) throws Exception {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return exchange(HttpRequest.newBuilder(uri(path))
                .timeout(PATIENCE)
                .header("Authorization", "Basic " + credentials)
                .headers(headers)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + "/api" + path);
    }

    static Answer exchange(HttpRequest request) throws Exception {
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode body = response.body().isEmpty() ? JSON.nullNode() : JSON.readTree(response.body());
        return new Answer(response.statusCode(), body, response);
    }

    JsonNode get(String path) throws Exception {
        Answer answer = send("GET", path, "");
        if (answer.status() != 200) {
            throw new AssertionError("GET " + path + " was answered " + answer.status() + " " + answer.body());
        }
        return answer.body();
    }

    int put(String path, String body) throws Exception {
        return send("PUT", path, body).status();
    }

    int delete(String path) throws Exception {
        return send("DELETE", path, "").status();
    }

    Answer post(String path, String body) throws Exception {
        return send("POST", path, body);
    }
}
