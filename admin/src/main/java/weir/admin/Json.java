package weir.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import weir.net.http.RequestDeadlines;

/** Reads requests and writes answers. One for each server; safe for use by any number of threads. */
final class Json {
    private final JsonMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .changeDefaultPropertyInclusion(was -> was.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();
    private final Semaphore largeBodies = new Semaphore(AdminLimits.LARGE_BODIES_AT_ONCE);
    private final RequestDeadlines deadlines;

    Json(RequestDeadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** @throws Failure.Thrown if the body is not JSON, or not of that shape */
    <T> T read(ServerRequest request, Class<T> type) throws InterruptedException {
        byte[] body = body(request);
        try {
            T read = mapper.readValue(body.length == 0 ? new byte[] {'{', '}'} : body, type);
            if (read == null) {
                throw Failure.invalid("the body is null, allowed is an object").thrown();
            }
            return read;
        } catch (DatabindException e) {
            throw Failure.invalid("the body does not fit: " + plain(e.getOriginalMessage()) + at(e))
                    .thrown();
        } catch (JacksonException e) {
            throw Failure.invalid("the body is not JSON: " + e.getOriginalMessage())
                    .thrown();
        }
    }

    /** An answer that somebody else has written is sent now. */
    void answering() {
        deadlines.answering();
    }

    void answer(ServerResponse response, int status, Object body) {
        deadlines.answering();
        response.status(status).header(HeaderValues.CONTENT_TYPE_JSON).send(mapper.writeValueAsBytes(body));
    }

    void fail(ServerResponse response, Failure failure) {
        deadlines.answering();
        response.status(failure.status()).header(HeaderValues.CONTENT_TYPE_JSON).send(failureBytes(failure));
    }

    byte[] failureBytes(Failure failure) {
        return mapper.writeValueAsBytes(new ErrorBody(failure.code(), failure.message()));
    }

    record ErrorBody(String code, String message) {}

    /** As it came, whole; empty if there is none. @throws Failure.Thrown if it is of another type than JSON */
    byte[] body(ServerRequest request) throws InterruptedException {
        byte[] body = bytes(request);
        deadlines.requestIsWhole();
        if (body.length > 0) {
            checkContentType(request);
        }
        return body;
    }

    private byte[] bytes(ServerRequest request) throws InterruptedException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() <= AdminLimits.SMALL_BODY_BYTES) {
            return request.content().as(byte[].class);
        }
        if (!largeBodies.tryAcquire(AdminLimits.LARGE_BODY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new Failure(503, "BUSY", "too many large requests at once; repeat it in a moment").thrown();
        }
        try {
            return request.content().as(byte[].class);
        } finally {
            largeBodies.release();
        }
    }

    /** A web page can make a browser send any other type here without asking; see {@link BrowserGuard}. */
    private static void checkContentType(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("none");
        String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json")) {
            throw new Failure(
                            415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type is " + type + ", allowed is application/json")
                    .thrown();
        }
    }

    private static String at(DatabindException e) {
        @Nullable String path = e.getPathReference();
        return path == null || path.isEmpty() ? "" : ", at " + plain(path);
    }

    /** Without the names of our classes, which mean nothing to a client. */
    private static String plain(String message) {
        return message.replaceAll("weir\\.admin\\.Wire\\$", "");
    }
}
