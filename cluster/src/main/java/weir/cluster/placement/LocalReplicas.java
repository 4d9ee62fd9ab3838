package weir.cluster.placement;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
 * The node's side of a conductor's orders. What takes long is begun and answered at once; how it goes on is in the next
 * report. Safe for use by any number of threads: the orders of one group are carried out one after the other.
 */
final class LocalReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);

    /** What has been asked of one group here. Guarded by itself. */
    private static final class Asked {
        long stamp;
        long openedFor;
        /** The change of members or leader that was begun last. */
        CompletableFuture<Void> change = CompletableFuture.completedFuture(null);

        Asked(long stamp) {
            this.stamp = stamp;
        }
    }

    private final ReplicaHost host;
    private final long firstStamp;
    private final Map<GroupId, Asked> asked = new ConcurrentHashMap<>();

    /** @param firstStamp above every stamp of earlier runs of this node; at least 1 */
    LocalReplicas(ReplicaHost host, long firstStamp) {
        this.host = host;
        this.firstStamp = firstStamp;
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
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** @throws IOException whose message says why it is not done, for the conductor and its operator */
    void carryOut(Order order) throws IOException, InterruptedException {
        Asked of = asked(order.group());
        synchronized (of) {
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
            of.change = CompletableFuture.completedFuture(null);
            switch (order) {
                case Open open -> {
                    host.open(open.group());
                    of.openedFor = open.revision();
                }
                case Drop drop -> host.drop(drop.group());
                case ChangeMembers change ->
                    of.change = host.changeMembers(change.group(), change.members(), change.preferred());
                case TransferLeadership transfer ->
                    of.change = host.transferLeadership(transfer.group(), transfer.node());
            }
        }
    }
}
