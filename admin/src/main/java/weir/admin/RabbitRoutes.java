package weir.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** {@code /api/v1/rabbitmq}: hands on what is asked, and back what is answered. */
final class RabbitRoutes implements Handler {
    static final String PATH = "/api/v1/rabbitmq";

    private final @Nullable RabbitApi rabbit;
    private final Json json;

    /** @param rabbit null if this server does not serve RabbitMQ's clients */
    RabbitRoutes(@Nullable RabbitApi rabbit, Json json) {
        this.rabbit = rabbit;
        this.json = json;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        RabbitApi there = rabbit;
        if (there == null) {
            throw Failure.notFound("RabbitMQ's clients are not served here; set amqp.port")
                    .thrown();
        }
        Map<String, String> query = new TreeMap<>();
        for (String name : request.query().names()) {
            query.put(name, request.query().first(name).orElse(""));
        }
        RabbitApi.Answer answer = there.call(new RabbitApi.Request(
                request.prologue().method().text(),
                request.path().rawPath().substring(PATH.length()).replaceFirst("^/", ""),
                query,
                request.headers().first(HeaderNames.create("X-Reason")).orElse(""),
                Bytes.of(json.body(request))));
        json.answering();
        response.status(answer.status());
        if (answer.json().length() == 0) {
            response.send();
        } else {
            response.header(HeaderValues.CONTENT_TYPE_JSON).send(answer.json().toArray());
        }
    }
}
