package weir.cluster.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.core.PartitionId;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

/** One receive: asks the log while messages may be ready, and waits outside of it while none are. */
final class Receiver extends Pending {
    /** Guarded by {@link Receivers}. */
    enum State {
        /** Among the waiting ones. */
        WAITING,
        /** Its acquire is queued or in the log. */
        ASKING,
        /** Answered, or given up. */
        DONE
    }

    /** What it came to; the contents are to be read or closed. */
    record Answer(PartitionId partition, Reply reply, List<Payload> contents) {}

    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    final Wanted wanted;
    /** Whether it waits if nothing is ready; false, too, once its time is over. Guarded by {@link Receivers}. */
    boolean patient;

    State state = State.WAITING;
    /** Its caller has gone: what it is still given goes back. */
    boolean abandoned;
    /** A partition's limit on leases kept messages back. */
    boolean tooManyInFlight;

    /** The receivers of the same caller that were to ask while this one did in vain. To be told when no monitor is held. */
    volatile List<Receiver> missed = List.of();

    /** Which of the partitions it asked last; -1 for none. Guarded by {@link Receivers}. */
    private int asked = -1;
    /** Written under the monitor of {@link Receivers} before it is queued; read by who writes or answers it. */
    private volatile Command.Acquire acquire;

    private final Leadership leadership;

    Receiver(Wanted wanted, boolean patient, Leadership leadership) {
        this.wanted = wanted;
        this.patient = patient;
        this.leadership = leadership;
        this.acquire = wanted.from(wanted.partitions().getFirst());
    }

    int priority() {
        return wanted.precedence().priority();
    }

    @Override
    Command command() {
        return acquire;
    }

    Leadership leadership() {
        return leadership;
    }

    interface Readiness {
        boolean mayDeliver(PartitionId partition);
    }

    /**
     * The partition to ask next: the first behind the last one that may have something, and for one that would wait, from the
     * beginning again. Null if there is none.
     */
    @Nullable
    PartitionId next(Readiness readiness) {
        List<PartitionId> all = wanted.partitions();
        int looks = patient ? all.size() : all.size() - 1 - asked;
        for (int i = 1; i <= looks; i++) {
            PartitionId partition = all.get((asked + i) % all.size());
            if (readiness.mayDeliver(partition)) {
                return partition;
            }
        }
        return null;
    }

    /** False if another receiver of the same caller is asking. */
    boolean mayAsk() {
        return wanted.claim() == null || wanted.claim().take(this);
    }

    /** It is going to ask that one. */
    void asks(PartitionId partition) {
        asked = wanted.partitions().indexOf(partition);
        acquire = wanted.from(partition);
        state = State.ASKING;
    }

    /** It is not asking now; another receiver of its caller may. */
    void asksNoMore() {
        if (wanted.claim() != null) {
            missed = wanted.claim().free(this);
        }
    }

    @Override
    void answered(Reply reply, List<Payload> contents) {
        leadership.receiverAnswered(this, new Answer(acquire.partition(), reply, contents));
    }

    @Override
    void failed(Throwable cause) {
        leadership.receiverFailed(this);
        answer.completeExceptionally(cause);
    }
}
