package weir.storage;

import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import weir.core.LogId;
import weir.core.shard.MessageLog;

/** Knows what is live because it is told each message that comes and each that goes. */
public final class SimpleLiveness implements MessageLog.Liveness {
    private final Map<LogId, NavigableSet<Long>> live = new TreeMap<>();

    public void add(LogId log, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            of(log).add(offset);
        }
    }

    public void settle(LogId log, long offset) {
        of(log).remove(offset);
    }

    public void settleAll() {
        live.clear();
    }

    public boolean isLive(LogId log, long offset) {
        return of(log).contains(offset);
    }

    /** As it is now, whatever comes after. */
    public SimpleLiveness copy() {
        SimpleLiveness copy = new SimpleLiveness();
        live.forEach((log, offsets) -> copy.of(log).addAll(offsets));
        return copy;
    }

    public NavigableSet<Long> of(LogId log) {
        return live.computeIfAbsent(log, _ -> new TreeSet<>());
    }

    @Override
    public boolean anyLive(LogId log, long from, long to) {
        return countLive(log, from, to) > 0;
    }

    @Override
    public long countLive(LogId log, long from, long to) {
        return of(log).subSet(from, true, to, false).size();
    }
}
