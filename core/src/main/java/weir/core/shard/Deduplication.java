package weir.core.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

    /** By age, for forgetting; this order is the one that shows. */
    private final ArrayDeque<Known> byAge = new ArrayDeque<>();
    /** By id, for looking up; a list because two groups may use the same id. Never iterated. */
    private final Map<String, List<Known>> byId = new HashMap<>();

    @Nullable
    Known find(String id, @Nullable String group, DeduplicationScope scope, long publishedAfterMillis) {
        for (Known known : byId.getOrDefault(id, List.of())) {
            boolean same =
                    switch (scope) {
                        case QUEUE -> true;
                        case GROUP -> Objects.equals(group, known.group);
                    };
            if (same && known.publishedAtMillis > publishedAfterMillis) {
                return known;
            }
        }
        return null;
    }

    void remember(Known known) {
        byAge.addLast(known);
        byId.computeIfAbsent(known.id, _ -> new ArrayList<>(1)).add(known);
    }

    /** Forgets ids published at or before that instant. */
    void forgetUntil(long millis) {
        while (!byAge.isEmpty() && byAge.getFirst().publishedAtMillis <= millis) {
            Known oldest = byAge.removeFirst();
            List<Known> sameId = Objects.requireNonNull(byId.get(oldest.id));
            sameId.remove(oldest);
            if (sameId.isEmpty()) {
                byId.remove(oldest.id);
            }
        }
    }

    void clear() {
        byAge.clear();
        byId.clear();
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
