package weir.amqp.management;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What is said of one thing, by RabbitMQ's names; a JSON object in the making. Belongs to one thread. */
final class Facts {
    private final SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();

    /** @param value a text, number, truth, list, map, other facts, or nothing */
    Facts with(String name, @Nullable Object value) {
        values.put(name, value);
        return this;
    }

    /** What another node has said. */
    static Facts of(Map<String, ? extends @Nullable Object> said) {
        Facts facts = new Facts();
        said.forEach(facts::with);
        return facts;
    }

    Facts withAll(Facts others) {
        values.putAll(others.values);
        return this;
    }

    /** Words in an order that does not change from run to run. */
    static List<String> sorted(Collection<String> words) {
        return words.stream().sorted().toList();
    }

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    /** What is said within one of the values, which may have come from another node. */
    @Nullable
    Object get(String name, String inner) {
        return switch (values.get(name)) {
            case Facts facts -> facts.get(inner);
            case Map<?, ?> map -> map.get(inner);
            case null, default -> null;
        };
    }

    Facts without(String name) {
        values.remove(name);
        return this;
    }

    @JsonValue
    SequencedMap<String, @Nullable Object> asMap() {
        return values;
    }
}
