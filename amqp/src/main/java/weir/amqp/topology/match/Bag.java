package weir.amqp.topology.match;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A set that is nearly always tiny and sometimes huge: most routing keys have one binding, a fan-out may have 100 000. Few
 * are a list that is copied, many a concurrent set. One thread writes, any read.
 */
public final class Bag<T> {
    /** Copying so few costs less than a concurrent set holds of memory. */
    private static final int FEW = 16;

    private volatile Collection<T> held = List.of();

    public void add(T item) {
        Collection<T> now = held;
        if (now instanceof Set<T>) {
            now.add(item);
        } else if (!now.contains(item)) {
            Collection<T> more = now.size() < FEW ? new ArrayList<>(now.size() + 1) : ConcurrentHashMap.newKeySet();
            more.addAll(now);
            more.add(item);
            held = more;
        }
    }

    public void remove(T item) {
        Collection<T> now = held;
        if (now instanceof Set<T>) {
            now.remove(item);
            if (now.isEmpty()) {
                held = List.of();
            }
        } else if (now.contains(item)) {
            List<T> fewer = new ArrayList<>(now);
            fewer.remove(item);
            held = fewer;
        }
    }

    public boolean isEmpty() {
        return held.isEmpty();
    }

    public int size() {
        return held.size();
    }

    /** A view, which may or may not show what changes meanwhile. */
    public Collection<T> all() {
        return Collections.unmodifiableCollection(held);
    }

    /** @return how many there were */
    public int each(Consumer<? super T> found) {
        int count = 0;
        for (T item : held) {
            found.accept(item);
            count++;
        }
        return count;
    }
}
