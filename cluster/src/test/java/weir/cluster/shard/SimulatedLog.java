package weir.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Stands in for one replica's Raft log on disk. A loss of power keeps what was synced, and of what follows as many items as
 * the disk happened to have whole. Who the members are, the newest item that names them says, committed or not.
 */
final class SimulatedLog {
    /**
     * @param entry null for one of the engine's own
     * @param members who they are from here on; null for no change
     */
    record Item(long term, @Nullable Bytes entry, @Nullable SortedSet<Integer> members) {
        Item(long term, @Nullable Bytes entry) {
            this(term, entry, null);
        }
    }

    private final List<Item> items = new ArrayList<>();
    /** By the index from which they hold; the first is where the log begins. */
    private final TreeMap<Long, SortedSet<Integer>> members = new TreeMap<>();

    private long purged;
    private long purgedTerm;
    private long synced;

    /** @param founders none for a log that is to be told of its members */
    SimulatedLog(SortedSet<Integer> founders) {
        members.put(0L, founders);
    }

    /** As a new one, that knows of no members. */
    void clear() {
        items.clear();
        members.clear();
        members.put(0L, new TreeSet<>());
        purged = 0;
        purgedTerm = 0;
        synced = 0;
    }

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

    SortedSet<Integer> members() {
        return members.lastEntry().getValue();
    }

    /** Where the newest word on members stands. */
    long membersIndex() {
        return members.lastKey();
    }

    SortedSet<Integer> membersAt(long index) {
        return members.floorEntry(Math.max(index, purged)).getValue();
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
        if (item.members() != null) {
            members.put(last(), item.members());
        }
        return last();
    }

    void cutAfter(long index) {
        items.subList((int) (index - purged), items.size()).clear();
        members.tailMap(index, false).clear();
        synced = Math.min(synced, index);
    }

    void sync() {
        synced = last();
    }

    /** Forgets items up to this one. */
    void purge(long upTo) {
        if (upTo > purged) {
            long term = termAt(upTo);
            beginAt(upTo, membersAt(upTo));
            items.subList(0, (int) (upTo - purged)).clear();
            purged = upTo;
            purgedTerm = term;
            synced = Math.max(synced, upTo); // The checkpoint is.
        }
    }

    private void beginAt(long index, SortedSet<Integer> those) {
        members.headMap(index, true).clear();
        members.put(index, those);
    }

    /**
     * A checkpoint takes the place of everything up to its index; what follows stays if it follows that.
     *
     * @param those the members as of the checkpoint
     */
    void startFrom(long index, long term, SortedSet<Integer> those) {
        if (index >= purged && index <= last() && termAt(index) == term) {
            purge(index);
        } else {
            items.clear();
            members.clear();
            members.put(index, those);
            purged = index;
            purgedTerm = term;
        }
        synced = Math.max(index, Math.min(synced, last()));
    }

    void crash(SplittableRandom random) {
        long kept = synced + random.nextLong(last() - synced + 1);
        cutAfter(kept);
        synced = last();
    }
}
