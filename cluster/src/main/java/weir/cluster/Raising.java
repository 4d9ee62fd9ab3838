package weir.cluster;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.forming.IdentityFile;
import weir.cluster.placement.Node;
import weir.cluster.placement.NodeState;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.ReplicatedLog;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.ClusterEdition;
import weir.core.shard.Command;

/**
 * Brings the cluster to the next {@link weir.core.Edition} once every node knows it, and the logs after it.
 *
 * <p>Whoever leads the catalog announces an edition when all nodes know it. From then on no node that does not know it is
 * taken in; one that came in just before is seen in the next round, which takes the announcement back, else makes it good. When the
 * catalog has come to it, each node notes it in its directory, and who leads a shard puts it into the shard's log.
 */
final class Raising {
    private static final Logger LOG = LoggerFactory.getLogger(Raising.class);

    /** The catalog's leader. */
    interface Change {
        CatalogReply apply(CatalogCommand.Define command) throws OutcomeUnknownException, InterruptedException;
    }

    /** The way to a shard. */
    interface Shards {
        void submit(int shard, Command command) throws OutcomeUnknownException, InterruptedException;
    }

    private final int known;
    private final IdentityFile file;
    private final Replicas replicas;
    private final Supplier<List<Node>> nodes;
    private final Change catalog;
    private final Shards shards;

    /**
     * @param known the newest that this node takes part in
     * @param nodes of the cluster; none for a node that is alone
     */
    Raising(
            int known,
            IdentityFile file,
            Replicas replicas,
            Supplier<List<Node>> nodes,
            Change catalog,
            Shards shards) {
        this.known = known;
        this.file = file;
        this.replicas = replicas;
        this.nodes = nodes;
        this.catalog = catalog;
        this.shards = shards;
    }

    /**
     * Does what is possible now.
     *
     * @return whether there may be more to do at once
     */
    boolean round() throws IOException, OutcomeUnknownException, InterruptedException {
        boolean leads =
                replicas.log(GroupId.CATALOG).map(ReplicatedLog::isLeader).orElse(false);
        boolean changed = leads && raiseCatalog(agreed());
        int to = agreed().edition();
        if (file.note(to)) {
            LOG.info(
                    "The data directory has come to edition {}; releases that do not know it cannot use it any more",
                    to);
        }
        for (Replicas.Open each : replicas.all()) {
            if (each.shard() != null && each.log().isLeader() && each.shard().edition() < to) {
                shards.submit(each.shard().shard(), new Command.Raise(to));
            }
        }
        return changed;
    }

    private ClusterEdition agreed() {
        return replicas.catalog().machine().edition();
    }

    /** Whether it has changed; not if that was refused, which is looked at again when the next round is due. */
    private boolean raiseCatalog(ClusterEdition now) throws OutcomeUnknownException, InterruptedException {
        List<Node> all = nodes.get();
        int everybody = all.stream()
                .filter(node -> node.state() != NodeState.REMOVED)
                .mapToInt(Node::edition)
                .min()
                .orElse(known);
        int possible = Math.max(now.edition(), Math.min(everybody, known));
        ClusterEdition announced = now;
        if (now.next() != possible) {
            boolean done = catalog.apply(now.announcing(possible).define()) instanceof CatalogReply.Defined;
            if (!all.isEmpty() || !done) {
                return done;
            }
            announced = agreed(); // Alone: nobody can have come in between.
        }
        if (announced.next() > announced.edition()) {
            LOG.info("Every node knows edition {}; the cluster comes to it", announced.next());
            return catalog.apply(announced.raised().define()) instanceof CatalogReply.Defined;
        }
        return false;
    }
}
