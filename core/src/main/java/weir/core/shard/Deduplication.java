package weir.core.shard;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.core.DeduplicationScope;
import weir.core.Limits;
import weir.core.Position;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** The deduplication ids of one partition, remembered for a window from their first publishing. */
final class Deduplication {
    /** One id's first publishing. */
    record Known(String id, @Nullable String group, Position position, long publishedAtMillis) {}

    private static final ArrayDeque<Known> NONE = new ArrayDeque<>(1);

    /** By age, for forgetting; this order is the one that shows. */
    private final ArrayDeque<Known> byAge = new ArrayDeque<>();
    /** By id, for looking up, oldest first; many groups may use the same id, as numbers from 1 for instance. */
    private final Map<String, ArrayDeque<Known>> byId = new HashMap<>();
    /** The last one for each id and group. As the other, it is never iterated. */
    private final Map<InGroup, Known> byGroup = new HashMap<>();

    private record InGroup(String id, @Nullable String group) {}

    @Nullable
    Known find(String id, @Nullable String group, DeduplicationScope scope, long publishedAfterMillis) {
        return switch (scope) {
            case QUEUE -> {
                for (Known known : byId.getOrDefault(id, NONE)) {
                    if (known.publishedAtMillis > publishedAfterMillis) {
                        yield known;
                    }
                }
                yield null;
            }
            case GROUP -> {
                Known known = byGroup.get(new InGroup(id, group));
                yield known != null && known.publishedAtMillis > publishedAfterMillis ? known : null;
            }
        };
    }

    void remember(Known known) {
        byAge.addLast(known);
        byId.computeIfAbsent(known.id, _ -> new ArrayDeque<>(1)).addLast(known);
        byGroup.put(new InGroup(known.id, known.group), known);
    }

    /** Forgets ids published at or before that instant. */
    void forgetUntil(long millis) {
        while (!byAge.isEmpty() && byAge.getFirst().publishedAtMillis <= millis) {
            Known oldest = byAge.removeFirst();
            ArrayDeque<Known> sameId = Objects.requireNonNull(byId.get(oldest.id));
            sameId.removeFirst(); // Both are by age.
            byGroup.remove(new InGroup(oldest.id, oldest.group), oldest);
            if (sameId.isEmpty()) {
                byId.remove(oldest.id);
            }
        }
    }

    void clear() {
        byAge.clear();
        byId.clear();
        byGroup.clear();
    }

    boolean isEmpty() {
        return byAge.isEmpty();
    }

    /** When the oldest id was published; only if there is one. */
    long oldestAtMillis() {
        return byAge.getFirst().publishedAtMillis;
    }

    void write(Writer out) {
        out.varint(byAge.size());
        for (Known known : byAge) {
            out.text(known.id).optionalText(known.group);
            out.varint(known.position.level()).varint(known.position.offset()).varint(known.publishedAtMillis);
        }
    }

    static Deduplication read(Reader in) {
        Deduplication ids = new Deduplication();
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            ids.remember(new Known(
                    in.text(),
                    in.optionalText(),
                    new Position(in.count(Limits.PRIORITY_LEVELS_MAX - 1), in.varint()),
                    in.varint()));
        }
        return ids;
    }
}
