package weir.cluster;

import java.time.InstantSource;
import java.util.List;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.shard.ShardReplica;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.ClusterEdition;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

/** What tests do to a node whose clock they hold. */
final class ForTests {
    private final Replicas replicas;
    private final Ways ways;
    private final InstantSource clock;

    ForTests(Replicas replicas, Ways ways, InstantSource clock) {
        this.replicas = replicas;
        this.ways = ways;
        this.clock = clock;
    }

    long nowMillis() {
        return replicas.shards().stream()
                .mapToLong(ShardReplica::nowMillis)
                .max()
                .orElse(0);
    }

    void clockMoved() throws OutcomeUnknownException, InterruptedException {
        long now = clock.millis();
        for (ShardReplica shard : replicas.shards()) {
            int ticks = 0;
            do { // An entry does a bounded part of what is due; what would take more of them goes on by itself.
                ways.submit(shard.shard(), new Command.Tick());
                ticks++;
            } while (shard.isDueBy(now) && ticks < ClusterLimits.TICKS_AWAITED);
        }
    }

    void clear(Broker catalog) throws OutcomeUnknownException, InterruptedException {
        for (Queue queue : List.copyOf(replicas.catalog().machine().all())) {
            catalog.change(new CatalogCommand.DeleteQueue(queue.name()));
        }
        for (Definition definition : List.copyOf(replicas.catalog().machine().allDefinitions())) {
            boolean ofCluster = definition.kind().equals(Node.KIND)
                    || definition.kind().equals(ShardPlacement.KIND)
                    || definition.kind().equals(ClusterEdition.KIND);
            if (!ofCluster) {
                catalog.change(new CatalogCommand.Undefine(definition.kind(), definition.name()));
            }
        }
    }
}
