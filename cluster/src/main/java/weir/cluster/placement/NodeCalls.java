package weir.cluster.placement;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.placement.PlacementRequest.Loads;
import weir.cluster.placement.PlacementRequest.Order;
import weir.cluster.placement.PlacementRequest.Report;
import weir.core.Bytes;

/** Asks nodes about their replicas, this one without a detour over the network. */
final class NodeCalls {
    private final LocalReplicas local;
    private final PeerCalls peers;

    NodeCalls(LocalReplicas local, PeerCalls peers) {
        this.local = local;
        this.peers = peers;
    }

    int self() {
        return local.node();
    }

    CompletableFuture<NodeReport> report(Node node) {
        if (node.number() == self()) {
            return CompletableFuture.completedFuture(local.report());
        }
        return call(node, new Report(), PlacementLimits.ASK).thenApply(PlacementCodec::report);
    }

    CompletableFuture<List<ShardLoad>> loads(Node node) {
        if (node.number() == self()) {
            return CompletableFuture.completedFuture(local.loads());
        }
        return call(node, new Loads(), PlacementLimits.ASK).thenApply(PlacementCodec::loads);
    }

    void order(Node node, Order order) throws IOException, InterruptedException {
        if (node.number() == self()) {
            local.carryOut(order);
        } else {
            await(call(node, order, PlacementLimits.ORDER), PlacementLimits.ORDER);
        }
    }

    CompletableFuture<Bytes> call(Node node, PlacementRequest request, Duration patience) {
        return peers.call(node.host(), node.port(), PeerRequest.REPLICAS, PlacementCodec.encode(request), patience);
    }

    /** @throws IOException if there is no answer, or it cannot be read; what was asked may have been done */
    static <T> T await(CompletableFuture<T> answer, Duration patience) throws IOException, InterruptedException {
        try {
            // The call ends by itself; this only is for a transport that would not keep its word.
            return answer.get(patience.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new IOException("no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof Exception) {
                throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
            }
            throw new IllegalStateException(cause);
        }
    }
}
