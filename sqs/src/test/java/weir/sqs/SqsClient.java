package weir.sqs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that sends exactly what a test says, in either protocol. */
final class SqsClient {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String endpoint;

    SqsClient(int port) {
        this.endpoint = "http://127.0.0.1:" + port;
    }

    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        /** The text of an XML element, which must be there once. */
        String element(String name) {
            int from = body.indexOf("<" + name + ">") + name.length() + 2;
            int to = body.indexOf("</" + name + ">");
            if (from < name.length() + 2 || to < from) {
                throw new AssertionError("no " + name + " in " + body);
            }
            return body.substring(from, to);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    String endpoint() {
        return endpoint;
    }

    Answer json(String action, String body) {
        return post(
                "/", Map.of("X-Amz-Target", "AmazonSQS." + action, "Content-Type", "application/x-amz-json-1.0"), body);
    }

    /** As {@link #json}, for what must succeed. Single quotes stand for double ones. */
    JsonNode ok(String action, String body) {
        Answer answer = json(action, body.replace('\'', '"'));
        if (answer.status != 200) {
            throw new AssertionError(action + " was answered " + answer.status + " " + answer.body);
        }
        return answer.json();
    }

    Answer query(Map<String, String> parameters) {
        return query("/", parameters);
    }

    Answer query(String path, Map<String, String> parameters) {
        return post(path, Map.of("Content-Type", "application/x-www-form-urlencoded"), form(parameters));
    }

    static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    Answer get(String pathAndQuery) {
        return send(HttpRequest.newBuilder(URI.create(endpoint + pathAndQuery)).GET());
    }

    Answer post(String path, Map<String, String> headers, String body) {
        return post(path, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    Answer post(String path, Map<String, String> headers, byte[] body) {
        var request = HttpRequest.newBuilder(URI.create(endpoint + path)).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return send(request);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            Map<String, String> headers = response.headers().map().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().getFirst()));
            return new Answer(response.statusCode(), headers, response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
