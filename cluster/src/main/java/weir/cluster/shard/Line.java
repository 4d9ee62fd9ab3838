package weir.cluster.shard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * Those who wait for one queue: higher priorities first, and among equals who came first. {@link Receivers} guards it. Most
 * queues know one priority; its set is kept while it is empty, those of others are not.
 */
final class Line {
    private final TreeMap<Integer, SequencedSet<Receiver>> byPriority = new TreeMap<>(Collections.reverseOrder());

    private SequencedSet<Receiver> equalsOf(Receiver receiver) {
        if (byPriority.size() > 1) {
            byPriority.values().removeIf(SequencedSet::isEmpty);
        }
        return byPriority.computeIfAbsent(receiver.priority(), _ -> new LinkedHashSet<>());
    }

    /** One that asked in vain keeps its place. */
    void addFirst(Receiver receiver) {
        equalsOf(receiver).addFirst(receiver);
    }

    void addLast(Receiver receiver) {
        equalsOf(receiver).addLast(receiver);
    }

    boolean remove(Receiver receiver) {
        SequencedSet<Receiver> equals = byPriority.get(receiver.priority());
        return equals != null && equals.remove(receiver);
    }

    boolean isEmpty() {
        for (SequencedSet<Receiver> equals : byPriority.values()) {
            if (!equals.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** In order; it can remove what it gave. */
    Iterator<Receiver> iterator() {
        Iterator<SequencedSet<Receiver>> levels = byPriority.values().iterator();
        return new Iterator<>() {
            private Iterator<Receiver> equals = Collections.emptyIterator();

            @Override
            public boolean hasNext() {
                while (!equals.hasNext() && levels.hasNext()) {
                    equals = levels.next().iterator();
                }
                return equals.hasNext();
            }

            @Override
            public Receiver next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return equals.next();
            }

            @Override
            public void remove() {
                equals.remove();
            }
        };
    }

    /** All, in order, who are in it no more. */
    List<Receiver> clear() {
        List<Receiver> all = new ArrayList<>();
        byPriority.values().forEach(all::addAll);
        byPriority.clear();
        return all;
    }
}
