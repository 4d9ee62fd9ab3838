package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became of every message that was ever published. */
final class Ledger {
    enum Fate {
        ACKNOWLEDGED,
        EXPIRED,
        DROPPED,
        PURGED
    }

    private long last;
    private final Set<Long> forgiven = new TreeSet<>();
    private final TreeMap<Long, Set<Fate>> fates = new TreeMap<>();

    /** The id of a message published now. */
    long published() {
        fates.put(++last, EnumSet.noneOf(Fate.class));
        return last;
    }

    /** The message was taken in by a queue that is deleted now, and its courier does not know, so it will be sent again. */
    void mayEndTwice(long id) {
        forgiven.add(id);
    }

    void ended(long id, Fate fate) {
        boolean first = Objects.requireNonNull(fates.get(id)).add(fate);
        assertThat(first || fate == Fate.PURGED || forgiven.contains(id))
                .as("message %d is %s for the first time", id, fate)
                .isTrue();
    }

    /** Every message that was published has come to an end. */
    void checkAllEnded() {
        assertThat(fates).allSatisfy((_, ends) -> assertThat(ends).isNotEmpty());
    }
}
