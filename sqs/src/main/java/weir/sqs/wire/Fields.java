package weir.sqs.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * A structure by member name, or a map by key, in the order given.
 *
 * <p>The accessors trust the shape that the request was read by: a value of another type is a bug here, not the client's.
 */
public final class Fields implements Value {
    private final SequencedMap<String, Value> values = new LinkedHashMap<>();

    public Fields put(String name, Value value) {
        values.put(name, value);
        return this;
    }

    public Fields put(String name, String text) {
        return put(name, new Text(text));
    }

    /** Leaves the member out if there is nothing to say. */
    public Fields putIfPresent(String name, @Nullable String text) {
        return text == null ? this : put(name, text);
    }

    public SequencedMap<String, Value> values() {
        return values;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public @Nullable String text(String name) {
        return switch (values.get(name)) {
            case null -> null;
            case Text(String text) -> text;
            case Value other -> throw wrong(name, other);
        };
    }

    public @Nullable Long whole(String name) {
        return switch (values.get(name)) {
            case null -> null;
            case Whole(long number) -> number;
            case Value other -> throw wrong(name, other);
        };
    }

    public @Nullable Bytes blob(String name) {
        return switch (values.get(name)) {
            case null -> null;
            case Blob(Bytes bytes) -> bytes;
            case Value other -> throw wrong(name, other);
        };
    }

    /** The texts of a list; empty if it is missing. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Value item : items(name)) {
            texts.add(item instanceof Text(String text) ? text : "");
        }
        return texts;
    }

    /** The structures of a list; empty if it is missing. */
    public List<Fields> structures(String name) {
        List<Fields> structures = new ArrayList<>();
        for (Value item : items(name)) {
            if (!(item instanceof Fields fields)) {
                throw wrong(name, item);
            }
            structures.add(fields);
        }
        return structures;
    }

    public List<? extends Value> items(String name) {
        return switch (values.get(name)) {
            case null -> List.of();
            case Items(var items) -> items;
            case Value other -> throw wrong(name, other);
        };
    }

    /** A map's entries as texts; empty if it is missing. */
    public SequencedMap<String, String> textMap(String name) {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Value> entry : map(name).values.entrySet()) {
            if (!(entry.getValue() instanceof Text(String text))) {
                throw wrong(name, entry.getValue());
            }
            texts.put(entry.getKey(), text);
        }
        return texts;
    }

    /** A map or structure; an empty one if it is missing. */
    public Fields map(String name) {
        return switch (values.get(name)) {
            case null -> new Fields();
            case Fields fields -> fields;
            case Value other -> throw wrong(name, other);
        };
    }

    private static IllegalStateException wrong(String name, Value value) {
        return new IllegalStateException(
                name + " was read as " + value.getClass().getSimpleName());
    }
}
