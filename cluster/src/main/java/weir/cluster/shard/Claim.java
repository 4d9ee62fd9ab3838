package weir.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one receive that waits in several shards of this process from being given messages by more than one: of its
 * receivers one may ask at a time, and only if that was in vain another. Else every publish would go to whoever has waited
 * the longest everywhere, who could keep one answer of them all.
 *
 * <p>Its monitor is taken with that of a {@link Receivers} held, never the other way round.
 */
public final class Claim {
    private @Nullable Receiver holder;
    /** Those that were to ask meanwhile. */
    private final List<Receiver> missed = new ArrayList<>();

    /** False if another one is asking, or was answered; when that has asked in vain, {@link #free} tells of this one. */
    synchronized boolean take(Receiver receiver) {
        if (holder == null || holder == receiver) {
            holder = receiver;
            return true;
        }
        if (!missed.contains(receiver)) {
            missed.add(receiver);
        }
        return false;
    }

    /** It has asked in vain. Returns those that are to look now whether they have something to ask for. */
    synchronized List<Receiver> free(Receiver receiver) {
        if (holder != receiver) {
            return List.of();
        }
        holder = null;
        List<Receiver> next = List.copyOf(missed);
        missed.clear();
        return next;
    }
}
