package weir.cluster.placement;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.placement.PlacementRequest.ChangeMembers;
import weir.cluster.placement.PlacementRequest.Drop;
import weir.cluster.placement.PlacementRequest.Open;
import weir.cluster.placement.PlacementRequest.Order;
import weir.cluster.placement.PlacementRequest.TransferLeadership;
import weir.cluster.replication.GroupId;

/**
 * The node's side of a conductor's orders. What takes long is begun and answered at once; how it goes on is in the next
 * report. Safe for use by any number of threads: the orders of one group are carried out one after the other.
 */
final class LocalReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);

    /** What has been asked of one group here. Guarded by itself. */
    private static final class Asked {
        /** Of the newest order. */
        long revision;
        /** The change of members or leader that was begun last. */
        CompletableFuture<Void> change = CompletableFuture.completedFuture(null);
    }

    private final ReplicaHost host;
    private final Map<GroupId, Asked> asked = new ConcurrentHashMap<>();

    LocalReplicas(ReplicaHost host) {
        this.host = host;
    }

    int node() {
        return host.node();
    }

    NodeReport report() {
        return new NodeReport(
                host.node(), host.replicas().stream().map(this::report).toList());
    }

    private ReplicaReport report(ReplicaState state) {
        Asked of = asked.get(state.group());
        if (of == null) {
            return new ReplicaReport(state, false, null);
        }
        CompletableFuture<Void> change;
        synchronized (of) {
            change = of.change;
        }
        return new ReplicaReport(state, !change.isDone(), failure(change));
    }

    private static @Nullable String failure(CompletableFuture<Void> change) {
        if (!change.isCompletedExceptionally()) {
            return null;
        }
        Throwable cause = change.exceptionNow();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** @throws IOException whose message says why it is not done, and is none of this node's business otherwise */
    void carryOut(Order order) throws IOException, InterruptedException {
        Asked of = asked.computeIfAbsent(order.group(), _ -> new Asked());
        synchronized (of) {
            if (order.revision() < of.revision) {
                throw new IOException("an order about " + order.group() + " follows from revision " + order.revision()
                        + " of its placement, and one from revision " + of.revision + " was carried out already");
            }
            of.revision = order.revision();
            if (!of.change.isDone()) {
                throw new IOException("a change of " + order.group() + " is under way");
            }
            LOG.info("Asked by the node that leads the catalog: {}", order);
            switch (order) {
                case Open(GroupId group, _) -> host.open(group);
                case Drop(GroupId group, _) -> {
                    of.change = CompletableFuture.completedFuture(null);
                    host.drop(group);
                }
                case ChangeMembers change ->
                    of.change = host.changeMembers(change.group(), change.members(), change.preferred());
                case TransferLeadership transfer ->
                    of.change = host.transferLeadership(transfer.group(), transfer.node());
            }
        }
    }
}
