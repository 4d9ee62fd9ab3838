package weir.cluster;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.forming.Forming;
import weir.cluster.forming.FormingException;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.ReplicatedLog;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/** From open replicas to a node that can serve: it has leaders if it is alone, else the cluster's catalog. */
final class Starting {
    private static final Logger LOG = LoggerFactory.getLogger(Starting.class);

    private final RatisEngine engine;
    private final Forming forming;
    private final Failures failures;
    private final Replicas replicas;

    Starting(Formed formed, Replicas replicas) {
        engine = formed.engine();
        forming = formed.forming();
        failures = formed.failures();
        this.replicas = replicas;
    }

    /** Until each group is led, by nobody but this node. */
    void alone() throws IOException, InterruptedException {
        engine.start();
        for (Replicas.Open each : replicas.all()) {
            awaitLeading(each);
        }
    }

    private void awaitLeading(Replicas.Open each) throws IOException, InterruptedException {
        CompletableFuture<Void> leading = each.shard() != null
                ? each.shard().whenLeading()
                : replicas.catalog().whenLeading();
        try {
            failures.awaitUnlessFailed(leading, ClusterLimits.OPEN);
        } catch (TimeoutException _) {
            throw new IOException("the " + each.group() + " has no leader after " + ClusterLimits.OPEN);
        }
    }

    /** Lets others in, and waits until this node's catalog is a part of the cluster's, and knows what was answered before. */
    void inCluster(Broker catalog) throws FormingException, IOException, InterruptedException {
        forming.formed(new Entrance(catalog, replicas, engine));
        for (long looks = 1; ; looks++) {
            failures.check();
            ReplicatedLog log = replicas.catalogLog();
            if (!log.members().isEmpty() && log.leader().isPresent()) {
                try {
                    catalog.catchUp();
                    return;
                } catch (OutcomeUnknownException e) {
                    LOG.info("The catalog has no leader yet: {}", e.getMessage());
                }
            }
            if (looks % ClusterLimits.LOOKS_BETWEEN_GREETINGS == 0) {
                LOG.info("Waiting for the catalog: members {}, leader {}", log.members(), log.leader());
                forming.greet(engine.peers());
            }
            Thread.sleep(ClusterLimits.CATALOG_AWAITED);
        }
    }
}
