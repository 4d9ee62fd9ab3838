package weir.admin;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.admin.Wire.HeaderJson;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Message;
import weir.core.QueueSettings;
import weir.core.codec.MessageCodec;
import weir.core.text.Durations;

/** Turns a message of a request into a batch of one. Every method throws {@link Failure.Thrown} on nonsense. */
final class Outgoing {
    /** What SQS and AMQP allow between them; longer ids would only cost memory while they are remembered. */
    private static final int ID_BYTES_MAX = 255;

    private static final int HEADERS_MAX = 1_000;

    private Outgoing() {}

    private static long deliverAt(String text, long nowMillis) {
        Duration delay = duration("delay", text, Duration.ZERO, Limits.DELAY_MAX);
        return delay.isZero() ? Envelope.AT_ONCE : nowMillis + delay.toMillis();
    }

    static Batch batch(Wire.@Nullable Outgoing message, QueueSettings queue, long nowMillis) {
        if (message == null) {
            throw Failure.invalid("a message is null").thrown();
        }
        int level = message.priority() == null ? queue.priorityLevels() - 1 : message.priority();
        if (level < 0 || level >= queue.priorityLevels()) {
            throw Failure.invalid("priority is " + level + ", allowed is 0 (highest) to " + (queue.priorityLevels() - 1)
                            + ", as the queue has that many priorityLevels")
                    .thrown();
        }
        long deliverAt = message.delay() == null ? Envelope.QUEUE_DELAY : deliverAt(message.delay(), nowMillis);
        long expiresAt = message.expiresAfter() == null
                ? Envelope.NEVER
                : nowMillis
                        + duration("expiresAfter", message.expiresAfter(), Duration.ofMillis(1), Limits.RETENTION_MAX)
                                .toMillis();
        Envelope envelope = new Envelope(
                id("group", message.group()),
                id("deduplicationId", message.deduplicationId()),
                deliverAt,
                expiresAt,
                null);
        Bytes body = content("body", message.body(), message.bodyBase64());
        return new Batch(
                level,
                Message.FORMAT,
                MessageCodec.encode(new Message(headers(message.headers()), body)),
                List.of(envelope));
    }

    static Duration duration(String name, String text, Duration least, Duration most) {
        return Durations.parse(text)
                .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0)
                .orElseThrow(() -> Failure.invalid(name + " is \"" + text + "\", allowed is a duration from "
                                + Durations.format(least) + " to " + Durations.format(most)
                                + " with ms, s, m, h or d, such as 30s")
                        .thrown());
    }

    private static @Nullable String id(String name, @Nullable String value) {
        if (value != null && (value.isEmpty() || value.getBytes(StandardCharsets.UTF_8).length > ID_BYTES_MAX)) {
            throw Failure.invalid(name + " has " + value.length() + " characters, allowed is 1 to " + ID_BYTES_MAX
                            + " bytes of UTF-8")
                    .thrown();
        }
        return value;
    }

    private static List<Message.Header> headers(@Nullable List<@Nullable HeaderJson> headers) {
        if (headers == null) {
            return List.of();
        }
        if (headers.size() > HEADERS_MAX) {
            throw Failure.invalid("a message has " + headers.size() + " headers, allowed is " + HEADERS_MAX)
                    .thrown();
        }
        List<Message.Header> out = new ArrayList<>(headers.size());
        for (HeaderJson header : headers) {
            if (header == null || header.name() == null || header.name().isEmpty()) {
                throw Failure.invalid("a header has no name").thrown();
            }
            String type = header.type() != null ? header.type() : header.value() != null ? "String" : "Binary";
            out.add(new Message.Header(
                    header.name(),
                    type,
                    content("value of header " + header.name(), header.value(), header.valueBase64())));
        }
        return out;
    }

    private static Bytes content(String name, @Nullable String text, @Nullable String base64) {
        if ((text == null) == (base64 == null)) {
            throw Failure.invalid(name + " is to be given once: as text, or base64-encoded under the name that ends in"
                            + " Base64")
                    .thrown();
        }
        if (text != null) {
            return Bytes.utf8(text);
        }
        try {
            return Bytes.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw Failure.invalid(name + " is not base64: " + e.getMessage()).thrown();
        }
    }
}
