package weir.cluster.placement;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;

/**
 * A replica as its node sees it.
 *
 * @param leads whether it leads its group
 * @param leader who does, as far as it knows
 * @param term the newest that it has seen; decides between two that say they lead
 * @param committed the last entry known to be on a majority's disks, or the last applied if the engine does not say
 * @param checkpoint the last entry in its durable checkpoint, 0 for none
 * @param bytes on its disk
 * @param members by the newest configuration that it has seen; empty if it waits to be added
 * @param progress of each member if it leads, else empty
 * @param damage what is wrong with its files, if it was set aside for that; null if nothing is
 */
public record ReplicaState(
        GroupId group,
        boolean leads,
        OptionalInt leader,
        long term,
        long committed,
        long applied,
        long checkpoint,
        long bytes,
        List<Member> members,
        List<Progress> progress,
        @Nullable String damage) {
    public ReplicaState {
        members = List.copyOf(members);
        progress = List.copyOf(progress);
    }
}
