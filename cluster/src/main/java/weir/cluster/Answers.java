package weir.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.core.broker.OutcomeUnknownException;
import weir.core.shard.Reply;

/** What becomes of a call to a shard: what it replied, or that the outcome is unknown. */
final class Answers {
    private Answers() {}

    /** A router goes on until it has found who leads, so this is said by a leader's side only. */
    static OutcomeUnknownException unknown(NotLeadingException e) {
        return new OutcomeUnknownException("nothing was done: " + e.getMessage(), e);
    }

    static Reply await(CompletableFuture<Reply> reply, long endNanos)
            throws OutcomeUnknownException, InterruptedException {
        try {
            return Patience.get(reply, endNanos - System.nanoTime());
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from the log in time");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case OutcomeUnknownException known -> known;
                case NotLeadingException notLeading -> unknown(notLeading);
                case null, default -> new OutcomeUnknownException("the log failed: " + e.getCause(), e);
            };
        }
    }
}
