package weir.cluster.replication;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Limits;

/** One replicated, totally ordered, durable log: that of the catalog or of one shard. Safe for use by many threads. */
public interface ReplicatedLog {
    /**
     * The largest entry: the largest message with what is written around it and what shares its batch. An engine may store
     * an entry in several pieces; it is applied whole or not at all.
     */
    int ENTRY_BYTES_MAX = Limits.MESSAGE_BYTES_MAX + 4 * 1024 * 1024;

    /**
     * Proposes an entry. Entries proposed by one thread are applied in the order proposed, if they are applied.
     *
     * <p>May block while the engine's queue to the disk is full, so never call it on an event loop.
     *
     * <p>The future completes after {@link Replica#apply} has returned for the entry on this node, on that same thread: do
     * little there and do not wait. It fails with
     * <ul>
     *   <li>{@link ProposalRefusedException}: the entry is not in the log and never will be, so proposing it again is safe;
     *   <li>{@link weir.core.broker.OutcomeUnknownException}: it may have been applied or may yet be.
     * </ul>
     *
     * @param context handed to {@link Replica#apply} on this node; never leaves it
     * @throws IllegalArgumentException if the entry is empty or larger than {@link #ENTRY_BYTES_MAX}
     */
    CompletableFuture<Void> propose(Bytes entry, @Nullable Object context);

    /** Whether this node leads the group and has applied all that earlier leaders left. May be outdated when read. */
    boolean isLeader();

    /** The node that leads, as far as this one knows. */
    OptionalInt leader();

    /**
     * The members by the newest configuration that this node has seen, those without a vote among them; empty if it waits to
     * be added. Sorted by node.
     */
    List<Member> members();

    /** The newest term that this node has seen; 0 if it has seen none. */
    long term();

    /** Whether the others have removed this node from the group, which is closed here for good therefore. */
    boolean hasLeft();

    /** How far each member is. Only the leader knows; elsewhere empty. */
    List<Progress> progress();

    /**
     * Makes these the members; new ones catch up before they vote. One without a vote can be given one, but not the reverse. The future completes when that is committed.
     * It fails with {@link ProposalRefusedException} if this node does not lead, another change is under way, or a new member
     * cannot be reached or makes no progress; what the members are then is told by {@link #members}.
     *
     * @param preferred the member that is to lead if it can
     */
    CompletableFuture<Void> changeMembers(List<Member> members, int preferred);

    /** Hands leadership to that member, which must be up to date. Fails with {@link ProposalRefusedException}. */
    CompletableFuture<Void> transferLeadership(int node);

    /**
     * The replica has a durable checkpoint that holds every entry up to {@code position}, so that the log up to there is
     * needed no longer. What the engine then deletes, and when, is its own matter: it keeps whole files.
     *
     * @param position one that {@link Replica#apply} was given; an older one than before is ignored
     */
    void checkpointed(LogPosition position);
}
