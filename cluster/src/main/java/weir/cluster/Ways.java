package weir.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import weir.cluster.forward.ClusterView;
import weir.cluster.forward.ShardRouter;
import weir.cluster.peer.PeerCalls;
import weir.cluster.shard.Patience;
import weir.cluster.shard.Shard;
import weir.core.PartitionId;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PartitionPlace;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** The ways to all shards of the cluster, wherever they are led, and which of them a partition is in. */
final class Ways {
    private final Replicas replicas;
    private final List<ShardRouter> routers = new ArrayList<>();

    /** @param closing gets each of them */
    Ways(Replicas replicas, int shards, ClusterView view, PeerCalls peers, Closing closing) {
        this.replicas = replicas;
        for (int shard = 0; shard < shards; shard++) {
            ShardRouter router = new ShardRouter(shard, view, peers);
            closing.add("the way to shard " + shard, router::close);
            routers.add(router);
        }
    }

    Shard to(int shard) {
        return routers.get(shard);
    }

    /** Whether a call to it need not wait until somebody leads. */
    boolean knowsLeader(int shard) {
        return routers.get(shard).knowsLeader();
    }

    /** Whether this node leads it, as far as it knows. */
    boolean leadsHere(int shard) {
        return routers.get(shard).leadsHere();
    }

    /** Who leads it and where it is placed, as far as this node knows. */
    PartitionPlace place(int shard) {
        return routers.get(shard).place();
    }

    /** This node's own replica has come to lead the shard, or has ceased to. */
    void leadershipMoved(int shard) {
        routers.get(shard).leadershipMoved();
    }

    int shardOf(PartitionId partition) {
        return replicas.catalog().machine().shardOf(partition);
    }

    /** Empty if there is no such partition, as far as this node knows. */
    OptionalInt knownShardOf(PartitionId partition) {
        return replicas.catalog()
                        .machine()
                        .find(partition.queue())
                        .filter(queue -> queue.has(partition))
                        .isPresent()
                ? OptionalInt.of(shardOf(partition))
                : OptionalInt.empty();
    }

    /** One patience for room, for a leader, and for the log. */
    Reply submit(int shard, Command command) throws OutcomeUnknownException, InterruptedException {
        long end = Patience.endNanos(ClusterLimits.ANSWER);
        return Answers.await(Deadline.until(end, () -> to(shard).begin(command)), end);
    }

    /** One of several: what cannot be begun fails as what is not answered does, and the others go on. */
    CompletableFuture<Reply> begin(int shard, Command command, long endNanos) throws InterruptedException {
        try {
            return Deadline.until(endNanos, () -> to(shard).begin(command));
        } catch (OutcomeUnknownException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
