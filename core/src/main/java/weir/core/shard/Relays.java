package weir.core.shard;

import java.util.TreeMap;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * Which messages that are forwarded from other queues this partition has taken, so that forwarding one again changes nothing,
 * however much later. A source says with each message below which number it will send none any more; only what lies above is
 * remembered, a bit each.
 */
final class Relays {
    /** Queues that forward to one partition; beyond it the one that was made first is forgotten. Most of them are long gone. */
    static final int SOURCES_MAX = 1_000;

    private final TreeMap<Long, OffsetSet> taken = new TreeMap<>();

    /** Whether the message was taken before. Learns from it what the source has settled. */
    boolean hasTaken(Command.Relayed relayed) {
        OffsetSet numbers = taken.get(relayed.source());
        if (numbers == null) {
            return false;
        }
        numbers.raiseTo(relayed.settledBelow());
        return numbers.contains(relayed.number());
    }

    void take(Command.Relayed relayed) {
        OffsetSet numbers = taken.computeIfAbsent(relayed.source(), _ -> new OffsetSet());
        numbers.raiseTo(relayed.settledBelow());
        numbers.add(relayed.number());
        if (taken.size() > SOURCES_MAX) {
            taken.pollFirstEntry();
        }
    }

    boolean isEmpty() {
        return taken.isEmpty();
    }

    void write(Writer out) {
        out.varint(taken.size());
        taken.forEach((source, numbers) -> numbers.write(out.varint(source)));
    }

    static Relays read(Reader in) {
        Relays relays = new Relays();
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            relays.taken.put(in.varint(), OffsetSet.read(in));
        }
        return relays;
    }
}
