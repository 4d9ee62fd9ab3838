package weir.cluster.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    record Answer(Reply reply, List<Payload> contents) {}

    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    final Command.Acquire acquire;
    /** Whether it waits if nothing is ready; false, too, once its time is over. Guarded by {@link Receivers}. */
    boolean patient;

    State state = State.WAITING;
    /** Its caller has gone: what it is still given goes back. */
    boolean abandoned;

    private final Leadership leadership;

    Receiver(Command.Acquire acquire, boolean patient, Leadership leadership) {
        super(acquire);
        this.acquire = acquire;
        this.patient = patient;
        this.leadership = leadership;
    }

    @Override
    void answered(Reply reply, List<Payload> contents) {
        leadership.receiverAnswered(this, reply, contents);
    }

    @Override
    void failed(Throwable cause) {
        leadership.receiverFailed(this);
        answer.completeExceptionally(cause);
    }
}
