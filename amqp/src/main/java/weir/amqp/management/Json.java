package weir.amqp.management;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import weir.core.Bytes;

/** Reads requests, writes answers. Safe for use by any number of threads. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(ManagementLimits.JSON_DEPTH_MAX)
                            .build())
                    .build())
            .build();

    private Json() {}

    static byte[] bytes(Object body) {
        return MAPPER.writeValueAsBytes(body);
    }

    /** Nothing at all is an object with nothing in it. */
    static Body body(Bytes json) throws Failure {
        if (json.length() == 0) {
            return Body.NOTHING;
        }
        try {
            return switch (MAPPER.readValue(json.toArray(), Object.class)) {
                case null -> Body.NOTHING;
                case Map<?, ?> map -> new Body(object(map));
                case String _ ->
                    throw Failure.badRequest("invalid payload: the request body JSON-decoded to a string. "
                            + "Is the input doubly-JSON-encoded?");
                default -> throw Failure.badRequest("not_json");
            };
        } catch (JacksonException _) {
            throw Failure.badRequest("not_json");
        }
    }

    static SequencedMap<String, @Nullable Object> object(Map<?, ?> map) {
        SequencedMap<String, @Nullable Object> object = new LinkedHashMap<>();
        map.forEach((name, value) -> object.put(String.valueOf(name), value(value)));
        return object;
    }

    /** Whole numbers are all of one type, or too large for any. */
    private static @Nullable Object value(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Map<?, ?> map -> object(map);
            case List<?> list -> {
                List<@Nullable Object> values = new ArrayList<>(list.size());
                list.forEach(each -> values.add(value(each)));
                yield values;
            }
            case Integer number -> number.longValue();
            case BigInteger number -> number.doubleValue();
            case Object other -> other;
        };
    }
}
