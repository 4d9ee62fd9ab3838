package weir.sqs.sns;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import weir.core.catalog.Definition;

/** What definitions of one kind say, read anew only when they have changed: a publish asks for them for every message. */
final class Revisions<T> {
    /** Held in memory; a few hundred bytes each. Beyond it the memory starts anew, which costs a reading each. */
    private static final int HELD_MAX = 20_000;

    private final Map<String, Held<T>> held = new ConcurrentHashMap<>();
    private final Function<Definition, T> reader;

    Revisions(Function<Definition, T> reader) {
        this.reader = reader;
    }

    private record Held<T>(long created, long revision, T value) {
        boolean isOf(Definition definition) {
            return created == definition.created() && revision == definition.revision();
        }
    }

    T of(Definition definition) {
        Held<T> known = held.get(definition.name());
        if (known != null && known.isOf(definition)) {
            return known.value;
        }
        T value = reader.apply(definition);
        if (held.size() >= HELD_MAX) {
            held.clear();
        }
        held.put(definition.name(), new Held<>(definition.created(), definition.revision(), value));
        return value;
    }
}
