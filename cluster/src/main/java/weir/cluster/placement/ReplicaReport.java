package weir.cluster.placement;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Progress;

/**
 * What a node tells the others of one of its replicas.
 *
 * @param changing whether a change of members or of the leader that was asked of it is under way
 * @param trouble why the last one failed; null if it did not
 */
public record ReplicaReport(
        ReplicaState state, boolean changing, @Nullable String trouble) {
    /** How many entries the replica on that node lacks, as the leader sees it. */
    OptionalLong lagOf(int node) {
        return state.progress().stream()
                .filter(progress -> progress.node() == node)
                .mapToLong(Progress::matchIndex)
                .map(match -> Math.max(0, state.committed() - match))
                .findFirst();
    }
}
