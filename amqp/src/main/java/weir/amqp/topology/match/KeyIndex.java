package weir.amqp.topology.match;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Bindings by their routing key: what a direct exchange asks. */
public final class KeyIndex<T> implements KeyedIndex<T> {
    private final ConcurrentHashMap<String, Bag<T>> byKey = new ConcurrentHashMap<>();

    @Override
    public void add(String key, T binding) {
        byKey.computeIfAbsent(key, _ -> new Bag<>()).add(binding);
    }

    @Override
    public void remove(String key, T binding) {
        Bag<T> bag = byKey.get(key);
        if (bag != null) {
            bag.remove(binding);
            if (bag.isEmpty()) {
                byKey.remove(key);
            }
        }
    }

    /** @return how many bindings were looked at */
    @Override
    public int match(String key, Consumer<? super T> found) {
        Bag<T> bag = byKey.get(key);
        return bag == null ? 0 : bag.each(found);
    }
}
