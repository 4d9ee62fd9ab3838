package weir.sqs.sns;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import weir.core.catalog.Definition;

/**
 * What definitions of one kind say, read anew only when they have changed: a publish asks for them for every message. Bounded
 * by bytes; what was not asked for lately makes room, one at a time. Safe for use by any number of threads: who finds what he
 * asks for takes no lock.
 */
final class Revisions<T> {
    /** Held of one kind, as estimated. A reading costs microseconds, so what is beyond it is slower and nothing else. */
    static final long BYTES_MAX = 64L * 1024 * 1024;

    private final ConcurrentHashMap<String, Held<T>> held = new ConcurrentHashMap<>();
    private final Function<Definition, T> reader;
    private final ToLongFunction<T> size;
    private final long bytesMax;
    /** Goes round and round over what is held; guarded by this object's lock, as is the next. */
    private Iterator<Held<T>> hand = held.values().iterator();

    private long bytes;

    /** @param size of what is read, in bytes, about */
    Revisions(Function<Definition, T> reader, ToLongFunction<T> size) {
        this(reader, size, BYTES_MAX);
    }

    Revisions(Function<Definition, T> reader, ToLongFunction<T> size, long bytesMax) {
        this.reader = reader;
        this.size = size;
        this.bytesMax = bytesMax;
    }

    private static final class Held<T> {
        final Definition definition;
        final T value;
        final long bytes;
        /** Whether somebody asked for it since the hand came by. */
        volatile boolean asked = true;

        Held(Definition definition, T value, long bytes) {
            this.definition = definition;
            this.value = value;
            this.bytes = bytes;
        }

        boolean isOf(Definition other) {
            return definition.created() == other.created() && definition.revision() == other.revision();
        }
    }

    T of(Definition definition) {
        Held<T> known = held.get(definition.name());
        if (known != null && known.isOf(definition)) {
            if (!known.asked) {
                known.asked = true;
            }
            return known.value;
        }
        T value = reader.apply(definition);
        hold(new Held<>(definition, value, size.applyAsLong(value)));
        return value;
    }

    private synchronized void hold(Held<T> fresh) {
        Held<T> before = held.put(fresh.definition.name(), fresh);
        bytes += fresh.bytes - (before == null ? 0 : before.bytes);
        while (bytes > bytesMax && held.size() > 1) {
            if (!hand.hasNext()) {
                hand = held.values().iterator();
            }
            Held<T> next = hand.next();
            if (next.asked) {
                next.asked = false;
            } else if (held.remove(next.definition.name(), next)) {
                bytes -= next.bytes;
            }
        }
    }

    int size() {
        return held.size();
    }
}
