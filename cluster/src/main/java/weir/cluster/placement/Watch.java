package weir.cluster.placement;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are alive, and since when. Begins with every conductor anew: a node that was silent before is silent since the
 * conductor began, so the grace time is never cut short. One thread owns it.
 */
final class Watch {
    /**
     * @param at when it was heard last
     * @param since when it was heard first without a gap up to then
     */
    private record Heard(long at, long since) {}

    private final long beganAt;
    private final TreeMap<Integer, Heard> heard = new TreeMap<>();

    Watch(long nowMillis) {
        beganAt = nowMillis;
    }

    void heard(int node, long atMillis) {
        if (atMillis < beganAt) {
            return; // By another's account, from before: who was there in between nobody here knows.
        }
        Heard was = heard.get(node);
        if (was == null || atMillis - was.at() >= PlacementLimits.SILENT_AFTER.toMillis()) {
            heard.put(node, new Heard(atMillis, atMillis));
        } else if (atMillis > was.at()) {
            heard.put(node, new Heard(atMillis, was.since()));
        }
    }

    Liveness of(int node, long nowMillis) {
        @Nullable Heard last = heard.get(node);
        long silentSince = last == null ? beganAt : last.at();
        long silence = nowMillis - silentSince;
        boolean tooLong = silence >= PlacementLimits.SILENT_AFTER.toMillis();
        if (last != null && !tooLong) {
            return new Liveness(true, true, nowMillis - last.since());
        }
        return new Liveness(tooLong, false, silence);
    }

    /**
     * @param known whether it has been looked at for long enough to tell
     * @param forMillis for how long it has been alive, or silent
     */
    record Liveness(boolean known, boolean alive, long forMillis) {}
}
