package weir.core.shard;

import java.util.TreeMap;
import java.util.TreeSet;
import weir.core.codec.Reader;
import weir.core.codec.Writer;
import weir.core.shard.Reply.ArrivalOutcome;

/**
 * Which departures of other shards this partition has answered, so that a repeat is answered the same and changes
 * nothing. A source numbers its departures in rising order and sends them in that order.
 */
final class Intake {
    private final TreeMap<Integer, Source> sources = new TreeMap<>();

    private static final class Source {
        long last;
        /** Numbers up to {@code last} that were refused; forgotten once the source knows. */
        final TreeSet<Long> refused = new TreeSet<>();
    }

    /** What this departure was answered before, or null if it is new. */
    @org.jspecify.annotations.Nullable
    ArrivalOutcome answered(int source, long number) {
        Source known = sources.get(source);
        if (known == null || number > known.last) {
            return null;
        }
        return known.refused.contains(number) ? ArrivalOutcome.REFUSED : ArrivalOutcome.TAKEN;
    }

    void answer(int source, long number, ArrivalOutcome outcome) {
        Source known = sources.computeIfAbsent(source, _ -> new Source());
        known.last = number;
        if (outcome == ArrivalOutcome.REFUSED) {
            known.refused.add(number);
        }
    }

    void forgetBelow(int source, long number) {
        Source known = sources.get(source);
        if (known != null) {
            known.refused.headSet(number).clear();
        }
    }

    void write(Writer out) {
        out.varint(sources.size());
        sources.forEach((id, source) -> {
            out.varint(id).varint(source.last).varint(source.refused.size());
            source.refused.forEach(out::varint);
        });
    }

    static Intake read(Reader in) {
        Intake intake = new Intake();
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            Source source = new Source();
            intake.sources.put(in.count(Integer.MAX_VALUE), source);
            source.last = in.varint();
            int refused = in.count(in.remaining());
            for (int j = 0; j < refused; j++) {
                source.refused.add(in.varint());
            }
        }
        return intake;
    }
}
