package weir.cluster.replication;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * The state machine behind one {@link ReplicatedLog}. The engine drives it: {@link #opened} and {@link #lastCheckpoint} once when the group is
 * opened, then {@link #apply} and {@link #leading} on one thread of the group, in log order.
 */
public interface Replica {
    /** Its own log, before anything else is called: what {@link ReplicationEngine#open} is about to return. */
    default void opened(ReplicatedLog log) {}

    /** Where replay starts: the durable checkpoint that this replica was restored from, or none for the whole log. */
    Optional<LogPosition> lastCheckpoint();

    /**
     * Takes the next entry. It is on the disks of a majority and cannot be taken back.
     *
     * <p>Whatever is thrown here stops the replica for good and is told to the {@link FailureListener}: a state that has
     * missed an entry must not go on.
     *
     * @param entry the proposer's own array on the node that proposed it, if it still waits; else one the engine read.
     *     Nobody changes it afterwards, so slices of it may be kept
     * @param context what {@link ReplicatedLog#propose} was given, if this node proposed the entry and still waits for it
     */
    void apply(LogPosition position, Bytes entry, @Nullable Object context);

    /**
     * This node leads the group from now on, and every entry of earlier leaders has been applied: proposals are welcome.
     * Called on the thread of {@link #apply}; to propose from within is allowed. {@link ReplicatedLog#isLeader} is true by then,
     * or leadership is lost already: as its end is told on another thread, it may have been told before this.
     */
    void leading();

    /**
     * The leader has forgotten the part of the log that comes next here. The replica takes over a checkpoint of the leader's
     * and says what it holds; the log goes on after it. Comes on a thread of the engine; nothing is applied meanwhile. May
     * take long, and may be asked again if it fails.
     *
     * @param firstKept the first entry that the leader still has; the checkpoint must not end before the one ahead of it
     */
    LogPosition catchUp(Member leader, long firstKept) throws IOException, InterruptedException;

    /**
     * This node leads no longer. Comes on another thread of the engine, perhaps while {@link #apply} runs, and perhaps
     * without a {@link #leading} before it; what was proposed and not yet applied has failed or is about to.
     */
    void notLeading();
}
