package weir.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import weir.core.Bytes;

/**
 * Stands in for a shard's Raft log: entries as bytes, numbered from 1. A crash keeps what was synced, and of what follows
 * as many entries as the disk happened to have whole.
 */
final class SimulatedJournal {
    private final List<Bytes> entries = new ArrayList<>();
    private long purged;
    private long synced;

    void append(Bytes entry) {
        entries.add(entry);
    }

    long last() {
        return purged + entries.size();
    }

    void sync() {
        synced = last();
    }

    Bytes entry(long index) {
        if (index <= purged) {
            throw new AssertionError("entry " + index + " is needed, and purged up to " + purged);
        }
        return entries.get((int) (index - purged - 1));
    }

    /** Forgets entries up to this one, or, as whole files are deleted, some less. */
    void purge(long upTo, SplittableRandom random) {
        long to = random.nextInt(3) == 0 ? upTo - random.nextLong(Math.max(1, upTo - purged)) : upTo;
        if (to > purged) {
            entries.subList(0, (int) (to - purged)).clear();
            purged = to;
        }
    }

    void crash(SplittableRandom random) {
        long kept = synced + random.nextLong(last() - synced + 1);
        entries.subList((int) (kept - purged), entries.size()).clear();
        synced = last();
    }
}
