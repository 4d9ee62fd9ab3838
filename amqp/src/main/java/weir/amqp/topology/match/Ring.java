package weir.amqp.topology.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Bindings one of which gets a message: each owns as many slots as it weighs, in an order that is its own for good, so that
 * every node sees the same slots, and after a restart too. The table of slots is made when it is first asked for after a
 * change: many bindings made one after the other cost it once.
 *
 * @param <T> of which equal ones lead to the same place: the first counts, as in RabbitMQ
 */
public final class Ring<T> {
    /** RabbitMQ's figure. */
    public static final int WEIGHT_MAX = 10_000;

    /** Where some are preferred: with one of three that is, it is missed once in 10^11 messages. */
    private static final int LOOKS_MAX = 64;

    private final ConcurrentSkipListMap<Place, Entry<T>> entries = new ConcurrentSkipListMap<>();
    private final AtomicLong version = new AtomicLong();
    private volatile @Nullable Table<T> table;

    /**
     * Where a binding stands.
     *
     * @param first what is compared first
     * @param then decides between two for which that is the same
     */
    public record Place(long first, String then) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = Long.compare(first, other.first);
            return order != 0 ? order : then.compareTo(other.then);
        }
    }

    private record Entry<T>(T target, int weight) {}

    private static final class Table<T> {
        private final long version;
        private final List<T> targets;
        /** Of each target's slots, the next one's beginning. */
        private final int[] ends;

        Table(long version, List<T> targets, int[] ends) {
            this.version = version;
            this.targets = targets;
            this.ends = ends;
        }

        int slots() {
            return ends.length == 0 ? 0 : ends[ends.length - 1];
        }

        T at(int slot) {
            int found = Arrays.binarySearch(ends, slot);
            return targets.get(found >= 0 ? found + 1 : -found - 1);
        }

        /** Each of them as likely as the others. */
        @Nullable
        T ofAll(Predicate<? super T> preferred, Choice choice) {
            T picked = null;
            int seen = 0;
            for (T target : targets) {
                if (preferred.test(target)) {
                    seen++;
                    if (choice.of(seen) == 0) {
                        picked = target;
                    }
                }
            }
            return picked;
        }

        @Nullable
        T drawn(Predicate<? super T> preferred, Choice choice) {
            for (int looks = 0; looks < LOOKS_MAX; looks++) {
                T target = at(choice.of(slots()));
                if (preferred.test(target)) {
                    return target;
                }
            }
            return null;
        }
    }

    public void add(Place place, int weight, T target) {
        entries.put(place, new Entry<>(target, weight));
        version.incrementAndGet();
    }

    public void remove(Place place) {
        if (entries.remove(place) != null) {
            version.incrementAndGet();
        }
    }

    /** Which of so many slots. */
    public interface Choice {
        /** @param slots at least 1 */
        int of(int slots);
    }

    /** Null if there is nothing to choose from. */
    public @Nullable T pick(Choice choice) {
        Table<T> current = current();
        return current.slots() == 0 ? null : current.at(choice.of(current.slots()));
    }

    /** The same among those that are preferred, if there are any. Of very many it looks only at some, drawn by chance. */
    public @Nullable T pickFrom(Predicate<? super T> preferred, Choice choice) {
        Table<T> current = current();
        if (current.slots() == 0) {
            return null;
        }
        T picked = current.targets.size() <= LOOKS_MAX
                ? current.ofAll(preferred, choice)
                : current.drawn(preferred, choice);
        return picked != null ? picked : current.at(choice.of(current.slots()));
    }

    private Table<T> current() {
        Table<T> known = table;
        long now = version.get();
        if (known != null && known.version == now) {
            return known;
        }
        Table<T> fresh = made(now);
        table = fresh;
        return fresh;
    }

    private Table<T> made(long asOf) {
        List<T> targets = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        Set<T> seen = new HashSet<>();
        int slots = 0;
        for (Map.Entry<Place, Entry<T>> each : entries.entrySet()) {
            Entry<T> entry = each.getValue();
            if (slots <= Integer.MAX_VALUE - entry.weight && seen.add(entry.target)) {
                slots += entry.weight;
                targets.add(entry.target);
                ends.add(slots);
            }
        }
        return new Table<>(
                asOf,
                List.copyOf(targets),
                ends.stream().mapToInt(Integer::intValue).toArray());
    }
}
