package weir.cluster.placement;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.placement.PlacementRequest.ChangeMembers;
import weir.cluster.placement.PlacementRequest.Checked;
import weir.cluster.placement.PlacementRequest.Drop;
import weir.cluster.placement.PlacementRequest.Open;
import weir.cluster.placement.PlacementRequest.Order;
import weir.cluster.placement.PlacementRequest.TransferLeadership;
import weir.cluster.replication.GroupId;

/**
 * The node's side of a conductor's orders. An order is begun and answered at once, on whatever thread asks; how it goes on is in
 * the next report. So nobody is told that something failed which goes on all the same, and who asks may go away. Safe for use
 * by any number of threads: the orders of one group are carried out one after the other.
 */
final class LocalReplicas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);

    /** What has been asked of one group here. Guarded by itself. */
    private static final class Asked {
        long stamp;
        long openedFor;
        /** What was begun last. */
        CompletableFuture<Void> change = CompletableFuture.completedFuture(null);

        Asked(long stamp) {
            this.stamp = stamp;
        }
    }

    private final ReplicaHost host;
    private final long firstStamp;
    private final Executor executor;
    private final Map<GroupId, Asked> asked = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param firstStamp above every stamp of earlier runs of this node; at least 1
     * @param executor what opens and puts away replicas, which may take long
     */
    LocalReplicas(ReplicaHost host, long firstStamp, Executor executor) {
        this.host = host;
        this.firstStamp = firstStamp;
        this.executor = executor;
    }

    int node() {
        return host.node();
    }

    NodeReport report() {
        return new NodeReport(
                host.node(),
                host.isShortOfRoom(),
                host.replicas().stream().map(this::report).toList());
    }

    List<ShardLoad> loads() {
        return host.loads();
    }

    private Asked asked(GroupId group) {
        return asked.computeIfAbsent(group, _ -> new Asked(firstStamp));
    }

    private ReplicaReport report(ReplicaState state) {
        Asked of = asked(state.group());
        synchronized (of) {
            return new ReplicaReport(state, !of.change.isDone(), failure(of.change), of.stamp, of.openedFor);
        }
    }

    private static @Nullable String failure(CompletableFuture<Void> change) {
        if (!change.isCompletedExceptionally()) {
            return null;
        }
        Throwable cause = change.exceptionNow();
        Throwable root = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /**
     * Begins it.
     *
     * @throws IOException whose message says why not, for the conductor and its operator
     */
    void carryOut(Order order) throws IOException {
        Asked of = asked(order.group());
        CompletableFuture<Void> begun = new CompletableFuture<>();
        synchronized (of) {
            if (closed) {
                throw new IOException("node " + host.node() + " is stopping");
            }
            if (order instanceof Checked checked && checked.stamp() != of.stamp) {
                throw new IOException("what was asked of " + order.group() + " was decided before something else was"
                        + " done about it");
            }
            if (!of.change.isDone()) {
                throw new IOException("a change of " + order.group() + " is under way");
            }
            LOG.info("Asked by the node that leads the catalog: {}", order);
            of.stamp++; // Before it is done: it may be done in part.
            of.openedFor = 0;
            of.change = begun;
        }
        try {
            begin(order, of, begun);
        } catch (RuntimeException e) {
            end(begun, e);
            throw e;
        }
    }

    private void begin(Order order, Asked of, CompletableFuture<Void> begun) throws IOException {
        switch (order) {
            case Open open ->
                inBackground(begun, () -> {
                    host.open(open.group());
                    synchronized (of) {
                        of.openedFor = open.revision();
                    }
                });
            case Drop drop -> inBackground(begun, () -> host.drop(drop.group()));
            case ChangeMembers change ->
                follow(begun, host.changeMembers(change.group(), change.members(), change.preferred()));
            case TransferLeadership transfer ->
                follow(begun, host.transferLeadership(transfer.group(), transfer.node()));
        }
    }

    private static void follow(CompletableFuture<Void> begun, CompletableFuture<Void> change) {
        var _ = change.whenComplete((_, failure) -> end(begun, failure));
    }

    private static void end(CompletableFuture<Void> begun, @Nullable Throwable failure) {
        if (failure == null) {
            begun.complete(null);
        } else {
            LOG.info("What was asked could not be done: {}", failure.toString());
            begun.completeExceptionally(failure);
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Waits for its end a little: most end at once, and whoever asked learns why it failed. */
    private void inBackground(CompletableFuture<Void> begun, Work work) throws IOException {
        executor.execute(() -> {
            @Nullable Throwable failure = null;
            try {
                work.run();
            } catch (IOException | InterruptedException | RuntimeException e) {
                failure = e;
            }
            end(begun, failure);
        });
        try {
            begun.get(PlacementLimits.ORDER_AWAITED.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) { // The next report says how it goes on.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Who asked has gone; it goes on all the same.
        } catch (ExecutionException e) {
            throw new IOException(failure(begun), e);
        }
    }

    /** Takes no more orders, and waits for those that open or put away something: the node is about to close its files. */
    @Override
    public void close() {
        closed = true;
        long end = System.nanoTime() + PlacementLimits.ORDER_ENDS.toNanos();
        for (Map.Entry<GroupId, Asked> each : asked.entrySet()) {
            CompletableFuture<Void> change;
            synchronized (each.getValue()) {
                change = each.getValue().change;
            }
            try {
                change.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                LOG.warn("What was asked of the {} is still under way as the node stops", each.getKey());
            } catch (ExecutionException _) { // It was reported.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
