package weir.cluster.placement;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Progress;

/**
 * What a node tells the others of one of its replicas.
 *
 * @param changing whether a change of members or of the leader that was asked of it is under way
 * @param trouble why the last one failed; null if it did not
 * @param stamp another after every order that was carried out, and after a restart: an order names the one it was decided
 *     on, so that an order that comes late, or from a conductor that is none any more, changes nothing
 * @param openedFor the revision for which it was opened, if that was the last order; else 0
 */
public record ReplicaReport(
        ReplicaState state, boolean changing, @Nullable String trouble, long stamp, long openedFor) {
    /** Whether the leader has heard of the replica on that node lately: a node that is alive may still be opening it. */
    boolean hears(int node) {
        return state.progress().stream()
                .anyMatch(progress -> progress.node() == node
                        && progress.sinceHeardMillis() < PlacementLimits.SILENT_AFTER.toMillis());
    }

    /** How many entries the replica on that node lacks, as the leader sees it. */
    OptionalLong lagOf(int node) {
        return state.progress().stream()
                .filter(progress -> progress.node() == node)
                .mapToLong(Progress::matchIndex)
                .map(match -> Math.max(0, state.committed() - match))
                .findFirst();
    }
}
