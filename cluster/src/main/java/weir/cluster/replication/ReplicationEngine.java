package weir.cluster.replication;

import java.io.IOException;

/** The engine of one node. Groups are opened, then it is started once; {@link #close} ends all. */
public interface ReplicationEngine extends AutoCloseable {
    /**
     * Adds a group. Its log is read and replayed from {@link #start} on, and created if there is none.
     *
     * @throws IllegalStateException if the engine was started already or has this group
     */
    ReplicatedLog open(GroupId group, Replica replica);

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
