package weir.amqp.session;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;

/** The deliveries of one channel that are not settled, by their tags. Not safe for several threads: {@link Prefetch} guards it. */
final class Unacked {
    private final NavigableMap<Long, Held> byTag = new TreeMap<>();
    /** Of deliveries that were given back although the client has not settled them: when it does, that is no error. */
    private final NavigableSet<Long> givenUp = new TreeSet<>();

    private long lastTag;

    /** The tag of a delivery that need not be settled. */
    long nextTag() {
        return ++lastTag;
    }

    void add(Held held) {
        byTag.put(held.tag(), held);
    }

    /**
     * Those that a settlement names, which are held no more.
     *
     * @param multiple all up to that tag; and all there are, if it is 0
     * @return nothing, if that delivery was given up before
     * @throws AmqpException if there is no such delivery
     */
    List<Held> take(long tag, boolean multiple) throws AmqpException {
        if (multiple && tag == 0) {
            return takeAll();
        }
        boolean late = givenUp.contains(tag);
        if (!late && !byTag.containsKey(tag)) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "unknown delivery tag " + tag);
        }
        if (multiple) {
            givenUp.headSet(tag, true).clear();
            return drain(byTag.headMap(tag, true));
        }
        givenUp.remove(tag);
        return drain(byTag.subMap(tag, true, tag, true));
    }

    List<Held> takeAll() {
        givenUp.clear();
        return drain(byTag);
    }

    private static List<Held> drain(NavigableMap<Long, Held> map) {
        List<Held> taken = new ArrayList<>(map.values());
        map.clear();
        return taken;
    }

    /** Those of a kind, in order, which are held no more, though their client does not know that yet. */
    List<Held> giveUp(Predicate<Held> kind) {
        List<Held> taken = new ArrayList<>();
        byTag.values().removeIf(held -> kind.test(held) && taken.add(held));
        taken.forEach(held -> givenUp.add(held.tag()));
        while (givenUp.size() > SessionLimits.GIVEN_UP_REMEMBERED) {
            givenUp.pollFirst();
        }
        return taken;
    }

    /** They are held again: what was to happen to them will not. */
    void putBack(List<Held> taken) {
        taken.forEach(this::add);
    }

    boolean holdsAny() {
        return !byTag.isEmpty();
    }

    List<Held> all() {
        return List.copyOf(byTag.values());
    }

    /** The longest held of a consumer, if it has any. */
    @Nullable
    Held oldestOf(Consumer consumer) {
        for (Held held : byTag.values()) {
            if (held.consumer() == consumer) {
                return held;
            }
        }
        return null;
    }
}
