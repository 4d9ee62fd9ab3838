package weir.core.shard;

import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.Position;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * The named receives of one partition that can be repeated: those of which every lease stands as it was given. When one of
 * its leases changes in any way, a receive is forgotten, so all that is remembered here is in flight.
 */
final class Attempts {
    /** One named receive. Its slots refer back to it. */
    record Attempt(String name, long atMillis, List<Slot> slots) {
        Attempt {
            slots = List.copyOf(slots);
        }
    }

    /** By age. */
    private final LinkedHashMap<String, Attempt> byName = new LinkedHashMap<>();

    /** The receive of that name, if it is not too long ago. */
    @Nullable
    Attempt find(String name, long nowMillis) {
        Attempt attempt = byName.get(name);
        return attempt == null || isOver(attempt, nowMillis) ? null : attempt;
    }

    private static boolean isOver(Attempt attempt, long nowMillis) {
        return nowMillis - attempt.atMillis >= Limits.ATTEMPT_REMEMBERED.toMillis();
    }

    /** Remembers what was given, instead of what the name stood for before; forgets old ones, and the oldest if too many. */
    void remember(Attempt attempt, int most) {
        Attempt before = byName.get(attempt.name);
        if (before != null) {
            forget(before);
        }
        while (!byName.isEmpty()) {
            Attempt oldest = byName.firstEntry().getValue();
            if (byName.size() < most && !isOver(oldest, attempt.atMillis)) {
                break;
            }
            forget(oldest);
        }
        add(attempt);
    }

    private void add(Attempt attempt) {
        byName.put(attempt.name, attempt);
        attempt.slots.forEach(slot -> slot.attempt = attempt);
    }

    /** The slot's lease is not any more what a receive was given. */
    void changed(Slot slot) {
        if (slot.attempt != null) {
            forget(slot.attempt);
        }
    }

    private void forget(Attempt attempt) {
        byName.remove(attempt.name);
        attempt.slots.forEach(slot -> slot.attempt = null);
    }

    void clear() {
        byName.clear();
    }

    int size() {
        return byName.size();
    }

    void write(Writer out) {
        out.varint(byName.size());
        for (Attempt attempt : byName.values()) {
            out.text(attempt.name).varint(attempt.atMillis).varint(attempt.slots.size());
            for (Slot slot : attempt.slots) {
                Position position = slot.position();
                out.varint(position.level()).varint(position.offset());
            }
        }
    }

    /** Reads into an empty one, when the partition's levels are there. */
    void read(Reader in, Partition partition) {
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long atMillis = in.varint();
            Slot[] slots = new Slot[in.count(in.remaining())];
            for (int j = 0; j < slots.length; j++) {
                Level level = partition.levels[in.count(Limits.PRIORITY_LEVELS_MAX - 1)];
                long offset = in.varint();
                Slot slot = level == null ? null : level.held.get(offset);
                if (slot == null) {
                    throw new CorruptDataException("a receive was given offset " + offset + ", which is not held");
                }
                slots[j] = slot;
            }
            add(new Attempt(name, atMillis, List.of(slots)));
        }
    }
}
