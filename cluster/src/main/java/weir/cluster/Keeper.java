package weir.cluster;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.OutcomeUnknownException;

/** What a node does from time to time: checkpoints, definitions still to be carried out, addresses that have changed. */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final Replicas replicas;
    private final Carrying carrying;
    private final Runnable round;
    private final Thread thread;
    /** Shards that this node led when it last reconciled them. */
    private Set<Integer> led = new TreeSet<>();

    private volatile boolean closed;

    /** @param round done each time, too */
    Keeper(Replicas replicas, Carrying carrying, Runnable round) {
        this.replicas = replicas;
        this.carrying = carrying;
        this.round = round;
        thread = Thread.ofPlatform().daemon().name("weir-keeper").unstarted(this::run);
    }

    void start() {
        led = leading();
        thread.start();
    }

    /** Something may be to be done. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private Set<Integer> leading() {
        Set<Integer> shards = new TreeSet<>();
        for (Replicas.Open each : replicas.all()) {
            if (each.shard() != null && each.log().isLeader()) {
                shards.add(each.shard().shard());
            }
        }
        return shards;
    }

    private void run() {
        long lastCheckpoint = System.nanoTime();
        while (!closed) {
            boolean soon = carrying.undone();
            LockSupport.parkNanos((soon ? ClusterLimits.RETRY : ClusterLimits.CHECKPOINT_INTERVAL).toNanos());
            if (closed) {
                return;
            }
            if (System.nanoTime() - lastCheckpoint >= ClusterLimits.CHECKPOINT_INTERVAL.toNanos()) {
                lastCheckpoint = System.nanoTime();
                replicas.all().forEach(each -> each.checkpointer().ifWritten());
            }
            try {
                Set<Integer> now = leading();
                boolean more = !led.containsAll(now);
                led = now;
                if (more || carrying.undone()) {
                    carrying.reconcileAll();
                }
                round.run();
            } catch (OutcomeUnknownException e) {
                LOG.warn("Definitions cannot be carried out, and will be tried again: {}", e.getMessage());
            } catch (InterruptedException _) {
                return; // The node is stopping.
            } catch (RuntimeException e) {
                LOG.error("The node's upkeep failed, and is tried again", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
