package weir.amqp.management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;

/** A JSON object of a request. A name whose value is null is not there. RabbitMQ's tools send numbers and truths as text, too. */
record Body(SequencedMap<String, @Nullable Object> values) {
    static final Body NOTHING = new Body(new LinkedHashMap<>());

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    private Object required(String name) throws Failure {
        Object value = values.get(name);
        if (value == null) {
            throw Failure.badRequest("[{key_missing," + name + "}]");
        }
        return value;
    }

    String text(String name) throws Failure {
        return text(name, required(name));
    }

    String text(String name, Object otherwise) throws Failure {
        Object value = has(name) ? required(name) : otherwise;
        if (value instanceof String text) {
            return text;
        }
        throw Failure.badRequest("{not_string," + name + "}");
    }

    boolean truth(String name, boolean otherwise) throws Failure {
        return switch (values.get(name)) {
            case null -> otherwise;
            case Boolean truth -> truth;
            case String text when text.equals("true") -> true;
            case String text when text.equals("false") -> false;
            case Object other -> throw Failure.badRequest("{not_boolean," + shown(other) + "}");
        };
    }

    long number(String name) throws Failure {
        return number(name, required(name));
    }

    long number(String name, Object otherwise) throws Failure {
        Object value = has(name) ? required(name) : otherwise;
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof String text && text.matches("-?\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw Failure.badRequest("{not_integer," + shown(value) + "}");
    }

    private static String shown(Object value) {
        return value instanceof String text ? "<<\"" + text + "\">>" : value.toString();
    }

    /** Arguments, headers, a policy's definition. RabbitMQ takes an empty list for an empty object. */
    FieldTable table(String name) throws Failure {
        return switch (values.get(name)) {
            case null -> FieldTable.EMPTY;
            case Map<?, ?> map -> Arguments.read(map);
            case List<?> list when list.isEmpty() -> FieldTable.EMPTY;
            case Object _ -> throw Failure.badRequest("{not_object," + name + "}");
        };
    }

    /** An object within. */
    Body object(String name) throws Failure {
        return switch (values.get(name)) {
            case null -> NOTHING;
            case Map<?, ?> map -> new Body(Json.object(map));
            case List<?> list when list.isEmpty() -> NOTHING;
            case Object _ -> throw Failure.badRequest("{not_object," + name + "}");
        };
    }

    /** The objects of a list. */
    List<Body> objects(String name) throws Failure {
        List<Body> bodies = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Map<?, ?> map)) {
                throw Failure.badRequest("{not_object," + name + "}");
            }
            bodies.add(new Body(Json.object(map)));
        }
        return bodies;
    }

    List<?> list(String name) throws Failure {
        return switch (values.get(name)) {
            case null -> List.of();
            case List<?> list -> list;
            case Object _ -> throw Failure.badRequest("{not_list," + name + "}");
        };
    }

    /** Tags: a list, or a text with commas. */
    Set<String> tags(String name) throws Failure {
        Set<String> tags = new TreeSet<>();
        List<?> given = values.get(name) instanceof String text ? List.of(text.split(",", -1)) : list(name);
        for (Object each : given) {
            if (!(each instanceof String tag)) {
                throw Failure.badRequest("{not_string," + name + "}");
            }
            if (!tag.isBlank()) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }
}
