package weir.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import weir.cluster.damage.FailedReplicas;
import weir.cluster.damage.SetAside;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;

/** Told of this node's replicas that had to stop: some are made anew from other nodes, any other ends the process. */
final class Failures implements FailureListener {
    private final FailureListener process;
    private volatile FailureListener now;
    /** Completed, exceptionally, when the process has to end. */
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    /** @param process told when the process should end; until {@link #mend} that is each time */
    Failures(FailureListener process) {
        this.process = process;
        now = process;
    }

    /** From now on what others have is made anew. */
    void mend(SetAside aside, Replicas replicas) {
        // Too much holds on to the catalog's replica for it to be made anew in a node that runs.
        now = new FailedReplicas(aside, replicas::canSpare, GroupId.CATALOG::equals, replicas::end, (group, cause) -> {
            failed.completeExceptionally(cause);
            process.failed(group, cause);
        });
    }

    @Override
    public void failed(GroupId group, Throwable cause) {
        now.failed(group, cause);
    }

    /** For whoever waits for something that would not come any more. */
    void check() throws IOException {
        if (failed.isDone()) {
            throw stopped(failed.exceptionNow());
        }
    }

    /** @throws IOException if a replica had to stop first */
    void awaitUnlessFailed(CompletableFuture<Void> awaited, Duration patience)
            throws IOException, InterruptedException, TimeoutException {
        try {
            CompletableFuture.anyOf(awaited, failed).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw stopped(e.getCause());
        }
    }

    private static IOException stopped(@Nullable Throwable cause) {
        return new IOException("a replica had to stop: " + cause, cause);
    }
}
