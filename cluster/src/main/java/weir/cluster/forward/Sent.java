package weir.cluster.forward;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.shard.Patience;
import weir.core.broker.OutcomeUnknownException;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** A command on its way to a shard's leader, whoever that is by the time it gets there. */
final class Sent implements Comparable<Sent> {
    final Command command;
    final CompletableFuture<Reply> reply = new CompletableFuture<>();
    /** Its place among the shard's commands; one that comes back goes before those that came later. */
    private final long number;

    final long endNanos = Patience.endNanos(ClusterLimits.ANSWER);
    private final Semaphore room;
    private final AtomicInteger held = new AtomicInteger();
    /** Why an earlier try may have been carried out; null if none was. Owned by whoever has the command in hand. */
    private @Nullable OutcomeUnknownException before;

    Sent(Command command, long number, Semaphore room) {
        this.command = command;
        this.number = number;
        this.room = room;
    }

    /** It holds that much of the room until it is answered. */
    void holds(int permits) {
        held.set(permits);
    }

    long nanosLeft() {
        return endNanos - System.nanoTime();
    }

    void mayHaveBeenDone(OutcomeUnknownException why) {
        before = why;
    }

    void answered(Reply answer) {
        release();
        reply.complete(answer);
    }

    void failed(Throwable cause) {
        release();
        reply.completeExceptionally(cause);
    }

    /** Its time is over. */
    void expired(String why) {
        failed(
                before == null
                        ? new OutcomeUnknownException(why + " in time; nothing was done")
                        : new OutcomeUnknownException(
                                why + " in time, and it may have been done before that: " + before.getMessage(),
                                before));
    }

    private void release() {
        room.release(held.getAndSet(0));
    }

    @Override
    public int compareTo(Sent other) {
        return Long.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
