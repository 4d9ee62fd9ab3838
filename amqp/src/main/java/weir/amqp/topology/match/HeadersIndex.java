package weir.amqp.topology.match;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bindings by the headers they want. One that wants all is filed under a single one of them, where the fewest others are;
 * one that wants any, under each. A message looks where its own headers are, and nowhere else.
 */
public final class HeadersIndex<T> {
    private final ConcurrentHashMap<HeaderPattern.Wanted, Bag<Filed<T>>> byHeader = new ConcurrentHashMap<>();
    /** Those that want nothing, and therefore get everything. */
    private final Bag<Filed<T>> always = new Bag<>();

    /** The writer's own. */
    private final Map<T, Filed<T>> filed = new HashMap<>();

    private record Filed<T>(T binding, HeaderPattern pattern, List<HeaderPattern.Wanted> places) {}

    public void add(HeaderPattern pattern, T binding) {
        remove(binding);
        Filed<T> fresh = new Filed<>(binding, pattern, places(pattern));
        filed.put(binding, fresh);
        if (!pattern.any() && pattern.wanted().isEmpty()) {
            always.add(fresh);
        }
        for (HeaderPattern.Wanted place : fresh.places) {
            byHeader.computeIfAbsent(place, _ -> new Bag<>()).add(fresh);
        }
    }

    public void remove(T binding) {
        Filed<T> old = filed.remove(binding);
        if (old == null) {
            return;
        }
        always.remove(old);
        for (HeaderPattern.Wanted place : old.places) {
            Bag<Filed<T>> bag = byHeader.get(place);
            if (bag != null) {
                bag.remove(old);
                if (bag.isEmpty()) {
                    byHeader.remove(place);
                }
            }
        }
    }

    private List<HeaderPattern.Wanted> places(HeaderPattern pattern) {
        if (pattern.any() || pattern.wanted().size() <= 1) {
            return pattern.wanted();
        }
        HeaderPattern.Wanted best = pattern.wanted().getFirst();
        int fewest = Integer.MAX_VALUE;
        for (HeaderPattern.Wanted place : pattern.wanted()) {
            Bag<Filed<T>> bag = byHeader.get(place);
            int there = bag == null ? 0 : bag.size();
            if (there < fewest) {
                best = place;
                fewest = there;
            }
        }
        return List.of(best);
    }

    /**
     * Tells each binding that wants no more than these headers; one that wants any of several perhaps more than once.
     *
     * @return how many bindings were looked at
     */
    public int match(Map<String, @Nullable Object> headers, Consumer<? super T> found) {
        int visited = always.each(each -> found.accept(each.binding));
        for (Map.Entry<String, @Nullable Object> header : headers.entrySet()) {
            visited += look(new HeaderPattern.Wanted(header.getKey(), HeaderPattern.AnyValue.PRESENT), headers, found);
            Object value = header.getValue();
            if (value != null) {
                visited += look(new HeaderPattern.Wanted(header.getKey(), HeaderPattern.form(value)), headers, found);
            }
        }
        return visited;
    }

    private int look(HeaderPattern.Wanted place, Map<String, @Nullable Object> headers, Consumer<? super T> found) {
        Bag<Filed<T>> bag = byHeader.get(place);
        return bag == null
                ? 0
                : bag.each(each -> {
                    if (each.pattern.any() || each.pattern.matches(headers)) {
                        found.accept(each.binding);
                    }
                });
    }
}
