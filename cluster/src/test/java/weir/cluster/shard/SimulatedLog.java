package weir.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Stands in for one replica's Raft log on disk. A loss of power keeps what was synced, and of what follows as many items as
 * the disk happened to have whole.
 */
final class SimulatedLog {
    /** @param entry null for one of the engine's own, with which a leader begins */
    record Item(long term, @Nullable Bytes entry) {}

    private final List<Item> items = new ArrayList<>();
    private long purged;
    private long purgedTerm;
    private long synced;

    /** Items up to this one are gone. */
    long purged() {
        return purged;
    }

    long last() {
        return purged + items.size();
    }

    long lastTerm() {
        return termAt(last());
    }

    long synced() {
        return synced;
    }

    long termAt(long index) {
        return index == purged ? purgedTerm : item(index).term();
    }

    Item item(long index) {
        if (index <= purged || index > last()) {
            throw new AssertionError(
                    "item " + index + " is needed, and there are those above " + purged + " to " + last());
        }
        return items.get((int) (index - purged - 1));
    }

    List<Item> from(long index, int max) {
        int from = (int) (index - purged - 1);
        return List.copyOf(items.subList(from, Math.min(items.size(), from + max)));
    }

    long append(Item item) {
        items.add(item);
        return last();
    }

    void cutAfter(long index) {
        items.subList((int) (index - purged), items.size()).clear();
        synced = Math.min(synced, index);
    }

    void sync() {
        synced = last();
    }

    /** Forgets items up to this one. */
    void purge(long upTo) {
        if (upTo > purged) {
            long term = termAt(upTo);
            items.subList(0, (int) (upTo - purged)).clear();
            purged = upTo;
            purgedTerm = term;
        }
    }

    /** A checkpoint takes the place of everything up to its index; what follows stays if it follows that. */
    void startFrom(long index, long term) {
        if (index >= purged && index <= last() && termAt(index) == term) {
            purge(index);
        } else {
            items.clear();
            purged = index;
            purgedTerm = term;
        }
        synced = Math.max(index, Math.min(synced, last()));
    }

    void crash(SplittableRandom random) {
        long kept = synced + random.nextLong(last() - synced + 1);
        items.subList((int) (kept - purged), items.size()).clear();
        synced = last();
    }
}
