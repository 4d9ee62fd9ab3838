package weir.cluster;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.placement.Node;
import weir.core.broker.CatalogWatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.ClusterEdition;
import weir.core.catalog.Definition;

/** What a node does from time to time: checkpoints, definitions still to be carried out, addresses that have changed. */
final class Keeper implements CatalogWatch, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final Replicas replicas;
    private final Carrying carrying;
    private final Raising raising;
    private final Runnable round;
    private final boolean alone;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param alone whether nobody else changes definitions
     * @param round done each time, too
     */
    Keeper(Replicas replicas, Carrying carrying, Raising raising, boolean alone, Runnable round) {
        this.alone = alone;
        this.replicas = replicas;
        this.carrying = carrying;
        this.raising = raising;
        this.round = round;
        thread = Thread.ofPlatform().daemon().name("weir-keeper").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Something may be to be done. */
    void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void anew() {
        wake();
    }

    /** Who came in may have been the last whom the next edition waits for, and what it brings is asked for at once. */
    @Override
    public void changed(CatalogReply reply) {
        if (reply instanceof CatalogReply.Defined(Definition definition, boolean _)
                && (definition.kind().equals(Node.KIND) || definition.kind().equals(ClusterEdition.KIND))) {
            wake();
        }
    }

    private void run() {
        long lastCheckpoint = System.nanoTime();
        while (!closed) {
            if (System.nanoTime() - lastCheckpoint >= ClusterLimits.CHECKPOINT_INTERVAL.toNanos()) {
                lastCheckpoint = System.nanoTime();
                replicas.all().forEach(each -> each.checkpointer().ifWritten());
            }
            boolean again = false;
            try {
                round.run();
                carrying.reconcileAll();
                again = raising.round();
            } catch (OutcomeUnknownException e) {
                LOG.warn("Definitions cannot be carried out, and will be tried again: {}", e.getMessage());
            } catch (IOException e) {
                LOG.warn("The edition cannot be noted, and will be tried again: {}", e.toString());
            } catch (InterruptedException _) {
                return; // The node is stopping.
            } catch (RuntimeException e) {
                LOG.error("The node's upkeep failed, and is tried again", e);
            }
            if (again) {
                continue; // Ends with the newest edition that this node knows.
            }
            LockSupport.parkNanos(
                    (alone && !carrying.undone() ? ClusterLimits.CHECKPOINT_INTERVAL : ClusterLimits.RETRY).toNanos());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Threads.join(thread);
    }
}
