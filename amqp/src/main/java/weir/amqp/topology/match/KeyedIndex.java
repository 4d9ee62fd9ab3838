package weir.amqp.topology.match;

import java.util.function.Consumer;

/** Bindings that a routing key finds. Written by one thread, read by any. */
public sealed interface KeyedIndex<T> permits KeyIndex, TopicTrie {
    /** @param key the binding's: a key, or a pattern of keys */
    void add(String key, T binding);

    void remove(String key, T binding);

    /** @return how much was looked at */
    int match(String key, Consumer<? super T> found);
}
