package weir.cluster.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The engine of one node. Groups are opened before it is started or after; {@link #close} ends all. */
public interface ReplicationEngine extends AutoCloseable {
    /**
     * Adds a group. Its log is read and replayed from {@link #start} on, or at once if that has been.
     *
     * @param founders who the members are if this node has no log of the group yet, the same list on each of them; empty if
     *     the group exists elsewhere, and its leader will add this node; this node alone, without a vote, if it will be added so
     * @throws IllegalStateException if the engine has this group already
     * @throws IOException after the start: as {@link #start}
     */
    ReplicatedLog open(GroupId group, Replica replica, List<Member> founders) throws IOException;

    /**
     * Stops a group and leaves it, if it is open. Deletes nothing. May be repeated, also after it failed.
     *
     * @return where its log is, or would be
     */
    Path leave(GroupId group) throws IOException;

    /** Whether there is anything of the group's log on this node's disk. */
    boolean hasLog(GroupId group);

    /**
     * Whom the newest configuration on this node's disk names, whether or not the group is open; empty if there is none that
     * can be read.
     */
    List<Integer> membersOnDisk(GroupId group);

    /**
     * Leaves a group that this node is no member of any more, and deletes its log. Returns when that has been done. May be
     * repeated, also after it failed.
     */
    void drop(GroupId group) throws IOException;

    /**
     * Starts all groups and returns when their logs have been read. Replay may still run; each replica is told by {@link
     * Replica#leading} when it has caught up and leads.
     *
     * @throws DamagedLogException if a log cannot be trusted
     * @throws IOException if a log cannot be read or written, or the address is taken
     */
    void start() throws IOException;

    /** Stops taking proposals, applies what is committed, and returns when the files are closed. Idempotent. */
    @Override
    void close();
}
