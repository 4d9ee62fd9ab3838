package weir.amqp.topology.match;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bindings by patterns of words between dots, in which {@code *} stands for one word and {@code #} for any number of them.
 * A word may be empty; an empty key has none.
 *
 * <p>Matching goes through the key once, word by word, with all nodes of the trie that the words so far lead to. A node is
 * among them at most once, however many ways lead there: so a pattern full of {@code #} costs its own length for each word,
 * where trying one way after the other would cost more than all the time there is.
 */
public final class TopicTrie<T> implements KeyedIndex<T> {
    private static final String ONE = "*";
    private static final String ANY = "#";

    private final Node<T> root = new Node<>();

    private static final class Node<T> {
        final Bag<T> bindings = new Bag<>();
        /** By the next word; {@code *} is {@link #one}, {@code #} is {@link #any}. Null until there is one. */
        @Nullable
        volatile ConcurrentHashMap<String, Node<T>> children;

        @Nullable
        volatile Node<T> one;

        /** Stays for as many words as come. */
        @Nullable
        volatile Node<T> any;

        @Nullable
        Node<T> child(String word) {
            ConcurrentHashMap<String, Node<T>> known = children;
            return known == null ? null : known.get(word);
        }

        @Nullable
        Node<T> next(String word) {
            return switch (word) {
                case ONE -> one;
                case ANY -> any;
                default -> child(word);
            };
        }

        Node<T> nextOrNew(String word) {
            Node<T> there = next(word);
            if (there != null) {
                return there;
            }
            Node<T> fresh = new Node<>();
            switch (word) {
                case ONE -> one = fresh;
                case ANY -> any = fresh;
                default -> {
                    ConcurrentHashMap<String, Node<T>> known = children;
                    if (known == null) {
                        known = new ConcurrentHashMap<>(2);
                        children = known;
                    }
                    known.put(word, fresh);
                }
            }
            return fresh;
        }

        void cut(String word) {
            switch (word) {
                case ONE -> one = null;
                case ANY -> any = null;
                default -> {
                    ConcurrentHashMap<String, Node<T>> known = children;
                    if (known != null) {
                        known.remove(word);
                        if (known.isEmpty()) {
                            children = null;
                        }
                    }
                }
            }
        }

        boolean isBare() {
            return bindings.isEmpty() && children == null && one == null && any == null;
        }
    }

    @Override
    public void add(String pattern, T binding) {
        Node<T> node = root;
        for (String word : patternWords(pattern)) {
            node = node.nextOrNew(word);
        }
        node.bindings.add(binding);
    }

    @Override
    public void remove(String pattern, T binding) {
        List<String> words = patternWords(pattern);
        List<Node<T>> path = new ArrayList<>(words.size() + 1);
        Node<T> node = root;
        path.add(node);
        for (String word : words) {
            node = node.next(word);
            if (node == null) {
                return;
            }
            path.add(node);
        }
        node.bindings.remove(binding);
        for (int depth = words.size(); depth > 0 && path.get(depth).isBare(); depth--) {
            path.get(depth - 1).cut(words.get(depth - 1));
        }
    }

    /**
     * Tells each binding whose pattern the key matches, once.
     *
     * @return how many nodes and bindings were looked at
     */
    @Override
    public int match(String key, Consumer<? super T> found) {
        Front<T> front = new Front<>();
        front.enter(root);
        int visited = front.nodes.size();
        for (String word : words(key)) {
            Front<T> next = new Front<>();
            for (Node<T> node : front.nodes) {
                next.enter(node.child(word));
                next.enter(node.one);
            }
            for (Node<T> staying : front.staying) {
                next.stay(staying);
            }
            front = next;
            visited += front.nodes.size();
        }
        for (Node<T> node : front.nodes) {
            visited += node.bindings.each(found);
        }
        return visited;
    }

    /** The nodes that the words so far lead to. */
    private static final class Front<T> {
        final List<Node<T>> nodes = new ArrayList<>();
        /**
         * Those of them that are a {@code #}. Every other node has one way to it, from its parent by a word; such a one may be
         * there already when its parent is entered again.
         */
        Set<Node<T>> staying = Collections.emptySet();

        void enter(@Nullable Node<T> node) {
            if (node != null) {
                nodes.add(node);
                stay(node.any);
            }
        }

        void stay(@Nullable Node<T> any) {
            if (any == null) {
                return;
            }
            if (staying.isEmpty()) {
                staying = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            if (staying.add(any)) {
                enter(any);
            }
        }
    }

    /** A {@code #} behind another says nothing more. */
    private static List<String> patternWords(String pattern) {
        List<String> words = new ArrayList<>();
        for (String word : words(pattern)) {
            if (!word.equals(ANY) || words.isEmpty() || !words.getLast().equals(ANY)) {
                words.add(word);
            }
        }
        return words;
    }

    static List<String> words(String key) {
        List<String> words = new ArrayList<>();
        if (key.isEmpty()) {
            return words;
        }
        int start = 0;
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', start)) {
            words.add(key.substring(start, dot));
            start = dot + 1;
        }
        words.add(key.substring(start));
        return words;
    }
}
