package weir.cluster.shard;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ProposalRefusedException.Reason;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Entry;

/** A log whose every step is the test's: what is proposed waits here until the test lets it be applied, or fail. */
final class HandLog implements ReplicatedLog {
    private static final long PATIENCE_SECONDS = 20;

    /** An entry that was proposed, and whoever waits for it. */
    static final class Proposed {
        final Bytes entry;
        final @Nullable Object context;
        final CompletableFuture<Void> done = new CompletableFuture<>();

        private Proposed(Bytes entry, @Nullable Object context) {
            this.entry = entry;
            this.context = context;
        }

        Entry decoded() {
            return EntryCodec.decode(1, entry);
        }

        List<Command> commands() {
            return decoded().commands();
        }

        void refuse(Reason reason) {
            done.completeExceptionally(new ProposalRefusedException(reason, "by hand"));
        }
    }

    private final LinkedBlockingQueue<Proposed> proposals = new LinkedBlockingQueue<>();
    private @Nullable Replica replica;
    private long index;
    volatile boolean leads;
    /** So many proposals are refused at once, as by an engine that is too busy. */
    final AtomicInteger overloaded = new AtomicInteger();

    void attach(Replica of) {
        replica = of;
    }

    void lead() {
        leads = true;
        Objects.requireNonNull(replica).leading();
    }

    /** What the test has not taken yet was not replicated. */
    void cease() {
        synchronized (this) {
            leads = false;
            for (Proposed lost = proposals.poll(); lost != null; lost = proposals.poll()) {
                lost.refuse(Reason.NOT_LEADER);
            }
        }
        Objects.requireNonNull(replica).notLeading();
    }

    @Override
    public synchronized CompletableFuture<Void> propose(Bytes entry, @Nullable Object context) {
        Proposed proposed = new Proposed(entry, context);
        if (!leads) {
            proposed.refuse(Reason.NOT_LEADER);
        } else if (overloaded.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            proposed.refuse(Reason.OVERLOADED);
        } else {
            proposals.add(proposed);
        }
        return proposed.done;
    }

    /** The next entry that the shard proposes; a time entry is applied and passed over. */
    Proposed next() throws InterruptedException {
        while (true) {
            Proposed next = proposals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing was proposed");
            }
            if (!next.commands().isEmpty()) {
                return next;
            }
            apply(next);
        }
    }

    boolean isEmpty() {
        return proposals.isEmpty();
    }

    /** It is on a majority's disks, and its proposer still waits. */
    void apply(Proposed proposed) {
        Objects.requireNonNull(replica).apply(new LogPosition(1, ++index), proposed.entry, proposed.context);
        proposed.done.complete(null);
    }

    /** It is in the log, as one of another node's would be. */
    void applyAsFollower(Bytes entry) {
        Objects.requireNonNull(replica).apply(new LogPosition(1, ++index), entry, null);
    }

    @Override
    public boolean isLeader() {
        return leads;
    }

    @Override
    public OptionalInt leader() {
        return OptionalInt.empty();
    }

    @Override
    public List<Member> members() {
        return List.of();
    }

    @Override
    public long term() {
        return 1;
    }

    @Override
    public boolean hasLeft() {
        return false;
    }

    @Override
    public List<Progress> progress() {
        return List.of();
    }

    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members, int preferred) {
        throw new UnsupportedOperationException("no shard asks for this");
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int node) {
        throw new UnsupportedOperationException("no shard asks for this");
    }

    @Override
    public void checkpointed(LogPosition position) {}
}
