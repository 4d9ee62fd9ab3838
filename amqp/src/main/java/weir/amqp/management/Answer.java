package weir.amqp.management;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered.
 *
 * @param body as JSON; null for none
 * @param headers beside those of every answer
 */
record Answer(int status, @Nullable Object body, Map<String, String> headers) {
    Answer(int status, @Nullable Object body) {
        this(status, body, Map.of());
    }

    static Answer of(Object body) {
        return new Answer(200, body);
    }

    static Answer nothing() {
        return new Answer(204, null);
    }

    /** To PUT, which says whether there was something before. */
    static Answer put(boolean existed) {
        return new Answer(existed ? 204 : 201, null);
    }

    Answer with(String header, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(header, value);
        return new Answer(status, body, all);
    }
}
