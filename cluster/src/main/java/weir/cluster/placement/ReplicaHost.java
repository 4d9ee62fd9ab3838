package weir.cluster.placement;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;

/** The node as {@link PlacementService} needs it. Every method may be called by any thread, and again after it succeeded. */
public interface ReplicaHost {
    /** This node's number. */
    int node();

    /** Whether the disk is so full that messages are about to be refused by whatever this node leads. */
    boolean isShortOfRoom();

    /** How each replica is that is open here, or was set aside as damaged. */
    List<ReplicaState> replicas();

    /** What each shard's replica here has to do. */
    List<ShardLoad> loads();

    /** Opens a replica that waits to be added by its group's leader; does nothing if there is one that is sound. */
    void open(GroupId group) throws IOException, InterruptedException;

    /**
     * Closes a replica and deletes or sets aside what it has on disk, so that {@link #open} begins a new one; does nothing if
     * there is none. Only asked once the replica is no member any more.
     */
    void drop(GroupId group) throws IOException, InterruptedException;

    /** As {@link weir.cluster.replication.ReplicatedLog#changeMembers}. Does not wait. Fails if there is no such replica here. */
    CompletableFuture<Void> changeMembers(GroupId group, List<Member> members, int preferred);

    /** As {@link weir.cluster.replication.ReplicatedLog#transferLeadership}. Does not wait. Fails if there is no such replica here. */
    CompletableFuture<Void> transferLeadership(GroupId group, int node);
}
